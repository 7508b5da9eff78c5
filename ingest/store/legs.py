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
    """A request as both engines take it: nearest points by one vector.

    Attributes:
        payload: keys that come back with each point. Reading takes longer than finding, so mostly none do.
    """

    vector: list[float] | models.SparseVector
    using: str
    condition: models.Filter | None
    limit: int
    payload: tuple[str, ...] = ()


def plan_legs(query: LegsQuery) -> dict[str, QueryPlan]:
    """The legs by name; every one carries the whole filter. One without terms has no sparse leg."""
    within = to_qdrant_filter(query.filters)
    legs = {DENSE: QueryPlan(list(query.dense), DENSE, within, query.candidates)}
    if query.sparse.indices:
        legs[SPARSE] = QueryPlan(to_sparse_vector(query.sparse), SPARSE, within, query.candidates)
    if query.identifiers:
        # A code that many passages hold may be crowded out of both legs, so its holders are fetched by themselves.
        legs[IDENTIFIERS] = _plan_holders(query, within, query.candidates)
    return legs


def plan_scores(query: LegsQuery, leg: str, chunk_ids: Sequence[str]) -> QueryPlan:
    """The scores of these chunks alone on the dense or the sparse leg."""
    vector = list(query.dense) if leg == DENSE else to_sparse_vector(query.sparse)
    return QueryPlan(vector, leg, _these(chunk_ids), len(chunk_ids))


def plan_holders(query: LegsQuery, chunk_ids: Sequence[str]) -> QueryPlan:
    """Those of these chunks that hold one of the query's identifiers."""
    return _plan_holders(query, _these(chunk_ids), len(chunk_ids))


def _plan_holders(query: LegsQuery, within: models.Filter | None, limit: int) -> QueryPlan:
    holders = models.FieldCondition(key=IDENTIFIERS_KEY, match=models.MatchAny(any=list(query.identifiers)))
    both = models.Filter(must=[holders, within] if within else [holders])
    return QueryPlan(list(query.dense), DENSE, both, limit, payload=(IDENTIFIERS_KEY,))


def _these(chunk_ids: Sequence[str]) -> models.Filter:
    return models.Filter(must=[models.HasIdCondition(has_id=[point_id(chunk_id) for chunk_id in chunk_ids])])
