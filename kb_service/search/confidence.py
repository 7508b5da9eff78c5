"""How sure it is that the best hits answer the query, and the line below which the service says that nothing does.

A logistic model over what the ranking knows of a query. Its coefficients come from ``python -m eval calibrate``, which
fits them on the tuning half of our labelled queries, answerable and unanswerable ones; the threshold is the one at
which 5 % of the answerable queries of that half are refused.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from math import exp, log

from haystack import Document

from ingest.document import Meta
from ingest.sparse_encoder import context_text
from ingest.tokenizer import fold
from kb_service.search.query_analysis import AnalyzedQuery
from kb_service.search.ranking import Ranked

_LOOKED_AT = 5
_FIELD = 10


@dataclass(frozen=True)
class Signals:
    """What tells an answered query from an unanswerable one.

    Attributes:
        dense: the best dense part of those looked at.
        sparse: the best sparse part.
        coverage: share of the query's terms in one hit, the best of the first five. All terms weigh alike: weights by
            rarity told the two kinds of queries apart no better, and would change with the request's filters.
        first_coverage: the same for the first hit.
        lead: score of the first hit minus that of the tenth.
        unmet_identifiers: 1 where the query has decisive identifiers and none of the first five hits holds one.
        met_identifiers: 1 where the first hit holds one.
        length: ln(1 + distinct terms).
    """

    dense: float
    sparse: float
    coverage: float
    first_coverage: float
    lead: float
    unmet_identifiers: float
    met_identifiers: float
    length: float


@dataclass(frozen=True)
class Calibration:
    """``weights`` in the order of `Signals`."""

    weights: tuple[float, ...]
    bias: float
    threshold: float


CALIBRATION = Calibration(
    (2.2333, 4.4732, 2.1779, 0.3640, 0.5970, -2.6952, -3.3995, 2.1994), bias=-22.3319, threshold=0.3194
)
TICKET_CALIBRATION = Calibration(
    (-0.2190, 4.1266, 1.7499, 1.3983, 0.6531, -2.8224, -3.7831, 2.7801), bias=-8.2826, threshold=0.2604
)
"""For what is read as a ticket: its dense parts are on another scale."""


def confidence(signals: Signals, calibration: Calibration = CALIBRATION) -> float:
    """From 0 (nothing answers) to 1, in the proportions of the labelled set with both kinds weighed alike."""
    total = calibration.bias + sum(w * value for w, value in zip(calibration.weights, astuple(signals), strict=True))
    return 1 / (1 + exp(-total))


def read_signals(ranked: Sequence[Ranked], chunks: Sequence[Document], analyzed: AnalyzedQuery) -> Signals | None:
    """Signals of a ranking, best first, and of its chunks in the same order; None where it is empty."""
    if not ranked:
        return None
    first = ranked[:_LOOKED_AT]
    shares = [_coverage(chunk, analyzed.terms) for chunk in chunks[:_LOOKED_AT]]
    asked = bool(analyzed.identifiers)
    return Signals(
        dense=max(one.dense for one in ranked),
        sparse=max(one.sparse for one in ranked),
        coverage=max(shares),
        first_coverage=shares[0],
        lead=ranked[0].score - ranked[min(_FIELD, len(ranked)) - 1].score,
        unmet_identifiers=float(asked and not any(one.candidate.identifiers for one in first)),
        met_identifiers=float(bool(ranked[0].candidate.identifiers)),
        length=log(1 + len(analyzed.terms)),
    )


def _coverage(chunk: Document, terms: Sequence[str]) -> float:
    text = _searched_text(chunk)
    return sum(term in text for term in terms) / max(1, len(terms))


def _searched_text(chunk: Document) -> str:
    """The chunk's text with its headings, codes also in one piece."""
    text = fold(context_text(chunk.meta[Meta.TITLE], chunk.meta[Meta.HEADING_PATH], chunk.content or ""))
    return f"{text}\n{' '.join(chunk.meta.get(Meta.IDENTIFIERS, ()))}"
