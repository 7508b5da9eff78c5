"""JSON objects as documents: a text with fields, or the parts of a ticket."""

from typing import Any

import pytest

from ingest.document import BlockKind, Kind
from ingest.errors import MalformedSourceError, Origin
from ingest.formats.json_lines import ArticleObject, TextObject, TicketObject, read_json_object

ORIGIN = Origin("a.jsonl", 3)
TICKET: dict[str, Any] = {"id": "TK-1", "kind": "ticket", "title": "断网", "symptom": "断网", "solution": "重启"}


def test_a_text_is_kept_line_by_line() -> None:
    fields, structured, attributes = read_json_object(
        {"id": "faq-1", "kind": "faq", "title": "脱机", "text": "打印机脱机？\r\n\r\n第一步\u200b \n第二步"}, ORIGIN
    )
    assert isinstance(fields, TextObject)
    assert (fields.id, fields.kind, fields.title) == ("faq-1", Kind.FAQ, "脱机")
    assert structured.text == "打印机脱机？\n第一步\n第二步"
    assert {block.kind for block in structured.blocks} == {BlockKind.LINE}
    assert attributes == {}


def test_one_character_is_enough() -> None:
    assert read_json_object({"id": "a", "text": "x"}, ORIGIN)[1].text == "x"
    ticket = {"id": "a", "kind": "ticket", "symptom": "x", "solution": "y"}
    assert read_json_object(ticket, ORIGIN)[1].text == "现象\nx\n\n解决\ny"


def test_markdown_signs_are_text_here() -> None:
    assert read_json_object({"id": "a", "text": "# 不是标题\n**粗**"}, ORIGIN)[1].text == "# 不是标题\n**粗**"


def test_parts_of_a_ticket_stand_under_headings_in_a_fixed_order() -> None:
    parts = {"outcome": "正常", "diagnosis": "环路", "environment": "S5735", "symptom": "断网\n丢包"}
    fields, structured, _ = read_json_object({**TICKET, **parts}, ORIGIN)
    assert isinstance(fields, TicketObject)
    assert structured.text == ("现象\n断网\n丢包\n\n环境\nS5735\n\n诊断\n环路\n\n解决\n重启\n\n结果\n正常")
    headings = [block for block in structured.blocks if block.kind is BlockKind.HEADING]
    assert [structured.text[block.start : block.end] for block in headings] == ["现象", "环境", "诊断", "解决", "结果"]
    assert {block.level for block in headings} == {2}


def test_parts_that_are_not_there_leave_no_heading() -> None:
    assert read_json_object({**TICKET, "outcome": None, "diagnosis": ""}, ORIGIN)[1].text == "现象\n断网\n\n解决\n重启"


def test_attributes_of_a_ticket_are_texts() -> None:
    further = {"category": "network", "priority": "P2", "channel": "电话", "line": "一线", "resolved_at": "2025-01-02"}
    assert read_json_object({**TICKET, **further}, ORIGIN)[2] == {**further, "resolved_at": "2025-01-02T00:00:00"}
    assert read_json_object(TICKET, ORIGIN)[2] == {}


def test_a_ticket_may_be_one_text() -> None:
    fields, structured, _ = read_json_object({"id": "TK-2", "kind": "ticket", "text": "断网，已重启。"}, ORIGIN)
    assert isinstance(fields, TextObject)
    assert structured.text == "断网，已重启。"


@pytest.mark.parametrize(
    "content",
    [
        *({"id": "a"}, {"id": "a", "text": ""}, {"id": "a", "text": 7.5j}, {"text": "x"}, {"id": "", "text": "x"}),
        *({"id": "a", "text": "x", "symptom": "y"}, {**TICKET, "solution": ""}, {**TICKET, "opened_at": "?"}),
    ],
)
def test_wrong_objects_are_told_with_their_line(content: dict[str, Any]) -> None:
    with pytest.raises(MalformedSourceError, match="字段") as raised:
        read_json_object(content, ORIGIN)
    assert raised.value.origin == ORIGIN


def test_parts_of_an_article_are_lines_and_its_number_an_attribute() -> None:
    article = {"id": "article-1", "kind": "faq", "title": "断网", "symptom": "断网\n丢包", "solution": "重启"}
    further = {"article_id": "A1", "category": "网络", "product_version": "3.2"}
    fields, structured, attributes = read_json_object({**article, "cause": "环路", **further}, ORIGIN)
    assert isinstance(fields, ArticleObject)
    assert structured.text == "现象\n断网\n丢包\n\n原因\n环路\n\n解决\n重启"
    assert {block.kind for block in structured.blocks} == {BlockKind.LINE}
    assert attributes == further
    with pytest.raises(MalformedSourceError, match="solution"):
        read_json_object({**article, "solution": ""}, ORIGIN)
