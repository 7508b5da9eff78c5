"""Haystack's filter language -> Qdrant's."""

from datetime import datetime
from typing import Any

from haystack.errors import FilterError
from qdrant_client import models

_NOTHING = models.HasIdCondition(has_id=[])
_RANGES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def to_qdrant_filter(filters: dict[str, Any] | None) -> models.Filter | None:
    """Translate ``filters``; None or an empty dict selects everything.

    A missing field equals None, and no comparison by size with None holds, as in Haystack's own stores.

    Raises:
        FilterError: an unknown operator, a missing key, or a value that the operator cannot compare.
    """
    if not filters:
        return None
    condition = _condition(filters)
    return condition if isinstance(condition, models.Filter) else models.Filter(must=[condition])


def _condition(filters: dict[str, Any]) -> models.Condition:
    if "field" in filters:
        return _comparison(filters)
    operator = _require(filters, "operator")
    conditions: list[models.Condition] = [_condition(item) for item in _require(filters, "conditions")]
    if operator == "AND":
        return models.Filter(must=conditions)
    if operator == "OR":
        return models.Filter(should=conditions)
    if operator == "NOT":
        return models.Filter(must_not=[models.Filter(must=conditions)])
    raise FilterError(f"unknown logical operator {operator!r}")


def _comparison(filters: dict[str, Any]) -> models.Condition:
    field, operator = _require(filters, "field"), _require(filters, "operator")
    if "value" not in filters:
        raise FilterError("'value' is missing")
    value = filters["value"]
    if operator == "==":
        return _equal(field, value)
    if operator == "!=":
        return models.Filter(must_not=[_equal(field, value)])
    if operator in _RANGES:
        return _range(field, _RANGES[operator], value)
    if operator == "in":
        return _any(field, value)
    if operator == "not in":
        return models.Filter(must_not=[_any(field, value)])
    raise FilterError(f"unknown comparison operator {operator!r}")


def _require(filters: dict[str, Any], key: str) -> Any:
    if key not in filters:
        raise FilterError(f"{key!r} is missing in {filters}")
    return filters[key]


def _equal(field: str, value: Any) -> models.Condition:
    if value is None:
        return models.IsEmptyCondition(is_empty=models.PayloadField(key=field))
    if isinstance(value, float):
        return models.FieldCondition(key=field, range=models.Range(gte=value, lte=value))
    if isinstance(value, bool | int | str):
        return models.FieldCondition(key=field, match=models.MatchValue(value=value))
    raise FilterError(f"cannot compare {field} with a {type(value).__name__}")


def _any(field: str, values: Any) -> models.Condition:
    if not isinstance(values, list):
        raise FilterError("'in' and 'not in' need a list")
    if not values:
        return _NOTHING
    if all(isinstance(value, str) for value in values) or all(type(value) is int for value in values):
        return models.FieldCondition(key=field, match=models.MatchAny(any=values))
    return models.Filter(should=[_equal(field, value) for value in values])


def _range(field: str, bound: str, value: Any) -> models.Condition:
    if value is None:
        return _NOTHING
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FilterError(f"cannot compare {field} by size with a {type(value).__name__}")
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise FilterError(f"{value!r} is neither a number nor an ISO 8601 date") from error
        return models.FieldCondition(key=field, range=models.DatetimeRange(**{bound: moment}))
    return models.FieldCondition(key=field, range=models.Range(**{bound: value}))
