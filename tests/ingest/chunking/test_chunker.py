"""Where texts are cut, and that nothing is lost, doubled, too long or torn over two articles."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking.chunker import Chunker
from ingest.chunking.span import CutReason, Span
from ingest.document import BlockKind, ParsedDocument, Section, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records
from tests.conftest import require_shared
from tests.ingest.generated_documents import documents
from tests.ingest.texts import parse_text

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def count_visible(texts: Sequence[str]) -> list[int]:
    """One token a character; white space is free, as it is for the models' tokenizers."""
    return [sum(not char.isspace() for char in text) for text in texts]


def count_doubly(texts: Sequence[str]) -> list[int]:
    return [2 * count for count in count_visible(texts)]


def chunks(content: str, max_tokens: int, source_format: str = "text", folder: str = "regulations") -> list[str]:
    document = parse_text(content, source_format, folder)
    return [document.text[span.start : span.end] for span in Chunker(count_visible, max_tokens).split(document)]


def test_articles_stay_apart_however_short() -> None:
    content = "某某管理办法\n第一章总则第一条甲。\n第二条乙。\n第二章 附则\n第三条丙。"
    assert chunks(content, 100) == ["第一条甲。", "第二条乙。", "第三条丙。"]


def test_a_chunk_knows_its_section() -> None:
    document = parse_text("某某管理办法\n为了管理。\n第一章 总则\n第一条 甲：\n（一）乙；\n（二）丙。\n")
    spans = Chunker(count_visible, 100).split(document)
    assert [span.section for span in spans] == [None, 1]
    assert [document.heading_path(span.section) for span in spans] == [(), ("第一章 总则", "第一条")]
    assert [span.tokens for span in spans] == [5, 15]


def test_an_article_that_fits_keeps_its_items() -> None:
    content = "某某管理办法\n第一条 甲：\n（一）乙；\n（二）丙。\n第二条 丁。"
    assert chunks(content, 100) == ["第一条 甲：\n（一）乙；\n（二）丙。", "第二条 丁。"]


def test_a_long_article_is_cut_between_items() -> None:
    content = "某某管理办法\n第一条 甲甲甲甲：\n（一）乙乙乙乙；\n（二）丙丙丙丙；\n（三）丁丁丁丁。"
    assert chunks(content, 16) == ["第一条 甲甲甲甲：", "（一）乙乙乙乙；\n（二）丙丙丙丙；", "（三）丁丁丁丁。"]


def test_running_text_is_cut_between_sentences() -> None:
    assert chunks("# 手册\n\n一二三四。五六七八。九十。", 10, "markdown", "manuals") == [
        "一二三四。五六七八。",
        "九十。",
    ]


def test_a_sentence_too_long_is_cut_at_a_comma_near_its_middle() -> None:
    assert chunks("# 手册\n\n一二三，四五六七八九十", 8, "markdown", "manuals") == ["一二三，", "四五六七八九十"]


def test_a_row_or_code_block_too_long_is_cut_where_a_reader_would() -> None:
    row = "# 手册\n\n|代码|处理|\n|-|-|\n|甲乙丙丁|戊己庚辛壬癸|\n"
    assert chunks(row, 12, "markdown", "manuals") == ["代码：甲乙丙丁；", "处理：戊己庚辛壬癸"]
    code = "# 手册\n\n```\nmake\nmake test\nmake all\n```\n"
    assert chunks(code, 12, "markdown", "manuals") == ["make\nmake test", "make all"]


@pytest.mark.parametrize(
    ("content", "max_tokens", "reasons"),
    [
        ("甲。乙。", 10, ["whole-section"]),
        ("前言。\n\n## 安装\n\n正文", 10, ["section-lead", "whole-section"]),
        ("一二三四五。六七八九。", 8, ["packed-sentences", "packed-sentences"]),
        ("|项|值|\n|-|-|\n|甲甲|一一|\n|乙乙|二二|\n", 10, ["table-rows", "table-rows"]),
        ("请运行：\n\n```\nmake all\nmake test\n```\n", 16, ["packed-sentences", "code-block"]),
        ("```\nmake all\nmake test\n```\n", 12, ["code-lines", "code-lines"]),
        ("一二三，四五六七八九十", 8, ["halved", "halved"]),
    ],
)
def test_a_chunk_says_why_it_was_cut_there(content: str, max_tokens: int, reasons: list[str]) -> None:
    document = parse_text(f"# 手册\n\n{content}", "markdown", "manuals")
    assert [span.reason for span in Chunker(count_visible, max_tokens).split(document)] == reasons


