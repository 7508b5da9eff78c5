"""Candidates -> one order, by a sum of parts that can be told.

The parts of a chunk's score::

    dense        12 * dot product with the query's search vector
    sparse       BM25 score / (terms of the query * ln(1 + chunks in the index))
    identifiers  4 for each decisive identifier of the query that the chunk holds

Dividing by the terms makes the BM25 part the share of the query that the chunk accounts for, from 0 to about 1,
whatever the length of the query: for a query of which no passage shares a word it stays near 0, where a scale by the
best hit would blow chance matches up. The weight was chosen on the tuning halves of the labelled sets. See
docs/decisions/0011-ranking.md.
"""

from collections.abc import Iterable
from math import log
from typing import NamedTuple

from kb_service.search.candidates import Candidate

DENSE_WEIGHT = 12.0
IDENTIFIER_WEIGHT = 4.0


class Ranked(NamedTuple):
    """A candidate with the parts of its score."""

    candidate: Candidate
    dense: float
    sparse: float
    identifiers: float

    @property
    def score(self) -> float:
        return self.dense + self.sparse + self.identifiers


def rank(candidates: Iterable[Candidate], terms: int, chunks: int) -> list[Ranked]:
    """The best first, equal scores by chunk id.

    Args:
        terms: how many terms the query has, repeated ones counted each time.
        chunks: how many the index holds.
    """
    whole_query = max(1, terms) * log(1 + max(1, chunks))
    ranked = (
        Ranked(
            candidate,
            dense=DENSE_WEIGHT * candidate.dense,
            sparse=candidate.sparse / whole_query,
            identifiers=IDENTIFIER_WEIGHT * len(candidate.identifiers),
        )
        for candidate in candidates
    )
    return sorted(ranked, key=lambda one: (-one.score, one.candidate.chunk_id))
