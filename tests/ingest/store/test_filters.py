"""Haystack's filters in Qdrant's words; that both select the same is the store contract's matter."""

from datetime import UTC, datetime
from typing import Any

import pytest
from haystack.errors import FilterError
from qdrant_client.models import (
    DatetimeRange,
    FieldCondition,
    Filter,
    HasIdCondition,
    IsEmptyCondition,
    MatchAny,
    MatchValue,
    PayloadField,
    Range,
)

from ingest.store.filters import to_qdrant_filter

EMPTY = IsEmptyCondition(is_empty=PayloadField(key="meta.a"))
NOTHING = HasIdCondition(has_id=[])


def compare(operator: str, value: Any) -> dict[str, Any]:
    return {"field": "meta.a", "operator": operator, "value": value}


def equal(value: Any) -> FieldCondition:
    return FieldCondition(key="meta.a", match=MatchValue(value=value))


def in_range(**bounds: float) -> FieldCondition:
    return FieldCondition(key="meta.a", range=Range(**bounds))


@pytest.mark.parametrize("filters", [None, {}])
def test_no_filter_selects_everything(filters: dict[str, Any] | None) -> None:
    assert to_qdrant_filter(filters) is None


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("==", "faq", Filter(must=[equal("faq")])),
        ("==", 3, Filter(must=[equal(3)])),
        ("==", True, Filter(must=[equal(True)])),
        ("==", 0.5, Filter(must=[in_range(gte=0.5, lte=0.5)])),
        ("==", None, Filter(must=[EMPTY])),
        ("!=", "faq", Filter(must_not=[equal("faq")])),
        ("!=", None, Filter(must_not=[EMPTY])),
        (">", 3, Filter(must=[in_range(gt=3)])),
        (">=", 3, Filter(must=[in_range(gte=3)])),
        ("<", 2.5, Filter(must=[in_range(lt=2.5)])),
        ("<=", 20250101, Filter(must=[in_range(lte=20250101)])),
        (">", None, Filter(must=[NOTHING])),
        ("in", ["a", "b"], Filter(must=[FieldCondition(key="meta.a", match=MatchAny(any=["a", "b"]))])),
        ("in", [1, 2], Filter(must=[FieldCondition(key="meta.a", match=MatchAny(any=[1, 2]))])),
        ("in", ["a", 1, None], Filter(should=[equal("a"), equal(1), EMPTY])),
        ("in", [True, False], Filter(should=[equal(True), equal(False)])),
        ("in", [], Filter(must=[NOTHING])),
        ("not in", [], Filter(must_not=[NOTHING])),
        ("not in", ["a"], Filter(must_not=[FieldCondition(key="meta.a", match=MatchAny(any=["a"]))])),
    ],
)
def test_comparisons(operator: str, value: Any, expected: Filter) -> None:
    assert to_qdrant_filter(compare(operator, value)) == expected


def test_dates_compare_as_moments() -> None:
    moment = datetime(2025, 3, 1, 8, tzinfo=UTC)
    assert to_qdrant_filter(compare(">=", moment.isoformat())) == Filter(
        must=[FieldCondition(key="meta.a", range=DatetimeRange(gte=moment))]
    )


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("AND", Filter(must=[equal("x"), in_range(gt=1)])),
        ("OR", Filter(should=[equal("x"), in_range(gt=1)])),
        ("NOT", Filter(must_not=[Filter(must=[equal("x"), in_range(gt=1)])])),
    ],
)
def test_logic(operator: str, expected: Filter) -> None:
    filters = {"operator": operator, "conditions": [compare("==", "x"), compare(">", 1)]}
    assert to_qdrant_filter(filters) == expected
    nested = {"operator": "AND", "conditions": [filters, compare("==", "y")]}
    assert to_qdrant_filter(nested) == Filter(must=[expected, equal("y")])


@pytest.mark.parametrize(
    "filters",
    [
        {"field": "meta.a", "operator": "==", "conditions": []},
        {"field": "meta.a", "value": 1},
        {"operator": "AND"},
        {"conditions": []},
        {"operator": "XOR", "conditions": []},
        compare("~", 1),
        compare("==", [1]),
        compare("==", {"a": 1}),
        compare(">", "gestern"),
        compare(">", [1]),
        compare("<", True),
        compare("in", "abc"),
        compare("in", None),
        compare("in", [[1]]),
        {"operator": "AND", "conditions": [compare("~", 1)]},
    ],
)
def test_what_cannot_be_translated_is_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        to_qdrant_filter(filters)
