"""Automatic numbers of DOCX lists, as Word shows them."""

import pytest

from ingest.errors import Origin
from ingest.formats.docx import read_docx
from ingest.formats.docx_numerals import format_number
from ingest.numerals import to_int
from tests.ingest.formats.docx_files import build_docx, item, level, paragraph, with_numbered_styles


def lines(body: str, levels: str, **more: str) -> list[str]:
    return read_docx(build_docx(body, levels, **more), Origin("a.docx"))[1].text.split("\n")


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("decimalZero", {3: "03", 12: "12"}),
        (
            "chineseCounting",
            {1: "一", 10: "十", 12: "十二", 20: "二十", 101: "一百零一", 110: "一百一十", 1001: "一千零一"},
        ),
        ("chineseCountingThousand", {15: "十五", 10_500: "一万零五百"}),
        ("japaneseCounting", {21: "二十一"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 105: "壹佰零伍"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA"}),
        ("lowerLetter", {2: "b", 28: "bb"}),
        ("upperRoman", {4: "IV", 19: "XIX", 2026: "MMXXVI"}),
        ("lowerRoman", {9: "ix"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalEnclosedParen", {2: "⑵"}),
        ("decimalEnclosedFullstop", {2: "⒉"}),
        ("none", {1: ""}),
        ("unheardOf", {7: "7"}),
    ],
)
def test_number_styles(style: str, numbers: dict[int, str]) -> None:
    assert {number: format_number(number, style) for number in numbers} == numbers


def test_chinese_numbers_are_read_back() -> None:
    for number in range(1, 10_000):
        assert to_int(format_number(number, "chineseCounting")) == number


@pytest.mark.parametrize("number", [-1, 0, 10**12])
@pytest.mark.parametrize("style", ["chineseCounting", "lowerRoman", "upperLetter", "ideographZodiac"])
def test_numbers_out_of_range_are_shown_somehow(number: int, style: str) -> None:
    assert len(format_number(number, style)) < 20


REGULATION = (
    level(0, "chineseCounting", "第%1章", '<w:suff w:val="space"/>')
    + level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/><w:suff w:val="space"/>')
    + level(2, "chineseCounting", "（%3）", '<w:suff w:val="nothing"/>')
    + level(3, "decimal", "%4.")
)


def test_articles_go_on_through_the_chapters_and_items_begin_again() -> None:
    plan = ["总则", 1, 1, "值守", 1, 2, 3, 3, 2, "附则", 1, 2]
    body = "".join(item(entry) if isinstance(entry, str) else item("文", level=entry) for entry in plan)
    assert lines(body, REGULATION) == [
        *("第一章 总则", "第一条 文", "第二条 文"),
        *("第二章 值守", "第三条 文", "（一）文", "1. 文", "2. 文", "（二）文"),
        *("第三章 附则", "第四条 文", "（一）文"),
    ]


def test_levels_in_one_number() -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "%1.%2.%3)")
    body = item("a") + item("b", level=1) + item("c", level=2) + item("d", level=2) + item("e", level=1) + item("f")
    assert lines(body + item("g", level=1), levels) == ["1 a", "1.1 b", "1.1.a) c", "1.1.b) d", "1.2 e", "2 f", "2.1 g"]


def test_a_level_that_was_never_met_counts_as_its_first() -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2", start=3)
    assert lines(item("a", level=1) + item("b", level=1), levels) == ["1.3 a", "1.4 b"]


def test_legal_numbers_are_arabic_whatever_the_level_above() -> None:
    levels = level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    assert lines(item("a") + item("b", level=1), levels) == ["第一章 a", "1.1 b"]


def test_restart_only_after_a_certain_level() -> None:
    levels = (
        level(0, "decimal", "%1")
        + level(1, "decimal", "%2)")
        + level(2, "decimal", "(%3)", '<w:lvlRestart w:val="1"/>')
    )
    body = item("a") + item("b", level=1) + item("c", level=2) + item("d", level=1) + item("e", level=2)
    assert lines(body + item("f") + item("g", level=2), levels)[2:] == ["(1) c", "2) d", "(2) e", "2 f", "(1) g"]


def test_lists_that_share_a_definition_go_on_unless_one_states_a_start() -> None:
    numbers = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = item("a") + item("b", 2) + item("c", 3) + item("d", 3) + item("e")
    assert lines(body, level(0, "decimal", "%1."), numbers=numbers) == ["1. a", "2. b", "5. c", "6. d", "7. e"]


def test_a_list_may_override_a_level() -> None:
    numbers = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/>'
        f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1、", start=3)}</w:lvlOverride></w:num>'
    )
    assert lines(item("a") + item("b"), level(0, "decimal", "%1."), numbers=numbers) == ["C、 a", "D、 b"]


def test_bullets_keep_their_depth() -> None:
    levels = level(0, "bullet", "\uf0b7") + level(1, "bullet", "o")
    assert lines(item("a") + item("b", level=1), levels) == ["• a", "  • b"]


@pytest.mark.parametrize(
    "properties",
    [
        "",
        '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>',
        '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>',
        '<w:numPr><w:ilvl w:val="8"/><w:numId w:val="1"/></w:numPr>',
        '<w:numPr><w:ilvl w:val="999"/><w:numId w:val="1"/></w:numPr>',
    ],
    ids=["none", "taken off", "no such list", "no such level", "absurd level"],
)
def test_paragraphs_without_a_number(properties: str) -> None:
    assert lines(paragraph("a", properties) + item("b"), level(0, "decimal", "%1.")) == ["a", "1. b"]


def test_an_empty_paragraph_takes_no_number() -> None:
    assert lines(item("a") + item("") + item("b"), level(0, "decimal", "%1.")) == ["1. a", "2. b"]


def test_numbers_of_a_style() -> None:
    levels = (
        level(0, "chineseCounting", "第%1章", '<w:pStyle w:val="Heading1"/>')
        + level(1, "chineseCounting", "第%2条", '<w:pStyle w:val="Heading2"/>')
    )  # fmt: skip
    data = build_docx(
        paragraph("总则", '<w:pStyle w:val="Heading1"/>') + paragraph("目的", '<w:pStyle w:val="Heading2"/>'), levels
    )
    text = read_docx(with_numbered_styles(data, "Heading 1", "Heading 2"), Origin("a.docx"))[1].text
    assert text.split() == ["第一章", "总则", "第一条", "目的"]
