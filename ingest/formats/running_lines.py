"""Running heads, running feet and page numbers: what pages repeat at the same place in their margins."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.formats.page_layout import Page, Word, group_rows, row_text

_MARGIN = 0.12
"""Share of a page's height, at the top and at the bottom, in which a running line may stand."""
_LEAST_SHARE = 0.3
_SAME_HEIGHT = 0.01
_PAGE_NUMBER = re.compile(
    r"[-—–·.\s]*(?:第\s*)?(\d{1,4})\s*页?(?:\s*[/／，,|]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-—–·.\s]*", re.IGNORECASE
)


def drop_running_lines(pages: Sequence[Page]) -> tuple[list[Page], list[tuple[int, str]]]:
    """Pages without their running lines, and these, each with the number of its page, in order.

    A line is a running one if pages repeat it, digits aside, at the same height in the margin; or if it is a page
    number there: the page's own, or one that says 页.
    """
    rows_by_page = [(page, group_rows(page.words)) for page in pages]
    seen: Counter[tuple[str, int]] = Counter()
    for page, rows in rows_by_page:
        seen.update({key for row in rows if (key := _key(row, page))})
    least = max(2, _LEAST_SHARE * len(pages))
    kept_pages, dropped = [], []
    for page, rows in rows_by_page:
        words: list[Word] = []
        for row in rows:
            key = _key(row, page)
            if key and (_is_repeated(key, seen, least) or _is_page_number(row_text(row), page.number)):
                dropped.append((page.number, row_text(row)))
            else:
                words.extend(row)
        kept_pages.append(Page(page.number, page.height, tuple(words), page.tables))
    return kept_pages, dropped


def _key(row: Sequence[Word], page: Page) -> tuple[str, int] | None:
    """What a row in a margin reads, digits aside, and its height; None for rows of the text."""
    top, bottom = min(word.top for word in row), max(word.bottom for word in row)
    if bottom > _MARGIN * page.height and top < (1 - _MARGIN) * page.height:
        return None
    return re.sub(r"\d+", "#", re.sub(r"\s", "", row_text(row))), round(top / (page.height * _SAME_HEIGHT))


def _is_repeated(key: tuple[str, int], seen: Counter[tuple[str, int]], least: float) -> bool:
    text, height = key
    return sum(seen[text, height + offset] for offset in (-1, 0, 1)) >= least


def _is_page_number(text: str, page_number: int) -> bool:
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and ("页" in text or int(match[1]) == page_number)
