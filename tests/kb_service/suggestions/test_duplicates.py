"""Open tickets with the same cause: near enough, of no other product, codes that both name."""

from datetime import timedelta
from typing import Any

import pytest

from kb_service.suggestions.duplicates import ALIKE, OpenTicket, find_codes, find_duplicates
from tests.kb_service.suggestions.shown import symptom
from tests.kb_service.tickets.histories import START


def ticket(name: str, cosine: float, **more: Any) -> OpenTicket:
    fields: dict[str, Any] = {
        "ticket_id": name,
        "external_id": None,
        "title": f"标题 {name}",
        "state": "new",
        "created_at": START,
        "product": None,
        "query": "打不开",
        **more,
    }
    return OpenTicket(vector=symptom(cosine), **fields)


def names(*tickets: OpenTicket, codes: frozenset[str] = frozenset(), product: str | None = None) -> list[str | None]:
    return [one.ticket_id for one in find_duplicates(symptom(), codes, product, tickets)]


def test_the_most_alike_first_and_no_others() -> None:
    assert names(ticket("far", ALIKE - 0.01), ticket("near", ALIKE + 0.01), ticket("same", 1.0)) == ["same", "near"]


def test_all_that_is_told() -> None:
    [found] = find_duplicates(symptom(), [], None, [ticket("T1", 0.8, external_id="INC-1", state=None)])
    assert found.model_dump() == {
        "ticket_id": "T1",
        "external_id": "INC-1",
        "title": "标题 T1",
        "state": None,
        "similarity": pytest.approx(0.8, abs=1e-4),
        "created_at": START,
    }


def test_a_code_that_both_name_makes_them_more_alike_up_to_the_same() -> None:
    codes = find_codes("报 ppr 9087")
    some = [
        ticket("code", 0.4, query="PPR-9087 打不开"),
        ticket("other code", 0.4, query="PPR-5001 打不开"),
        ticket("too far", 0.3, query="PPR-9087 打不开"),
        ticket("same", 0.95, query="PPR-9087"),
    ]
    found = find_duplicates(symptom(), codes, None, some)
    assert [(one.ticket_id, one.similarity) for one in found] == [
        ("same", 1.0),
        ("code", pytest.approx(0.6, abs=1e-4)),
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "alike"), [("A", "B", False), ("A", "A", True), (None, "B", True), ("A", None, True)]
)
def test_another_product_is_another_cause(mine: str | None, theirs: str | None, alike: bool) -> None:
    assert bool(names(ticket("T1", 1.0, product=theirs), product=mine)) is alike


def test_at_most_five_and_of_the_same_the_oldest_first() -> None:
    made = [ticket(f"T{number}", 0.9, created_at=START + timedelta(hours=10 - number)) for number in range(7)]
    assert names(*made) == ["T6", "T5", "T4", "T3", "T2"]


def test_clauses_and_versions_are_no_codes() -> None:
    assert find_codes("按第四条，10.1.1.5 上的 ORA-00257 与 ORA－00257") == {"ora00257", "10.1.1.5"}
    assert find_codes("打不开") == frozenset()
