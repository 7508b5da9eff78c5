"""The legs of a query in Qdrant's vocabulary, each asked by itself so that its own scores come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from qdrant_client import models

from ingest.document import Meta
from ingest.store.converters import point_id, to_sparse_vector
from ingest.store.filters import to_qdrant_filter
from ingest.store.protocol import DENSE, IDENTIFIERS, SPARSE, LegsQuery

IDENTIFIERS_KEY = f"meta.{Meta.IDENTIFIERS}"
HNSW_EF = 256


@dataclass(frozen=True)
class QueryPlan:
    """A request as both engines take it."""

    prefetch: list[models.Prefetch]
    query: models.Query
    limit: int


def plan_legs(query: LegsQuery) -> dict[str, QueryPlan]:
    """The legs by name; every one carries the whole filter. One without terms has no sparse leg."""
    within = to_qdrant_filter(query.filters)
    legs = {DENSE: _plan(_dense(query, within, query.candidates))}
    if query.sparse.indices:
        legs[SPARSE] = _plan(_sparse(query, within, query.candidates))
    if query.identifiers:
        # A code that many passages hold may be crowded out of both legs, so its holders are fetched by themselves.
        holders = models.FieldCondition(key=IDENTIFIERS_KEY, match=models.MatchAny(any=list(query.identifiers)))
        legs[IDENTIFIERS] = _plan(_dense(query, _both(holders, within), query.candidates))
    return legs


def plan_scores(query: LegsQuery, leg: str, chunk_ids: Sequence[str]) -> QueryPlan:
    """The scores of these chunks alone on the dense or the sparse leg."""
    these = models.Filter(must=[models.HasIdCondition(has_id=[point_id(chunk_id) for chunk_id in chunk_ids])])
    build = _dense if leg == DENSE else _sparse
    return _plan(build(query, these, len(chunk_ids)))


def _dense(query: LegsQuery, condition: models.Filter | None, limit: int) -> models.Prefetch:
    params = models.SearchParams(hnsw_ef=HNSW_EF)
    return models.Prefetch(query=list(query.dense), using=DENSE, filter=condition, limit=limit, params=params)


def _sparse(query: LegsQuery, condition: models.Filter | None, limit: int) -> models.Prefetch:
    return models.Prefetch(query=to_sparse_vector(query.sparse), using=SPARSE, filter=condition, limit=limit)


def _plan(leg: models.Prefetch) -> QueryPlan:
    # The formula hands the leg's own score on; a fusion, even of one leg, would make another of it.
    return QueryPlan([leg], models.FormulaQuery(formula=models.SumExpression(sum=["$score"])), leg.limit or 0)


def _both(condition: models.FieldCondition, within: models.Filter | None) -> models.Filter:
    return models.Filter(must=[condition, within] if within else [condition])
