"""How sure it is that the best hits answer the query, and the line below which the service says that nothing does.

A logistic model over what the ranking knows of a query. Its coefficients come from ``python -m eval calibrate``, which
fits them on the tuning half of our labelled queries, answerable and unanswerable ones; the threshold is the one at
which 5 % of the answerable queries of that half are refused.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from math import exp, log

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
        dense: the best dense part of all candidates.
        sparse: the best sparse part.
        coverage: share of the query's terms in the best hits, the best of the first five; a term weighs the more,
            the fewer candidates hold it.
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
    (2.1443, 2.3965, 2.5801, 1.9832, 0.5198, -2.6540, -3.5730, 2.1093), bias=-21.0409, threshold=0.2877
)


def confidence(signals: Signals, calibration: Calibration = CALIBRATION) -> float:
    """From 0 (nothing answers) to 1, in the proportions of the labelled set with both kinds weighed alike."""
    total = calibration.bias + sum(w * value for w, value in zip(calibration.weights, astuple(signals), strict=True))
    return 1 / (1 + exp(-total))


def read_signals(ranked: Sequence[Ranked], analyzed: AnalyzedQuery) -> Signals | None:
    """Signals of a ranking, best first; None where it is empty."""
    if not ranked:
        return None
    first = ranked[:_LOOKED_AT]
    shares = _coverages(ranked, analyzed.terms)
    asked = bool(analyzed.identifiers)
    return Signals(
        dense=max(one.dense for one in ranked),
        sparse=max(one.sparse for one in ranked),
        coverage=max(shares[:_LOOKED_AT]),
        first_coverage=shares[0],
        lead=ranked[0].score - ranked[min(_FIELD, len(ranked)) - 1].score,
        unmet_identifiers=float(asked and not any(one.candidate.identifiers for one in first)),
        met_identifiers=float(bool(ranked[0].candidate.identifiers)),
        length=log(1 + len(analyzed.terms)),
    )


def _coverages(ranked: Sequence[Ranked], terms: Sequence[str]) -> list[float]:
    texts = [_searched_text(one) for one in ranked]
    held = [[term in text for text in texts] for term in terms]
    weights = [log(1 + (len(texts) - sum(row) + 0.5) / (sum(row) + 0.5)) for row in held]
    total = sum(weights)
    if not total:
        return [0.0] * len(texts)
    return [
        sum(weight for weight, row in zip(weights, held, strict=True) if row[index]) / total
        for index in range(len(texts))
    ]


def _searched_text(ranked: Ranked) -> str:
    """The chunk's text with its headings, codes also in one piece."""
    chunk = ranked.candidate.chunk
    text = fold(context_text(chunk.meta[Meta.TITLE], chunk.meta[Meta.HEADING_PATH], chunk.content or ""))
    return f"{text}\n{' '.join(chunk.meta.get(Meta.IDENTIFIERS, ()))}"
