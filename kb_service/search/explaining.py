"""Why a hit is there, and how the query was read."""

from collections.abc import Mapping, Sequence

from ingest.sparse_encoder import context_text
from ingest.store.protocol import Filters
from ingest.tokenizer import fold
from kb_service.search.candidates import Candidate
from kb_service.search.models import Hit, HitExplanation, Limit, SearchExplanation
from kb_service.search.query_analysis import AnalyzedQuery
from kb_service.search.ranking import Ranked


def explain_hit(hit: Hit, analyzed: AnalyzedQuery, ranked: Ranked | None, named_clause: str | None) -> Hit:
    """``ranked`` is the hit's best passage in the ranking, None where only its clause was named."""
    candidate = ranked.candidate if ranked else None
    parts = {"dense": ranked.dense, "sparse": ranked.sparse, "identifiers": ranked.identifiers} if ranked else {}
    explanation = HitExplanation(
        named_clause=named_clause,
        matched_terms=_matched_terms(hit, analyzed.terms),
        identifiers=_matched_terms(hit, analyzed.identifiers),
        dense_rank=candidate.dense_rank if candidate else None,
        sparse_rank=candidate.sparse_rank if candidate else None,
        parts={name: round(value, 4) for name, value in parts.items()},
    )
    return hit.model_copy(update={"explanation": explanation})


def explain_search(
    analyzed: AnalyzedQuery,
    filters: Filters,
    candidates: Sequence[Candidate],
    unpublished: int,
    limits: Sequence[Limit],
    signals: Mapping[str, float],
    threshold: float,
) -> SearchExplanation:
    return SearchExplanation(
        terms=list(analyzed.terms),
        added=list(analyzed.added),
        identifiers=list(analyzed.identifiers),
        filters=filters,
        candidates={
            "dense": sum(candidate.dense_rank is not None for candidate in candidates),
            "sparse": sum(candidate.sparse_rank is not None for candidate in candidates),
        },
        unpublished=unpublished,
        limits=list(limits),
        signals={name: round(value, 4) for name, value in signals.items()},
        threshold=threshold,
    )


def _matched_terms(hit: Hit, terms: tuple[str, ...]) -> list[str]:
    text = fold(context_text(hit.title, hit.citation.heading_path, hit.text))
    squeezed = "".join(char for char in text if char.isalnum())
    return [term for term in terms if term in text or term in squeezed]
