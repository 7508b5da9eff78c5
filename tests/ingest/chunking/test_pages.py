"""On which page of its source a place stands."""

from dataclasses import replace

import pytest

from ingest.chunking.pages import PageStart, build_page_starts, find_page
from ingest.citation import citation_label, clause_part
from ingest.document import Block, BlockKind, ParsedDocument, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse


def paged(*pages: int | None) -> ParsedDocument:
    """A document of one-character lines that stand on these pages."""
    [document] = parse(SourceRecord("manuals/a", "text", Origin("a.txt"), "说明", "digest"))
    blocks = tuple(Block(2 * at, 2 * at + 1, BlockKind.LINE, page=page) for at, page in enumerate(pages))
    return replace(document, text="\n".join("字" * len(pages)), blocks=blocks)


def test_a_page_starts_with_its_first_block() -> None:
    assert build_page_starts(paged(1, 1, 3, 3, 4)) == [PageStart(1, 0), PageStart(3, 4), PageStart(4, 8)]
    assert build_page_starts(paged(None, None)) == []


@pytest.mark.parametrize(("offset", "page"), [(0, 2), (3, 2), (4, 5), (99, 5)])
def test_a_place_is_on_the_page_that_began_last(offset: int, page: int) -> None:
    assert find_page([PageStart(2, 1), PageStart(5, 4)], offset) == page
    assert find_page([], offset) is None


def test_a_citation_names_the_page_last() -> None:
    [document] = parse(SourceRecord("regulations/a", "text", Origin("a.txt"), "值班规定\n第一条 甲。", "digest"))
    assert citation_label(document, None, 3) == "《值班规定》第3页"
    assert citation_label(document, 0, 3) == "《值班规定》第一条，第3页"
    assert clause_part(citation_label(document, 0, 3)) == "第一条，第3页"
