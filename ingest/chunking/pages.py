"""On which page of its source a place of a text stands."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.document import ParsedDocument


@dataclass(frozen=True)
class PageStart:
    """The text from ``start_char`` on stands on ``page`` (from 1), up to the next page start."""

    page: int
    start_char: int


def build_page_starts(document: ParsedDocument) -> list[PageStart]:
    """Return where each page's text begins, in text order; empty for a source without pages."""
    starts: list[PageStart] = []
    for block in document.blocks:
        if block.page is not None and (not starts or starts[-1].page != block.page):
            starts.append(PageStart(block.page, block.start))
    return starts


def find_page(starts: Sequence[PageStart], offset: int) -> int | None:
    """Page on which the character at ``offset`` stands, None where the source has no pages."""
    position = bisect_right(starts, offset, key=lambda start: start.start_char)
    return starts[max(position, 1) - 1].page if starts else None
