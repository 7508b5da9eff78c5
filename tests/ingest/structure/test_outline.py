"""Numbering and headings -> section tree: cases in files, and what holds for every text.

A case is a source, a line ``---`` and the expected sections, one a line: ``heading | label``, indented by depth.
Where the source holds several texts, a line ``== id | title`` precedes the sections of each.
"""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import BlockKind, Kind, ParsedDocument, Section, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from ingest.reader import SourceFile, read_records
from ingest.structure.placement import DEEPEST
from tests.conftest import require_shared
from tests.ingest.generated_documents import documents
from tests.ingest.texts import parse_text

CASES = sorted(Path(__file__).parents[1].joinpath("cases", "outline").iterdir())


def drawn(document: ParsedDocument) -> str:
    return "\n".join(f"{'  ' * (item.level - 1)}{item.heading} | {item.label}" for item in document.sections)


def drawn_texts(documents: list[ParsedDocument]) -> str:
    if len(documents) == 1:
        return drawn(documents[0])
    return "\n".join(
        f"== {document.document_id} | {document.title}\n{drawn(document)}".rstrip() for document in documents
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_case(path: Path) -> None:
    source, _, expected = path.read_text(encoding="utf-8").rpartition("\n---\n")
    source_format = "markdown" if path.suffix == ".md" else "text"
    documents = parse(SourceRecord("regulations/case", source_format, Origin("case"), source, "digest"))
    assert drawn_texts(documents) == expected.rstrip("\n")


def test_articles_clauses_and_headed_sections_are_atomic() -> None:
    document = parse_text("某某管理办法\n第一章 总则\n第一条 甲：\n（一）乙；\n一、丙\n附录\n1.1 丁\n")
    assert {item.marker: item.atomic for item in document.sections} == {
        **{"第一章": False, "第一条": True, "（一）": False, "附录": False, "1.1": True},
        **{"一": False},
    }
    loose = parse_text("某某管理办法\n一、甲\n（一）乙。\n1. 丙。\n")
    assert {item.marker: item.atomic for item in loose.sections} == {"一": True, "（一）": True, "1": False}
    listed = parse_text("某某管理办法\n1. 甲：\n（一）乙。\n")
    assert [item.atomic for item in listed.sections] == [False, False]


def test_numbering_in_manuals_is_text() -> None:
    content = "# 安装手册\n\n## 1. 准备\n\n第一条 不是条款。\n\n1. 下载\n2. 安装\n\n## 2. 使用\n\n正文\n"
    document = parse_text(content, "markdown", "manuals")
    assert drawn(document) == "1. 准备 | 1. 准备\n2. 使用 | 2. 使用"
    assert all(item.atomic for item in document.sections)


def test_plain_headings_are_named_in_the_label() -> None:
    for folder in ("manuals", "regulations"):
        document = parse_text("# 手册\n\n## 安装\n\n甲\n\n### 网卡\n\n乙\n", "markdown", folder)
        assert [item.label for item in document.sections] == ["安装", "安装 › 网卡"]


def test_parts_of_a_ticket_are_not_atomic() -> None:
    content = {"id": "TK-1", "kind": "ticket", "title": "断网", "symptom": "断网", "solution": "重启"}
    [document] = parse(SourceRecord("TK-1", "json-line", Origin("t.jsonl", 1), content, "digest"))
    assert [(item.heading, item.atomic) for item in document.sections] == [("现象", False), ("解决", False)]


@pytest.mark.parametrize(
    ("content", "bodies"),
    [
        ("某某管理办法\n第一章 总则\n第一条 甲。", ["第一条 甲。", "第一条 甲。"]),
        ("某某管理办法\n第一章总则第一条甲。", ["第一条甲。", "第一条甲。"]),
        ("某某管理办法\n第二章甲 第一条乙。第二条丙。", ["第一条乙。第二条丙。", "第一条乙。", "第二条丙。"]),
        ("某某管理办法\n第一条 甲。\n乙。", ["第一条 甲。\n乙。", "第一条 甲。\n", "乙。"]),
        ("某某管理办法\n四、流程1. 甲;2. 乙。", ["1. 甲;2. 乙。", "1. 甲;", "2. 乙。"]),
    ],
)
def test_body_begins_below_the_heading(content: str, bodies: list[str]) -> None:
    document = parse_text(content)
    assert [document.text[item.body_start : item.end] for item in document.sections] == bodies


def test_body_begins_below_the_heading_in_markdown() -> None:
    document = parse_text("# 手册\n\n## 安装\n\n甲\n\n## 使用\n", "markdown", "manuals")
    assert [document.text[item.body_start : item.end].strip() for item in document.sections] == ["甲", ""]


def test_a_short_line_is_a_heading_and_a_long_one_is_text() -> None:
    for length, heading in ((30, "一、" + "长" * 28), (31, "一")):
        [section] = parse_text("某某管理办法\n一、" + "长" * (length - 2)).sections
        assert section.heading == heading


@given(documents())
def test_sections_nest_and_siblings_do_not_overlap(document: ParsedDocument) -> None:
    siblings: dict[int | None, list[Section]] = {}
    for position, section in enumerate(document.sections):
        assert section.index == position
        assert 0 <= section.start <= section.body_start <= section.end <= len(document.text)
        assert section.start < section.end
        siblings.setdefault(section.parent, []).append(section)
        if section.parent is None:
            assert section.level == 1
        else:
            parent = document.sections[section.parent]
            assert parent.index < section.index
            assert parent.level == section.level - 1
            assert parent.body_start <= section.start
            assert section.end <= parent.end
    for group in siblings.values():
        assert all(before.end == after.start for before, after in pairwise(group))


@given(documents())
def test_every_section_begins_with_its_heading_and_can_be_cited(document: ParsedDocument) -> None:
    for section in document.sections:
        assert section.heading
        assert section.label
        if section.marker or not section.heading.endswith("款"):
            # A 款 has no number of its own; it is called by its place.
            assert document.text[section.start : section.end].startswith(section.heading)
            assert section.heading.startswith(section.marker)


@given(documents(kinds=(Kind.MANUAL, Kind.FAQ)))
def test_outside_regulations_only_headings_make_sections(document: ParsedDocument) -> None:
    headings = {block.start for block in document.blocks if block.kind is BlockKind.HEADING}
    assert {section.start for section in document.sections} <= headings


MARKERS = st.sampled_from(
    [
        *(
            "第一编",
            "第二章",
            "第三节",
            "第一条",
            "第二条",
            "第十五条之一",
            "第１２条",
            "第 3 条",
            "附件1：",
            "附录A ",
            "附：",
        ),
        *(
            "一、",
            "二、",
            "十二、",
            "（一）",
            "(二)、",
            "1.",
            "2、",
            "3 甲",
            "（1）",
            "２）",
            "A、",
            "B.",
            "D1、",
            "a.",
            "b)",
            "①",
            "②",
        ),
        *(
            "1.1 ",
            "1.2、",
            "4.10.1",
            "2.1.1.1 ",
            "1.6管材",
            "1/4",
            "第五条所列",
            "依照第五条",
            "9:00-18:30",
            "•",
            "●",
            "“",
            "”",
        ),
        *(
            "。",
            "；",
            ";",
            "：",
            ":",
            "，",
            "、",
            "）",
            ")",
            " ",
            "\u3000",
            "甲",
            "总则",
            "为了规范，",
            "目录",
            "\n",
            "\n\n",
        ),
    ]
)


@settings(max_examples=500)
@given(st.lists(MARKERS, min_size=1, max_size=60).map("".join))
def test_any_mixture_of_numbering_nests(content: str) -> None:
    content = f"某某管理办法\n{content}"
    [document] = parse(SourceRecord("regulations/case", "text", Origin("case"), content, "digest"))
    for section in document.sections:
        parent = document.sections[section.parent] if section.parent is not None else None
        low, high = (parent.body_start, parent.end) if parent else (0, len(document.text))
        assert low <= section.start <= section.body_start <= section.end <= high
        assert section.start < section.end
        assert section.level <= DEEPEST + 3
        assert section.label


@pytest.mark.parametrize(
    "unit", ["一、", "：1.", "“一、", "第一章总则第一条", "（一）甲", "一、甲\n", "第一条 甲。\n乙。\n", "目录\n"]
)
def test_a_hundred_thousand_characters_of_numbering_are_read(unit: str) -> None:
    content = "某某管理办法\n" + unit * (100_000 // len(unit))
    [document] = parse(SourceRecord("regulations/case", "text", Origin("case"), content, "digest"))
    assert len(document.text) > 90_000


def test_laws_have_all_their_articles() -> None:
    path = require_shared("regulations", "laws", "08_民事诉讼法(2021-12-24).md")
    [record] = read_records(SourceFile(path, path.name), 2**20)
    assert isinstance(record, SourceRecord)
    articles = [section for section in parse(record)[0].sections if section.marker.endswith("条")]
    assert len(articles) == 291
    assert articles[-1].label == "第四编第二十七章第二百九十一条"