def test_merged_sections_say_so() -> None:
    content = {"id": "TK-1", "kind": "ticket", "title": "断网", "symptom": "上不了网", "solution": "重启交换机"}
    [document] = parse(SourceRecord("TK-1", "json-line", Origin("t.jsonl", 1), content, "digest"))
    assert [span.reason for span in Chunker(count_visible, 100).split(document)] == [CutReason.MERGED_SECTIONS]


def test_what_is_just_as_long_as_the_limit_stays_whole() -> None:
    assert chunks("# 手册\n\n一二三四五六七八九。", 10, "markdown", "manuals") == ["一二三四五六七八九。"]
    assert chunks("某某管理办法\n第一条 甲；乙。丙，", 9) == ["第一条 甲；乙。丙，"]
    items = "第一条 一二三四五六七八九：\n（一）甲；\n（二）乙；"
    assert chunks(f"某某管理办法\n{items}", 13) == ["第一条 一二三四五六七八九：", "（一）甲；\n（二）乙；"]
    assert chunks(f"某某管理办法\n{items}", 10)[-1] == "（一）甲；\n（二）乙；"


def test_a_text_without_marks_is_cut_all_the_same() -> None:
    assert chunks("# 手册\n\n" + "长" * 30, 8, "markdown", "manuals") == ["长" * 7, "长" * 8, "长" * 7, "长" * 8]


def test_one_character_may_be_longer_than_the_limit() -> None:
    document = parse_text("# 手册\n\n甲乙", "markdown", "manuals")
    assert [(span.start, span.end) for span in Chunker(count_doubly, 1).split(document)] == [(4, 5), (5, 6)]


def test_rows_and_code_stay_whole() -> None:
    content = "# 手册\n\n|项|值|\n|-|-|\n|甲。甲|一！一|\n|乙|二|\n\n```\na = 1。b\nc = 2\n```\n"
    assert chunks(content, 12, "markdown", "manuals") == ["项：甲。甲；值：一！一", "项：乙；值：二", "a = 1。b\nc = 2"]


def test_small_parts_of_a_ticket_share_a_chunk_with_their_headings() -> None:
    content = {"id": "TK-1", "kind": "ticket", "title": "断网", "symptom": "上不了网", "solution": "重启交换机"}
    [document] = parse(SourceRecord("TK-1", "json-line", Origin("t.jsonl", 1), content, "digest"))
    [span] = Chunker(count_visible, 100).split(document)
    assert document.text[span.start : span.end] == "现象\n上不了网\n\n解决\n重启交换机"
    assert span.section is None


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((60, 40, 10), [(60,), (40, 10)]),
        ((30, 30, 40, 20), [(30, 30), (40, 20)]),
        ((10, 50, 40, 5), [(10, 50), (40, 5)]),
        ((50, 45, 5, 5), [(50,), (45, 5, 5)]),
        ((60, 40, 25), [(60, 40), (25,)]),
        ((10, 80, 22), [(10, 80), (22,)]),
        ((100, 10), [(100,), (10,)]),
        ((50, 50, 50, 50), [(50, 50), (50, 50)]),
    ],
)
def test_small_neighbours_share_a_chunk_and_a_small_rest_gets_company(
    sizes: tuple[int, ...], expected: list[tuple[int, ...]]
) -> None:
    items = [f"{number}. ".ljust(size + 1, "长") for number, size in enumerate(sizes, start=1)]
    content = "\n".join(["某某管理办法", *items])
    assert [tuple(count_visible(chunk.split("\n"))) for chunk in chunks(content, 100)] == expected


