"""Files made by real programs, each against its golden outline: the blocks that it is read as, and what is left out."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from ingest.document import BlockKind, ParsedDocument, SourceRecord, StructuredText
from ingest.errors import SourceError
from ingest.formats.registry import find_format
from ingest.parser import parse
from ingest.reader import SourceFile, read_records

FIXTURES = Path(__file__).parent / "fixtures"
LIMIT = 2**24
OCR_FIXTURES = ("scanned.pdf", "scanned-page.png")


def outline(structured: StructuredText | ParsedDocument) -> Iterator[str]:
    for block in structured.blocks:
        text = structured.text[block.start : block.end].replace("\n", "⏎")
        place = "" if block.page is None else f" p{block.page}"
        level = f" {block.level}" if block.kind is BlockKind.HEADING else ""
        yield f"{block.kind}{level}{place} | {text}"
    for removal in structured.removed:
        place = "" if removal.page is None else f" p{removal.page}"
        yield f"- {removal.reason}{place} | {removal.text[:80]}".replace("\n", "⏎")


def read_outline(name: str) -> str:
    """Outline of a fixture, as the format reads it; of tables, record by record."""
    source_format = find_format(name)
    assert source_format is not None
    lines: list[str] = []
    for item in read_records(SourceFile(FIXTURES / name, name), LIMIT):
        if isinstance(item, SourceError):
            lines.append(f"! {item.origin.line} | {item.message}")
        elif source_format.read_bytes:
            assert isinstance(item.content, bytes)
            lines.extend(outline(source_format.read_bytes(item.content, item.origin)[1]))
        else:
            for document in parse(item):
                lines.append(f"= {document.document_id} | {document.kind} | {document.title}")
                lines.extend(outline(document))
    return "\n".join(lines) + "\n"


def golden(name: str) -> str:
    return (FIXTURES / f"{name}.golden.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("machine-room.docx", "machine-room.pdf", "machine-room.html", "two-columns.pdf", "web-page.html"),
        *("faq.xlsx", "tickets.csv"),
    ],
)
def test_a_fixture_reads_as_its_golden_outline(name: str) -> None:
    assert read_outline(name) == golden(name)


@pytest.mark.parametrize("name", OCR_FIXTURES)
def test_a_scanned_page_reads_as_its_golden_outline_but_for_a_character(name: str) -> None:
    pytest.importorskip("rapidocr")
    found, meant = read_outline(name), golden(name)
    assert "携带工具进出的，值守人员应当逐件清点并在登记表上注明。" in found
    assert [line.split(" | ")[0] for line in found.splitlines()] == [
        line.split(" | ")[0] for line in meant.splitlines()
    ]
    # Another processor may round to another character here and there.
    assert SequenceMatcher(None, found, meant, autojunk=False).ratio() > 0.99


def test_the_document_and_its_print_say_the_same() -> None:
    """Automatic numbers are counted by us in the DOCX, and by LibreOffice in the PDF that it made of the same text."""
    texts = []
    for name in ("machine-room.docx", "machine-room.pdf"):
        [record] = read_records(SourceFile(FIXTURES / name, name), LIMIT)
        assert isinstance(record, SourceRecord)
        [document] = parse(record)
        assert document.title == "机房值守与巡检管理规定"
        texts.append([line.replace(" ", "") for line in document.text.split("\n") if line])
    assert texts[0] == texts[1]
    assert any(line.startswith("第十一条本规定自2026年3月1日起施行") for line in texts[0])
