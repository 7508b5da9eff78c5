"""The hybrid query in Qdrant's vocabulary: both legs, their fusion and the identifier boost in one request.

Fusion is distribution-based (Qdrant's DBSF: each leg's scores mapped to 0-1 by their mean and three standard
deviations, then summed). See docs/decisions/0004-fusion.md.
"""

from dataclasses import dataclass

from qdrant_client import models

from ingest.document import Meta
from ingest.store.converters import DENSE, SPARSE, to_sparse_vector
from ingest.store.filters import to_qdrant_filter
from ingest.store.protocol import IDENTIFIER_BOOST, HybridQuery

IDENTIFIERS_KEY = f"meta.{Meta.IDENTIFIERS}"
HNSW_EF = 256


@dataclass(frozen=True)
class QueryPlan:
    """A request as both engines take it."""

    prefetch: list[models.Prefetch]
    query: models.Query
    limit: int


def plan_legs(query: HybridQuery) -> dict[str, models.Prefetch]:
    """Return the legs by name; every one carries the whole filter."""
    filters = to_qdrant_filter(query.filters)
    legs = {
        DENSE: models.Prefetch(
            query=list(query.dense),
            using=DENSE,
            filter=filters,
            limit=query.candidates,
            params=models.SearchParams(hnsw_ef=HNSW_EF),
        )
    }
    if query.sparse.indices:
        legs[SPARSE] = models.Prefetch(
            query=to_sparse_vector(query.sparse), using=SPARSE, filter=filters, limit=query.candidates
        )
    return legs


def plan_query(query: HybridQuery) -> QueryPlan:
    legs = list(plan_legs(query).values())
    if not query.identifiers:
        return QueryPlan(legs, models.FusionQuery(fusion=models.Fusion.DBSF), query.limit)
    # A code that many passages hold may be crowded out of both legs, so its holders are fetched by themselves.
    holders = _holds(list(query.identifiers))
    within = to_qdrant_filter(query.filters)
    legs.append(
        models.Prefetch(
            query=list(query.dense),
            using=DENSE,
            filter=models.Filter(must=[holders, within] if within else [holders]),
            limit=query.candidates,
        )
    )
    fused = models.Prefetch(
        prefetch=legs,
        query=models.FusionQuery(fusion=models.Fusion.DBSF),
        limit=query.candidates * len(legs),
    )
    boosts: list[models.Expression] = [
        models.MultExpression(mult=[IDENTIFIER_BOOST, _holds([key])]) for key in query.identifiers
    ]
    formula = models.FormulaQuery(formula=models.SumExpression(sum=["$score", *boosts]))
    return QueryPlan([fused], formula, query.limit)


def _holds(keys: list[str]) -> models.FieldCondition:
    return models.FieldCondition(key=IDENTIFIERS_KEY, match=models.MatchAny(any=keys))
