"""What counts as a right suggestion, counted by hand; and the labels that it is counted with."""

import json
from dataclasses import replace

import pytest

from eval.labelled_set import Half
from eval.rule_recall import RulesScore
from eval.suggesting import (
    Judge,
    LeftOut,
    PastTicket,
    category_accuracy,
    hit_rate,
    load_answers,
    load_past_tickets,
    mean_confidence,
    render,
)
from ingest.document import Kind
from kb_service.search.citing import build_citation
from kb_service.suggestions.models import CategoryVote, Classification, Evidence, Solution, Suggestion
from tests.conftest import CORPUS

ONE = PastTicket("TK-1", "打不出来", "点打印没反应", "衡川ERP", "打印输出", "spooler", Half.REPORTING)
OTHER = replace(ONE, ticket_id="TK-2")
ALONE = replace(ONE, ticket_id="TK-3", cause="")
JUDGE = Judge([ONE, OTHER, ALONE], {"spooler": [("faq-1", "重启打印 服务")]})


def solution(rank: int, document_id: str, source: Kind = Kind.TICKET, text: str = "重装驱动") -> Solution:
    citation = build_citation(
        label=document_id,
        document_id=document_id,
        version="v",
        heading_path=[],
        clause_id="",
        start_char=0,
        end_char=len(text),
        sha256="0" * 64,
        page=None,
    )
    evidence = Evidence(similar_symptom=None, times_adopted=0, times_rejected=0, success_rate=None, alike=0.0)
    return Solution(
        rank=rank,
        source=source,
        document_id=document_id,
        title=document_id,
        solution=text,
        citation=citation,
        score=1.0,
        evidence=evidence,
    )


def left_out(ticket: PastTicket, solutions: list[Solution], categories: tuple[str, ...] = ()) -> LeftOut:
    classification = Classification(
        category=categories[0] if categories else None,
        priority=None,
        group=None,
        confidence=0.3 if categories else 0.0,
        categories=[CategoryVote(category=name, confidence=0.3) for name in categories],
    )
    suggestion = Suggestion(
        suggestion_id="S",
        answered=True,
        confidence=0.9,
        query="打印",
        solutions=solutions,
        rules=[],
        classification=classification,
        duplicates=[],
        took_ms=1.0,
    )
    return LeftOut(ticket, suggestion)


def test_a_ticket_of_the_same_cause_is_right_but_not_itself() -> None:
    assert JUDGE.is_right(solution(1, "TK-2"), ONE)
    assert not JUDGE.is_right(solution(1, "TK-1"), ONE)
    assert not JUDGE.is_right(solution(1, "TK-3"), ONE)


def test_a_passage_is_right_when_it_holds_the_remedy() -> None:
    assert JUDGE.is_right(solution(1, "faq-1", Kind.FAQ, "先看\n重启打印服务，再试"), ONE)
    assert not JUDGE.is_right(solution(1, "faq-1", Kind.FAQ, "换一台打印机"), ONE)
    assert not JUDGE.is_right(solution(1, "faq-2", Kind.FAQ, "重启打印服务"), ONE)


def test_hits_are_counted_to_the_depth_and_among_tickets_alone() -> None:
    asked = [
        left_out(ONE, [solution(1, "faq-9", Kind.FAQ, "无关"), solution(2, "TK-2")]),
        left_out(OTHER, [solution(1, "TK-3"), solution(2, "faq-1", Kind.FAQ, "重启打印服务")]),
    ]
    assert hit_rate(asked, JUDGE, 1, of_tickets=False) == 0.0
    assert hit_rate(asked, JUDGE, 2, of_tickets=False) == 1.0
    assert hit_rate(asked, JUDGE, 1, of_tickets=True) == 0.5
    assert hit_rate(asked, JUDGE, 2, of_tickets=True) == 0.5


def test_a_category_is_right_among_the_first() -> None:
    asked = [
        left_out(ONE, [], ("打印输出", "终端系统")),
        left_out(OTHER, [], ("终端系统", "打印输出")),
        left_out(ALONE, []),
    ]
    assert category_accuracy(asked) == pytest.approx(1 / 3)
    assert category_accuracy(asked, 2) == pytest.approx(2 / 3)
    assert mean_confidence(asked) == pytest.approx(0.2)


def test_the_report_looks_at_the_half_that_was_asked_for() -> None:
    tuning = left_out(replace(OTHER, half=Half.TUNING), [solution(1, "TK-9")])
    report = render(
        {True: [left_out(ONE, [solution(1, "TK-2")]), tuning]}, Half.REPORTING, JUDGE, RulesScore(2, 8, 0.75, 0.5)
    )
    assert "| 已知产品，全部方案 | 1 | 1.000 | 1.000 | 1.000 |" in report
    assert "| reporting | 2 | 8 | 0.750 | 0.500 |" in report


def test_labels_name_tickets_and_passages_of_the_corpus() -> None:
    past = load_past_tickets(CORPUS)
    causes = {ticket.cause for ticket in past} - {""}
    assert len(causes) >= 60
    assert {half: sum(ticket.half is half for ticket in past if ticket.cause) for half in Half} == {
        Half.TUNING: 90,
        Half.REPORTING: 89,
    }
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (CORPUS / "manuals").glob("*.md")}
    for path in (CORPUS / "faq").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            texts[entry["id"]] = entry["text"]
    answers = load_answers()
    assert set(answers) <= causes
    for passages in answers.values():
        for document_id, quote in passages:
            assert quote in texts[document_id.removeprefix("manuals/")]
