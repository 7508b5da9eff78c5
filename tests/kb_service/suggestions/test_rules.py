"""Obligations found again in the regulations in force: whole sentences, the best wording, only what may be read."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb_service.access.principal import LOOPBACK, Principal
from kb_service.runtime import Runtime
from kb_service.suggestions import rules
from kb_service.suggestions.models import Rule
from kb_service.suggestions.obligations import Obligation, Situation, load_obligations
from kb_service.suggestions.rules import MOST_RULES, RuleFinder
from tests.conftest import RuntimeBuilder

TODAY = date(2026, 11, 25)
REGULATIONS: list[dict[str, Any]] = [
    {
        "id": "a-weak",
        "text": "第一条 应及时响应。\n第二条 值班不得离岗，因故离岗的须先交接。交接记录当日归档。",
    },
    {
        "id": "b-strong",
        "text": "第一条 报修后两小时内响应；逾期的说明原因。\n第二条 先断电。再断网，并报告组长！还有吗？没有",
    },
    {"id": "c-old", "text": "第一条 报修后四小时内响应。", "effective_to": "2025-12-31"},
    {"id": "d-future", "text": "第一条 报修后一小时内响应。", "effective_from": "2027-01-01"},
    {"id": "e-secret", "text": "第一条 泄密立即上报保密员。", "clearance": 3},
    {"id": "f-sales", "text": "第一条 报价须经复核。", "departments": ["售前支持组"]},
]
CLAUSES = ["两小时", "说明原因", "断电", "报告组长", "还有", "没有", "及时", "不得离岗", "归档", "报价", "保密员"]
"""Each in a sentence of its own."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    folder: Path = tmp_path_factory.mktemp("rules")
    lines = [json.dumps({"kind": "regulation", "title": f"规定 {one['id']}", **one}) for one in REGULATIONS]
    (folder / "rules.jsonl").write_text("\n".join(lines), encoding="utf-8")
    opened = build_runtime(folder / "data")
    assert opened.indexer.ingest([folder / "rules.jsonl"]).ok
    yield opened
    opened.close()


def obligation(*clauses: str, name: str = "义务", **more: Any) -> Obligation:
    return Obligation.model_validate({"name": name, "why": "理由", "clauses": clauses, **more})


def find(runtime: Runtime, *clauses: str, on: date = TODAY, principal: Principal = LOOPBACK) -> list[Rule]:
    return RuleFinder(runtime.catalogue, [obligation(*clauses)]).find(Situation(), on, principal)


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ("断电", "第二条 先断电。"),
        ("报告组长", "再断网，并报告组长！"),
        ("还有", "还有吗？"),
        ("没有", "没有"),
        ("说明原因", "逾期的说明原因。"),
        ("两小时", "第一条 报修后两小时内响应；"),
        # Not across the end of a sentence …
        ("断电.{0,4}断网", None),
        # … but what stands in the next one whole is found, though the pattern first ran over the end.
        ("离岗.{0,20}交接", "第二条 值班不得离岗，因故离岗的须先交接。"),
        ("断.{0,12}报告", "再断网，并报告组长！"),
    ],
)
def test_a_whole_sentence_is_quoted(small: Runtime, clause: str, sentence: str | None) -> None:
    assert [rule.text for rule in find(small, clause)] == ([sentence] if sentence else [])


def test_the_citation_finds_the_sentence_again(small: Runtime) -> None:
    [rule] = find(small, "说明原因")
    citation = rule.citation
    text = REGULATIONS[1]["text"]
    assert (citation.document_id, rule.why) == ("b-strong", "理由")
    assert text[citation.start_char : citation.end_char] == rule.text
    assert citation.sha256 == hashlib.sha256(rule.text.encode()).hexdigest()
    assert citation.label == "《规定 b-strong》第一条"
    assert citation.url.endswith(f"#c{citation.start_char}-{citation.end_char}")


def test_the_better_wording_comes_first_and_the_others_with_it(small: Runtime) -> None:
    [rule] = find(small, "两小时内响应", "响应")
    assert rule.citation.document_id == "b-strong"
    assert [one.document_id for one in rule.also] == ["a-weak"]
    [rule] = find(small, "响应", "两小时内响应")
    assert rule.citation.document_id == "a-weak"


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (TODAY, ["a-weak", "b-strong"]),
        (date(2025, 12, 31), ["a-weak", "b-strong", "c-old"]),
        (date(2026, 1, 1), ["a-weak", "b-strong"]),
        (date(2027, 1, 1), ["a-weak", "b-strong", "d-future"]),
    ],
)
def test_only_what_is_in_force_is_cited(small: Runtime, on: date, found: list[str]) -> None:
    [rule] = find(small, "响应", on=on)
    assert [rule.citation.document_id, *(one.document_id for one in rule.also)] == found


