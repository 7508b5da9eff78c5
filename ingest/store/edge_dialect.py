"""Qdrant's request models -> the classes of the embedded engine, which names the same things its own way."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

_SCHEMAS = {
    models.PayloadSchemaType.KEYWORD: edge.PayloadSchemaType.Keyword,
    models.PayloadSchemaType.INTEGER: edge.PayloadSchemaType.Integer,
}


def edge_schema(schema: models.PayloadSchemaType) -> Any:
    return _SCHEMAS[schema]


TRUTHS_KEY = "truths"
"""Where a point keeps its boolean fields once more, as ``field=true``: the engine's Python binding (0.9.0) takes a
Python bool in a match condition for an integer, so that no condition on a boolean field itself can hold."""


def edge_point(point: models.PointStruct) -> edge.Point:
    vector = {name: _vector(value) for name, value in dict(point.vector or {}).items()}  # type: ignore[arg-type]
    payload = point.payload or {}
    truths = list(_truths(payload, ""))
    return edge.Point(point.id, vector, {**payload, TRUTHS_KEY: truths} if truths else payload)


def plain_payload(payload: dict[str, Any] | None) -> dict[str, Any]:
    """A point's payload as it was written."""
    return {key: value for key, value in (payload or {}).items() if key != TRUTHS_KEY}


def _truths(payload: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in payload.items():
        if isinstance(value, bool):
            yield _truth(prefix + key, value)
        elif isinstance(value, dict):
            yield from _truths(value, f"{prefix}{key}.")


def _truth(field: str, value: bool) -> str:
    return f"{field}={str(value).lower()}"


def edge_filter(condition: models.Filter) -> edge.Filter:
    return edge.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
    )


def edge_query(vector: Any, using: str) -> Any:
    return edge.Query.Nearest(_vector(vector), using)


def _vector(value: Any) -> Any:
    if isinstance(value, models.SparseVector):
        return edge.SparseVector(value.indices, value.values)
    return value


def _conditions(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    return [_condition(item) for item in (conditions if isinstance(conditions, list) else [conditions])]


def _condition(condition: Any) -> Any:
    if isinstance(condition, models.Filter):
        return edge_filter(condition)
    if isinstance(condition, models.HasIdCondition):
        return edge.HasIdCondition(set(condition.has_id))
    if isinstance(condition, models.IsEmptyCondition):
        return edge.IsEmptyCondition(condition.is_empty.key)
    if isinstance(condition.match, models.MatchValue) and isinstance(condition.match.value, bool):
        return edge.FieldCondition(TRUTHS_KEY, match=edge.MatchValue(_truth(condition.key, condition.match.value)))
    return edge.FieldCondition(condition.key, match=_match(condition.match), range=_range(condition.range))


def _match(match: Any) -> Any:
    if match is None:
        return None
    return edge.MatchAny(match.any) if isinstance(match, models.MatchAny) else edge.MatchValue(match.value)


def _range(bounds: Any) -> Any:
    if bounds is None:
        return None
    values = {name: getattr(bounds, name) for name in ("gte", "gt", "lte", "lt")}
    if isinstance(bounds, models.DatetimeRange):
        return edge.RangeDateTime(**{k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()})
    return edge.RangeFloat(**values)
