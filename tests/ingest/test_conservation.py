"""Nothing is lost, nothing comes twice: what a source holds is in the kept text or on record as removed, in order."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import ParsedDocument, SourceRecord, StructuredText
from ingest.errors import MalformedSourceError, Origin
from ingest.formats.markdown import read_markdown
from ingest.formats.plain_text import read_plain_text
from ingest.normalizer import normalize_text
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records
from tests.conftest import require_shared


def visible(text: str) -> str:
    return "".join(text.split())


def is_merged(whole: str, kept: str, removed: str) -> bool:
    """Whether ``whole`` is ``kept`` with ``removed`` put in somewhere, both in their order, each character once."""
    if len(whole) != len(kept) + len(removed):
        return False
    taken = {0}  # how many removed characters can stand before the place in ``whole``
    for position, char in enumerate(whole):
        following = set()
        for count in taken:
            if count < len(removed) and removed[count] == char:
                following.add(count + 1)
            if position - count < len(kept) and kept[position - count] == char:
                following.add(count)
        taken = following
        if not taken:
            return False
    return len(removed) in taken


def removed_text(parts: Iterable[ParsedDocument | StructuredText]) -> str:
    return visible("".join(removal.text for part in parts for removal in part.removed))


def kept_text(parts: Iterable[ParsedDocument | StructuredText]) -> str:
    return visible("".join(part.text[block.start : block.end] for part in parts for block in part.blocks))


def assert_blocks_cover(document: ParsedDocument) -> None:
    end = 0
    for block in document.blocks:
        assert document.text[end : block.start].strip() == ""
        assert end <= block.start < block.end
        end = block.end
    assert end == len(document.text)


def assert_conserved(source: str, documents: Sequence[ParsedDocument]) -> None:
    assert is_merged(visible(source), kept_text(documents), removed_text(documents))
    for document in documents:
        assert_blocks_cover(document)
        lines = [block.line for block in document.blocks if block.line is not None]
        assert lines == sorted(lines)


def test_the_check_itself() -> None:
    assert is_merged("甲乙丙乙", "甲乙", "丙乙")
    assert is_merged("甲甲乙", "甲乙", "甲")
    assert not is_merged("甲乙丙", "甲丙乙", "")
    assert not is_merged("甲乙丙", "甲", "丙")
    assert not is_merged("甲乙", "甲乙", "乙")


@pytest.mark.parametrize(
    ("content", "removed"),
    [
        ("值班管理规定\n值班管理规定\n值班管理规定第一章总则第一条为了值班。", "值班管理规定值班管理规定"),
        ("值班管理规定\n一、甲。\n二、乙。", ""),
        ("一、甲\n\n\n\n二、乙\u3000", ""),
    ],
)
def test_of_plain_text(content: str, removed: str) -> None:
    documents = parse(SourceRecord("regulations/a", "text", Origin("a.txt"), content, "digest"))
    assert_conserved(content, documents)
    assert removed_text(documents) == removed


def shared_regulations() -> list[SourceRecord]:
    records = []
    for source in find_sources([require_shared("regulations")]):
        assert isinstance(source, SourceFile)
        [record] = read_records(SourceFile(source.path, f"regulations/{source.name}"), 2**20)
        assert isinstance(record, SourceRecord)
        records.append(record)
    return records


def test_of_all_shared_regulations() -> None:
    records = shared_regulations()
    assert len(records) >= 34
    for record in records:
        assert isinstance(record.content, str)
        documents = parse(record)
        if record.format == "text":
            assert_conserved(record.content, documents)
        else:
            # What the reader makes of Markdown is another matter; nothing of that may be lost.
            _, structured = read_markdown(record.content, record.origin)
            added = [r for document in documents for r in document.removed if r not in structured.removed]
            assert visible(structured.text) == kept_text(documents)
            assert added == []


def test_lines_are_those_of_the_source() -> None:
    for record in shared_regulations():
        if record.format != "text":
            continue
        assert isinstance(record.content, str)
        lines = ["", *record.content.splitlines()]
        documents = parse(record)
        for document in documents:
            for block in document.blocks:
                assert block.line is not None
                first = document.text[block.start : block.end][:12]
                assert first in lines[block.line]
            for removal in document.removed:
                assert removal.line is not None
                assert removal.text.strip() in lines[removal.line]


PIECES = st.sampled_from(
    [
        *(
            "值班管理规定",
            "值班管理规定(3篇)",
            "值班管理规定(二)",
            "值班管理规定(2)",
            "考勤管理制度",
            "技术支持部规章制度v1.0",
        ),
        *("1/4衡川手册", "2/4衡川手册", "1/4", "第1页 共3页", "第2页 共3页", "合集下载", "相关文档", ".。", "目录"),
        *(
            "下载文档前请自行甄别。",
            "制定人:审核人:批准人:日期:年月日",
            "一、",
            "第一章总则",
            "第一条",
            "第二条",
            "（一）",
            "1.",
        ),
        *(
            "甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛壬癸甲",
            "甲乙，",
            "丙丁。",
            "戊己；",
            "附件1：",
            "“",
            "”",
            "：",
            " ",
            "\u3000",
            "a",
            "1",
        ),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.just("\n"), st.just("\n\n")), min_size=1, max_size=40).map("".join)


@settings(max_examples=400)
@given(TEXTS)
def test_of_generated_plain_text(content: str) -> None:
    try:
        documents = parse(SourceRecord("regulations/a", "text", Origin("a.txt"), content, "digest"))
    except MalformedSourceError:
        assert not content.strip()
        return
    assert_conserved(content, documents)
    assert len({document.document_id for document in documents}) == len(documents)


@settings(max_examples=200)
@given(TEXTS)
def test_of_generated_markdown(content: str) -> None:
    origin = Origin("a.md")
    _, structured = read_markdown(content, origin)
    try:
        documents = parse(SourceRecord("regulations/a", "markdown", origin, content, "digest"))
    except MalformedSourceError:
        assert not structured.text.strip()
        return
    assert is_merged(visible(structured.text), kept_text(documents), removed_text(documents))


@given(st.text(max_size=60))
def test_of_any_text_at_all(content: str) -> None:
    _, structured = read_plain_text(content, Origin("a.txt"))
    if structured.text.strip():
        documents = parse(SourceRecord("regulations/a", "text", Origin("a.txt"), content, "digest"))
        assert is_merged(visible(normalize_text(content)), kept_text(documents), removed_text(documents))