def test_one_finder_knows_each_day(small: Runtime) -> None:
    finder = RuleFinder(small.catalogue, [obligation("小时内响应")])
    for on, most in ((TODAY, "两"), (date(2025, 1, 1), "两"), (date(2027, 1, 1), "两"), (TODAY, "两")):
        [rule] = finder.find(Situation(), on, LOOPBACK)
        assert most in rule.text
    assert len(finder.find(Situation(), TODAY, LOOPBACK)[0].also) == 0


@pytest.mark.parametrize(
    ("principal", "clauses"),
    [
        (Principal("guest"), {"响应"}),
        (Principal("cleared", 3), {"响应", "保密员"}),
        (Principal("seller", 0, frozenset({"售前支持组"})), {"响应", "复核"}),
        (LOOPBACK, {"响应", "保密员", "复核"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_only_what_may_be_read_is_cited(small: Runtime, principal: Principal, clauses: set[str]) -> None:
    duties = [obligation(clause, name=clause) for clause in ("响应", "保密员", "复核")]
    assert {rule.name for rule in RuleFinder(small.catalogue, duties).find(Situation(), TODAY, principal)} == clauses


def test_what_nothing_states_or_triggers_is_left_out_and_few_are_shown(small: Runtime) -> None:
    assert len(CLAUSES) > MOST_RULES
    duties = [
        obligation("从没说过的话", name="无据"),
        obligation("响应", name="不适用", when={"levels": [3]}),
        *(obligation(clause, name=clause) for clause in CLAUSES),
    ]
    found = RuleFinder(small.catalogue, duties).find(Situation(), TODAY, LOOPBACK)
    assert [rule.name for rule in found] == CLAUSES[:MOST_RULES]


def test_a_regulation_that_came_later_is_read(tmp_path: Path, build_runtime: RuntimeBuilder) -> None:
    runtime = build_runtime(tmp_path / "data")
    finder = RuleFinder(runtime.catalogue, [obligation("内响应")])
    assert finder.find(Situation(), TODAY, LOOPBACK) == []
    for hours in ("两", "三"):
        content = {"id": "r", "kind": "regulation", "title": "规定", "text": f"第一条 {hours}小时内响应。"}
        (tmp_path / "r.jsonl").write_text(json.dumps(content), encoding="utf-8")
        assert runtime.indexer.ingest([tmp_path / "r.jsonl"]).ok
        [rule] = finder.find(Situation(), TODAY, LOOPBACK)
        assert rule.text == f"第一条 {hours}小时内响应。"
    runtime.close()


def test_light_ones_are_shown_where_few_others_are(small: Runtime) -> None:
    light = [obligation("报价", name="轻一", weight=4), obligation("保密员", name="轻二", weight=1)]
    for heavy, shown in ((0, 2), (4, 6), (5, 6), (6, 6), (7, 7)):
        clauses = CLAUSES[:heavy]
        duties = [*light, *(obligation(clause, name=clause, weight=5) for clause in clauses)]
        found = RuleFinder(small.catalogue, duties).find(Situation(), TODAY, LOOPBACK)
        assert len(found) == shown
        assert {rule.name for rule in found} >= set(clauses)


def test_one_sentence_is_shown_once(small: Runtime) -> None:
    duties = [obligation("说明原因", name="轻", weight=5), obligation("两小时", name="另一句", weight=6)]
    twice = [*duties, obligation("逾期", name="重", weight=7)]
    found = RuleFinder(small.catalogue, twice).find(Situation(), TODAY, LOOPBACK)
    assert [rule.name for rule in found] == ["重", "另一句"]


def test_every_packaged_obligation_is_stated_in_our_regulations(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = load_obligations()
    monkeypatch.setattr(rules, "MOST_RULES", len(packaged))
    monkeypatch.setattr(rules, "_LIGHT", 0)
    waiting = {one.name: one.model_copy(update={"when": type(one.when)()}) for one in packaged}
    found = {""}
    while found:  # Some share a sentence, which is shown once.
        finder = RuleFinder(runtime.catalogue, list(waiting.values()))
        found = {rule.name for rule in finder.find(Situation(), runtime.today(), LOOPBACK)}
        waiting = {name: one for name, one in waiting.items() if name not in found}
    assert waiting == {}
