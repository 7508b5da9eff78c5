"""Clauses that a search found join the rules that a ticket triggers, unless they are cited already."""

from collections.abc import Sequence

import pytest
from haystack import Document

from ingest.document import Kind, Meta
from kb_service.search.citing import build_range
from kb_service.search.matching import Match
from kb_service.suggestions.fitting_clauses import MOST_ADDED, add_clauses
from kb_service.suggestions.models import Rule

TEXT = "测试账号到期前三日提醒使用人，逾期自动停用。"


def clause(start: int, text: str = TEXT, headings: Sequence[str] = ("第二章 账号", "第九条")) -> Match:
    document_id, version = "账号管理办法", "2026"
    meta = {
        Meta.KIND: Kind.REGULATION,
        Meta.TITLE: document_id,
        Meta.PRODUCT: None,
        Meta.CITATION: f"《{document_id}》第九条",
        Meta.DOCUMENT_ID: document_id,
        Meta.VERSION: version,
        Meta.HEADING_PATH: list(headings),
        Meta.CLAUSE_ID: "9",
        Meta.START_CHAR: start,
        Meta.END_CHAR: start + len(text),
        Meta.SHA256: "0" * 64,
        Meta.PAGE: None,
    }
    return Match(Document(content=text, meta=dict(meta)), 1.0)


def rule(start: int, text: str = "逾期自动停用。", version: str = "2026", also_at: int | None = None) -> Rule:
    also = [] if also_at is None else [build_range("账号管理办法", "2026", "第九条", text, also_at)]
    return Rule(
        name="停用",
        citation=build_range("账号管理办法", version, "第九条", text, start),
        text=text,
        why="到期",
        also=also,
    )


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (("第二章 账号", "第九条"), "账号"),
        (("四、出差", "（四）出差规定"), "出差规定"),
        (("三", "4.3 各级目标一览", "（5）"), "各级目标一览"),
        (("第九条",), "相近的条款"),
        ((), "相近的条款"),
    ],
)
def test_a_clause_is_named_by_the_nearest_heading_that_is_more_than_a_number(
    headings: Sequence[str], name: str
) -> None:
    [added] = add_clauses([], [clause(40, headings=headings)])
    assert added.name == name


def test_a_clause_is_quoted_whole() -> None:
    [added] = add_clauses([], [clause(40)])
    assert added.text == TEXT
    assert (added.citation.start_char, added.citation.end_char) == (40, 40 + len(TEXT))
    assert added.citation.url.endswith(f"#c40-{40 + len(TEXT)}")
    assert "相近" in added.why


def test_rules_come_first_and_no_more_than_two_clauses_after_them() -> None:
    triggered = [rule(500)]
    shown = add_clauses(triggered, [clause(100 * number) for number in range(4)])
    assert shown[0] is triggered[0]
    assert [one.citation.start_char for one in shown[1:]] == [0, 100][:MOST_ADDED]


def test_a_clause_that_a_rule_cites_is_not_shown_twice() -> None:
    inside = 40 + TEXT.index("逾期")
    assert len(add_clauses([rule(inside)], [clause(40)])) == 1
    assert len(add_clauses([rule(900, also_at=inside)], [clause(40)])) == 1
    next_to_it = 40 + len(TEXT)
    assert len(add_clauses([rule(next_to_it)], [clause(40)])) == 2
    assert len(add_clauses([rule(inside, version="2024")], [clause(40)])) == 2
