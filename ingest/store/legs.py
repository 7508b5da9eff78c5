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
        payload: keys that come back with each point. A point's whole payload takes longer to read than to find it.
    """

    vector: list[float] | models.SparseVector
    using: str
    condition: models.Filter | None
    limit: int
    payload: tuple[str, ...] = ()


def plan_legs(query: LegsQuery) -> dict[str, QueryPlan]:
    """The legs by name; every one carries the whole filter. One without terms has no sparse leg."""
    within = to_qdrant_filter(query.filters)
    payload = (IDENTIFIERS_KEY,) if query.identifiers else ()
    legs = {DENSE: _dense(query, within, query.candidates, payload)}
    if query.sparse.indices:
        legs[SPARSE] = _sparse(query, within, query.candidates, payload)
    if query.identifiers:
        # A code that many passages hold may be crowded out of both legs, so its holders are fetched by themselves.
        holders = models.FieldCondition(key=IDENTIFIERS_KEY, match=models.MatchAny(any=list(query.identifiers)))
        legs[IDENTIFIERS] = _dense(query, _both(holders, within), query.candidates, payload)
    return legs


def plan_scores(query: LegsQuery, leg: str, chunk_ids: Sequence[str]) -> QueryPlan:
    """The scores of these chunks alone on the dense or the sparse leg."""
    these = models.Filter(must=[models.HasIdCondition(has_id=[point_id(chunk_id) for chunk_id in chunk_ids])])
    return (_dense if leg == DENSE else _sparse)(query, these, len(chunk_ids))


def _dense(query: LegsQuery, condition: models.Filter | None, limit: int, payload: tuple[str, ...] = ()) -> QueryPlan:
    return QueryPlan(list(query.dense), DENSE, condition, limit, payload)


def _sparse(query: LegsQuery, condition: models.Filter | None, limit: int, payload: tuple[str, ...] = ()) -> QueryPlan:
    return QueryPlan(to_sparse_vector(query.sparse), SPARSE, condition, limit, payload)


def _both(condition: models.FieldCondition, within: models.Filter | None) -> models.Filter:
    return models.Filter(must=[condition, within] if within else [condition])
