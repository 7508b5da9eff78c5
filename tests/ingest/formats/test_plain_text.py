"""Plain text: its lines, and what the first of them say."""

from datetime import date

import pytest

from ingest.document import BlockKind
from ingest.errors import Origin
from ingest.formats.plain_text import read_plain_text

ORIGIN = Origin("制度.txt")


def test_every_line_is_a_block_and_the_title_a_heading() -> None:
    fields, structured = read_plain_text("\n　值班管理规定 \r\n\r\n　　第一条 甲。\n\n\n第二条 乙。\u3000\n", ORIGIN)
    assert fields == {"title": "值班管理规定"}
    assert structured.text == "值班管理规定\n第一条 甲。\n第二条 乙。"
    assert [(block.kind, block.level) for block in structured.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.LINE, 0),
        (BlockKind.LINE, 0),
    ]
    assert [structured.text[block.start : block.end] for block in structured.blocks] == structured.text.split("\n")


def test_a_title_may_be_long() -> None:
    assert read_plain_text("长" * 60, ORIGIN)[0] == {"title": "长" * 60}


@pytest.mark.parametrize("first", ["为了加强管理，制定本规定。", "说明：如下", "长" * 61, "Restart it!"])
def test_a_sentence_is_no_title(first: str) -> None:
    fields, structured = read_plain_text(f"{first}\n正文", ORIGIN)
    assert fields == {}
    assert structured.text == f"{first}\n正文"
    assert {block.kind for block in structured.blocks} == {BlockKind.LINE}


@pytest.mark.parametrize(
    "line",
    [
        *("2025年3月1日起施行", "自2025年3月1日起执行。", "（自2025年3月1日起施行）", "(2025年03月01日起试行)"),
        *("2025年3月1日生效", "自2025年3月1日起实施"),
    ],
)
def test_the_second_line_may_state_the_first_day(line: str) -> None:
    fields, structured = read_plain_text(f"值班管理规定\n\n{line}\n第一条 甲。", ORIGIN)
    assert fields == {"title": "值班管理规定", "effective_from": date(2025, 3, 1)}
    assert line in structured.text


@pytest.mark.parametrize(
    "line", ["2025年2月30日起施行", "2025年3月1日", "本规定自2025年3月1日起施行", "2025年3月1日起施行，另有规定的除外"]
)
def test_other_lines_state_nothing(line: str) -> None:
    fields, structured = read_plain_text(f"值班管理规定\n{line}\n", ORIGIN)
    assert fields == {"title": "值班管理规定"}
    assert line in structured.text


def test_a_day_without_a_title_states_nothing() -> None:
    assert "effective_from" not in read_plain_text("说明：如下\n2025年3月1日起施行", ORIGIN)[0]


@pytest.mark.parametrize("content", ["", "\n \n\u3000\n"])
def test_nothing(content: str) -> None:
    fields, structured = read_plain_text(content, ORIGIN)
    assert (fields, structured.text, structured.blocks) == ({}, "", ())


def test_markdown_signs_are_text_here() -> None:
    assert read_plain_text("清单\n# 不是标题\n| a | b |", ORIGIN)[1].text == "清单\n# 不是标题\n| a | b |"