def test_a_small_article_gets_no_company() -> None:
    content = f"某某管理办法\n1. {'长' * 58}\n2. {'长' * 35}\n3.1 短条。"
    assert [chunk[:3] for chunk in chunks(content, 100)] == ["1. ", "3.1"]


def test_a_heading_without_text_is_a_chunk_of_its_own() -> None:
    content = "# 手册\n\n## 准备\n\n## 安装\n\n正文"
    assert chunks(content, 100, "markdown", "manuals") == ["准备", "正文"]


def test_text_above_the_first_section_is_kept_without_the_title() -> None:
    assert chunks("# 手册\n\n前言。\n\n## 安装\n\n正文", 100, "markdown", "manuals") == ["前言。", "正文"]


def test_a_title_alone_is_still_found() -> None:
    assert chunks("技术支持部管理制度", 100) == ["技术支持部管理制度"]


def assert_well_cut(document: ParsedDocument, spans: list[Span], max_tokens: int) -> None:
    """All that holds for every text, with `count_visible`."""
    text = document.text
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for span in spans:
        chunk = text[span.start : span.end]
        assert chunk
        assert chunk == chunk.strip()
        [size] = count_visible([chunk])
        assert size <= span.tokens <= max_tokens
        if span.section is not None:
            section = document.sections[span.section]
            assert section.start <= span.start
            assert span.end <= section.end
    assert lost_text(document, spans) == ""
    assert list(torn_articles(document.sections, spans)) == []


def lost_text(document: ParsedDocument, spans: list[Span]) -> str:
    """What is in no chunk and no heading line."""
    kept = bytearray(len(document.text))
    headings = [(block.start, block.end) for block in document.blocks if block.kind is BlockKind.HEADING]
    headings += [(section.start, section.body_start) for section in document.sections]
    for start, end in (*headings, *((span.start, span.end) for span in spans)):
        kept[start:end] = b"\1" * (end - start)
    return "".join(char for char, is_kept in zip(document.text, kept, strict=True) if not is_kept).strip()


def torn_articles(sections: Sequence[Section], spans: list[Span]) -> Iterator[tuple[Span, list[str]]]:
    """Chunks that reach into two articles side by side."""
    atomic = [section for section in sections if section.atomic]
    for span in spans:
        touched = [section for section in atomic if section.start < span.end and span.start < section.end]
        parents = [section.parent for section in touched]
        if len(parents) != len(set(parents)):
            yield span, [section.heading for section in touched]


@settings(max_examples=300)
@given(documents(), st.integers(1, 60))
def test_every_text_is_well_cut(document: ParsedDocument, max_tokens: int) -> None:
    assert_well_cut(document, Chunker(count_visible, max_tokens).split(document), max_tokens)


@given(documents())
def test_every_section_can_be_found(document: ParsedDocument) -> None:
    spans = Chunker(count_visible, 20).split(document)
    for section in document.sections:
        assert any(span.start < section.end and section.start < span.end for span in spans)


@pytest.mark.parametrize("max_tokens", [40, 256])
def test_shared_regulations_are_well_cut(max_tokens: int) -> None:
    sources = list(find_sources([require_shared("regulations")]))
    assert len(sources) >= 34
    for source in sources:
        assert isinstance(source, SourceFile)
        [record] = read_records(source, 2**20)
        assert isinstance(record, SourceRecord)
        for document in parse(record):
            assert_well_cut(document, Chunker(count_visible, max_tokens).split(document), max_tokens)


@pytest.mark.parametrize("max_tokens", [40, 256])
@pytest.mark.parametrize("manual", ["ant-design", "docs-cn", "emqx-docs"])
def test_shared_manuals_are_well_cut(manual: str, max_tokens: int) -> None:
    sources = list(find_sources([require_shared("manuals", manual)]))
    assert len(sources) >= 20
    for source in sources:
        assert isinstance(source, SourceFile)
        # Their front matter has fields of their site generators, which are refused.
        content = _FRONT_MATTER.sub("", Path(source.path).read_text(encoding="utf-8"))
        for document in parse(SourceRecord(f"manuals/{source.name}", "markdown", source.origin, content, "digest")):
            assert_well_cut(document, Chunker(count_visible, max_tokens).split(document), max_tokens)
