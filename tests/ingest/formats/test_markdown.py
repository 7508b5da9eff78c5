"""Markdown as the text that a page would show, in blocks."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import BlockKind, StructuredText
from ingest.errors import MalformedSourceError, Origin
from ingest.formats.markdown import read_markdown

HEADING, LINE, ROW, CODE = BlockKind.HEADING, BlockKind.LINE, BlockKind.ROW, BlockKind.CODE
ORIGIN = Origin("手册.md")


def structured(content: str) -> StructuredText:
    return read_markdown(content, ORIGIN)[1]


def blocks(content: str) -> list[tuple[BlockKind, str]]:
    text = structured(content)
    return [(block.kind, text.text[block.start : block.end]) for block in text.blocks]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("## 安装 `kb` 与 *启动*\n", [(HEADING, "安装 kb 与 启动")]),
        ("网卡修复\n========\n", [(HEADING, "网卡修复")]),
        ('先**重启**，见[手册](a.md "题")和<https://a.cn>。', [(LINE, "先重启，见手册和https://a.cn。")]),
        ("![*拓扑*图](a.png)", [(LINE, "拓扑图")]),
        (
            "第一行\n第二行  \n第三行<br>第四行",
            [(LINE, "第一行"), (LINE, "第二行"), (LINE, "第三行"), (LINE, "第四行")],
        ),
        ("> 注意：\n> 先备份", [(LINE, "注意："), (LINE, "先备份")]),
        ("甲\n\n---\n\n乙", [(LINE, "甲"), (LINE, "乙")]),
        ("a &amp; b &lt;c&gt; \\*d\\*", [(LINE, "a & b <c> *d*")]),
        ("按<kbd>F2</kbd>键", [(LINE, "按F2键")]),
    ],
)
def test_markup_goes_and_words_stay(content: str, expected: list[tuple[BlockKind, str]]) -> None:
    assert blocks(content) == expected


def test_heading_levels() -> None:
    assert [block.level for block in structured("# 一\n\n### 三\n\n正文").blocks] == [1, 3, 0]


def test_lists_keep_their_numbers_and_depth() -> None:
    content = "3. 关机\n4. 换线\n   - 网线\n\n     注意卡扣\n   - 电源\n5. 开机\n"
    assert structured(content).text == "3. 关机\n4. 换线\n  • 网线\n    注意卡扣\n  • 电源\n5. 开机"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("1. 甲\n1. 乙", "1. 甲\n2. 乙"),
        ("- 甲\n\n  乙\n- ```\n  码\n  ```\n- - 深", "• 甲\n  乙\n码\n  • 深"),
        ("前\n\n- 甲\n  1. 乙\n\n后", "前\n\n• 甲\n  1. 乙\n\n后"),
        ("前\n\n- # 题\n- 乙", "前\n\n题\n• 乙"),
    ],
)
def test_what_lists_may_hold(content: str, text: str) -> None:
    assert structured(content).text == text


def test_blank_lines_stand_before_tables_and_quotes_not_inside() -> None:
    content = "前\n\n| a |\n|---|\n| 1 |\n| 2 |\n\n> 引一\n>\n> 引二\n\n后"
    assert structured(content).text == "前\n\na：1\na：2\n\n引一\n引二\n\n后"


def test_a_row_repeats_its_header() -> None:
    content = "| 代码 | 含义 | 处理 |\n|--|--|--|\n| 691 | **拒绝**\\|访问 | |\n| 809 | `端口` | 查<br>防火墙 |\n"
    assert blocks(content) == [(ROW, "代码：691；含义：拒绝|访问"), (ROW, "代码：809；含义：端口；处理：查 防火墙")]


def test_a_table_of_headers_alone_is_kept() -> None:
    assert blocks("| 代码 | 含义 |\n|--|--|\n") == [(ROW, "代码；含义")]


def test_a_column_without_name_stands_alone() -> None:
    assert blocks("| | 值 |\n|--|--|\n| 甲 | 1 |\n") == [(ROW, "甲；值：1")]


def test_code_stays_as_it_is_in_one_block() -> None:
    content = "```sql\nSELECT 1;\n\n# 注释\n  WHERE a<b\n```\n\n    ipconfig /all\n"
    assert blocks(content) == [(CODE, "SELECT 1;\n\n# 注释\n  WHERE a<b"), (CODE, "ipconfig /all")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<!-- 注 -> 释 > 在此 -->\n\n正文", "正文"),
        ('<div class="note">\n先备份\n</div>', "先备份"),
        ("<p>温度 x<5 且 y>3 时停机</p>", "温度 x<5 且 y>3 时停机"),
        ("<!DOCTYPE html>\n\n正文", "正文"),
        ("<!-- 只有注释 -->", ""),
    ],
)
def test_html_loses_its_tags_only(content: str, text: str) -> None:
    assert structured(content).text == text


def test_paragraphs_are_set_apart_and_lines_are_not() -> None:
    assert structured("# 题\n\n甲\n乙\n\n丙\n\n- 丁\n- 戊\n").text == "题\n\n甲\n乙\n\n丙\n\n• 丁\n• 戊"


class TestFrontMatter:
    def test_fields_and_body_part(self) -> None:
        fields, text = read_markdown("---\ntitle: 值班\neffective_from: 2025-01-01\n---\n# 值班\n", ORIGIN)
        assert fields == {"title": "值班", "effective_from": date(2025, 1, 1)}
        assert text.text == "值班"

    @pytest.mark.parametrize(
        "content", ["正文", "---\n---\n正文", "---\n# 注释\n---\n正文", "\n正文\n\n---\na: b\n---\n"]
    )
    def test_none(self, content: str) -> None:
        assert read_markdown(content, ORIGIN)[0] == {}

    @pytest.mark.parametrize(
        ("yaml", "line"),
        [
            ("title: 好\nkind: [", 3),
            ("title: a: b", 2),
            ("title: 好\n\ttabbed: 1", 3),
            ("x: !!python/object/apply:os.getcwd []", 2),
            ("effective_from: 2025-13-01", None),
            ("a: " + "[" * 5000, None),
        ],
        ids=["open list", "two colons", "tab", "python object", "no such day", "too deep"],
    )
    def test_broken_yaml_is_told_with_its_line(self, yaml: str, line: int | None) -> None:
        with pytest.raises(MalformedSourceError, match="YAML") as raised:
            read_markdown(f"---\n{yaml}\n---\n\n正文", ORIGIN)
        assert raised.value.origin == Origin(ORIGIN.path, line)

    @pytest.mark.parametrize("yaml", ["- a\n- b", "只是一句话", "42"])
    def test_no_mapping(self, yaml: str) -> None:
        with pytest.raises(MalformedSourceError, match="字段: 值"):
            read_markdown(f"---\n{yaml}\n---\n\n正文", ORIGIN)


_PIECES = st.sampled_from(
    [
        *(
            "# 题",
            "正文",
            "- 项",
            "1. 步",
            "  - 深",
            "> 引",
            "```",
            "| a | b |",
            "|-|-|",
            "| 1 | 2 |",
            "<b>粗",
            "<!--",
            "-->",
        ),
        *(
            "---",
            "***",
            "    码",
            "\t",
            "",
            "",
            "\u200b",
            "&#0;",
            "&#xFFFE;",
            "[a](b)",
            "![图](x)",
            "\\",
            "`",
            "===",
            "a\0b",
        ),
    ]
)


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=12).map("\n".join))
def test_blocks_cover_all_but_the_line_ends(content: str) -> None:
    try:
        text = structured(content)
    except MalformedSourceError:
        return
    position = 0
    for block in text.blocks:
        assert text.text[position : block.start] in ("", "\n", "\n\n")
        assert text.text[block.start : block.end].strip()
        assert block.kind is CODE or "\n" not in text.text[block.start : block.end]
        assert (block.level > 0) == (block.kind is HEADING)
        position = block.end
    assert position == len(text.text)
