"""Which obligations a ticket triggers, and what a file of them that cannot be used is told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kb_service.suggestions.errors import ObligationsError
from kb_service.suggestions.obligations import Obligation, Situation, load_obligations, triggered
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import TicketKind, TicketState

ONE = {"name": "首次响应", "why": "要响应", "clauses": ["响应"]}


def holds(situation: Situation, **when: Any) -> bool:
    return bool(triggered([Obligation.model_validate({**ONE, "when": when})], situation))


@pytest.mark.parametrize(
    ("when", "fits", "fits_not"),
    [
        ({"kinds": ["question"]}, {"kind": TicketKind.QUESTION}, {}),
        ({"states": ["new", "triaged"]}, {"state": TicketState.TRIAGED}, {"state": TicketState.CLOSED}),
        ({"priorities": ["P1", "P2"]}, {"priority": "P2"}, {"priority": "P3"}),
        ({"priorities": ["P1"]}, {"priority": "P1"}, {"priority": None}),
        ({"priorities": ["unset"]}, {"priority": None}, {"priority": "P1"}),
        ({"response": ["warning"]}, {"response": ClockState.WARNING}, {"resolution": ClockState.WARNING}),
        ({"resolution": ["breached"]}, {"resolution": ClockState.BREACHED}, {"response": ClockState.BREACHED}),
        ({"channels": ["电话"]}, {"channel": "电话"}, {"channel": None}),
        ({"levels": [2, 3]}, {"level": 2}, {"level": 1}),
        ({"reopened": True}, {"reopened": True}, {"reopened": False}),
        ({"reopened": False}, {"reopened": False}, {"reopened": True}),
        ({"words": "触电|漏电"}, {"text": "机柜漏电"}, {"text": "断电"}),
        ({}, {}, None),
    ],
)
def test_a_condition(when: dict[str, Any], fits: dict[str, Any], fits_not: dict[str, Any] | None) -> None:
    assert holds(Situation(**fits), **when)
    if fits_not is not None:
        assert not holds(Situation(**fits_not), **when)


def test_all_that_is_given_has_to_hold() -> None:
    when = {"kinds": ["incident"], "priorities": ["P1"], "words": "停产"}
    assert holds(Situation(priority="P1", text="停产了"), **when)
    assert not holds(Situation(priority="P1", text="慢"), **when)
    assert not holds(Situation(priority="P2", text="停产了"), **when)


def load(tmp_path: Path, content: Any) -> list[Obligation]:
    path = tmp_path / "rules.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return load_obligations(path)


def test_the_heavier_come_first_else_as_they_stand(tmp_path: Path) -> None:
    entries = [{**ONE, "name": name, "weight": weight} for name, weight in (("a", 3), ("b", 9), ("c", 3))]
    assert [one.name for one in load(tmp_path, {"obligations": [*entries, {**ONE, "name": "d"}]})] == list("bdac")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"when": {"kinds": ["joke"]}}, "obligations.1.when.kinds"),
        ({"when": {"word": "x"}}, "obligations.1.when.word"),
        ({"when": {"words": "("}}, "obligations.1.when.words"),
        ({"when": {"priorities": ["P9"]}}, "obligations.1.when.priorities"),
        ({"clauses": []}, "obligations.1.clauses"),
        ({"clauses": ["x", "["]}, "obligations.1.clauses.1"),
        ({"clauses": ["x*"]}, "“x\\*”什么都能匹配"),
        ({"weight": 10}, "obligations.1.weight"),
        ({"wheight": 1}, "obligations.1.wheight"),
        ({"why": None}, "obligations.1.why"),
        ({"name": "首次响应"}, "“首次响应”"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(ObligationsError, match=place) as caught:
        load(tmp_path, {"obligations": [ONE, {**ONE, "name": "另一条", **wrong}]})
    assert "rules.yaml" in caught.value.detail


@pytest.mark.parametrize("content", ["", "- a", "obligations: 3", "rules: []", "a: [", "obligations: [1]"])
def test_what_is_no_file_of_obligations(tmp_path: Path, content: str) -> None:
    with pytest.raises(ObligationsError, match=r"rules\.yaml"):
        load(tmp_path, content)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ObligationsError, match=r"missing\.yaml"):
        load_obligations(tmp_path / "missing.yaml")
    (tmp_path / "gbk.yaml").write_bytes("obligations: 首次响应".encode("gbk"))
    with pytest.raises(ObligationsError, match=r"gbk\.yaml"):
        load_obligations(tmp_path / "gbk.yaml")


def test_those_that_come_with_the_service() -> None:
    packaged = load_obligations()
    assert len(packaged) > 100
    assert len({one.name for one in packaged}) == len(packaged)
    assert [one.weight for one in packaged] == sorted((one.weight for one in packaged), reverse=True)
