"""What the sources found for a ticket -> one order, by all that is known of each.

A score is the search's, what a past ticket has in common beyond it (`affinity`), whether it is for the product, and
what became of it before (`evidence`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.document import Kind
from kb_service.access.principal import Principal
from kb_service.search.matching import Match, Source
from kb_service.search.service import SearchService
from kb_service.suggestions.affinity import find_affinities
from kb_service.suggestions.evidence import Recollection, Record
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.pools import POOLS, Pools, join

_SAME_PRODUCT = 2.0
"""Added to the score of a solution for the ticket's product."""
_MOST_PROVEN = 3
"""Solutions that are looked at since they helped before, though this search did not find them."""


@dataclass(frozen=True)
class Weighed:
    match: Match
    score: float
    record: Record


class Weigher:
    """Safe to call from several threads."""

    def __init__(self, search: SearchService, ledger: Ledger) -> None:
        self._search = search
        self._ledger = ledger

    def weigh(
        self, pools: Pools, query: str, vector: NDArray[np.float32], product: str | None, principal: Principal
    ) -> list[Weighed]:
        """All that was found, the best first."""
        known = self._ledger.recall(vector)
        matches = {match.document_id: match for found in pools.matches.values() for match in found}
        matches = {**self._proven(query, known, matches, principal), **matches}
        affinities = _affinities(query, list(matches.values()))
        weighed = []
        for document_id, match in matches.items():
            record = known.record(document_id)
            fitting = _SAME_PRODUCT if product is not None and match.product == product else 0.0
            score = match.score + affinities.get(document_id, 0.0) + fitting + record.boost
            weighed.append(Weighed(match, score, record))
        return sorted(weighed, key=lambda one: (-one.score, one.match.document_id))

    def _proven(
        self, query: str, known: Recollection, found: Mapping[str, Match], principal: Principal
    ) -> dict[str, Match]:
        """Solutions that helped with such symptoms before and are not among the ones found."""
        missing = [one for one in known.find_proven(_MOST_PROVEN) if one not in found]
        if not missing:
            return {}
        source = Source(list(POOLS), len(missing), document_ids=missing)
        [proven] = self._search.find_matches(query, [source], principal, as_ticket=True)
        return {match.document_id: match for match in proven.matches}


def _affinities(query: str, matches: Sequence[Match]) -> dict[str, float]:
    past = {match.document_id: match.whole for match in matches if match.kind is Kind.TICKET}
    others = [(match.score, match.text) for match in matches if match.kind is not Kind.TICKET]
    return find_affinities(query, past, others)


def choose(weighed: Sequence[Weighed], limit: int) -> list[Weighed]:
    """The first ``limit`` of all sources, joined as `pools.join` does."""
    by_id = {one.match.document_id: one for one in weighed}
    ranked = {kind: [name for name, one in by_id.items() if one.match.kind is kind] for kind in POOLS}
    return [by_id[name] for name in join(ranked, {name: one.score for name, one in by_id.items()}, limit)]
