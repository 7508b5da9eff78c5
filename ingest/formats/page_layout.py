"""Words at their places on a page -> lines in reading order, column by column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_GUTTER_WITHIN = (0.25, 0.75)
_GUTTER_STEP = 2.0
_LEAST_COLUMN_ROWS = 4
_LEAST_FILL = 0.55
"""How much of its column's width the middle line takes; less is a table without lines, not a column of text."""
_DEEPEST_COLUMNS = 2


@dataclass(frozen=True)
class Word:
    """A run of characters without a wide gap. Positions are from the page's upper left corner, in its own units."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True)
class Line:
    """A line of text, and the edges of the column that it stands in."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    left: float
    right: float


@dataclass(frozen=True)
class Table:
    """Rows of cells, and where they stand."""

    rows: tuple[tuple[str, ...], ...]
    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """One page, numbered from 1."""

    number: int
    height: float
    words: tuple[Word, ...]
    tables: tuple[Table, ...] = ()


def group_rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand on one height, from top to bottom, each row from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: ((word.top + word.bottom) / 2, word.x0)):
        middle = (word.top + word.bottom) / 2
        if rows and middle < max(other.bottom for other in rows[-1]) - word.size / 4:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def row_text(row: Sequence[Word]) -> str:
    return " ".join(word.text.strip() for word in row).strip()


def order_page(page: Page) -> list[Line | Table]:
    """Lines and tables of a page in reading order.

    A table as wide as the text divides what stands above it from what stands below; a narrow one belongs to its
    column.
    """
    left = min((word.x0 for word in page.words), default=0.0)
    right = max((word.x1 for word in page.words), default=0.0)
    wide = [table for table in page.tables if table.x1 - table.x0 > 0.6 * (right - left)]
    ordered: list[Line | Table] = []
    words = list(page.words)
    for table in sorted(wide, key=lambda table: table.top):
        above = [word for word in words if word.bottom <= table.top + word.size / 2]
        words = [word for word in words if word.bottom > table.top + word.size / 2]
        ordered.extend(_order_words(above, _DEEPEST_COLUMNS))
        ordered.append(table)
    ordered.extend(_order_words(words, _DEEPEST_COLUMNS))
    for table in page.tables:
        if table not in wide:
            ordered.insert(_place_in_column(ordered, table), table)
    return ordered


def _place_in_column(ordered: Sequence[Line | Table], table: Table) -> int:
    last = 0
    for index, item in enumerate(ordered):
        beside = item.x1 < table.x0 or item.x0 > table.x1
        if not beside and item.top <= table.top:
            last = index + 1
    return last


def _order_words(words: Sequence[Word], depth: int) -> list[Line]:
    rows = group_rows(words)
    gutter = _find_gutter(rows) if depth else None
    if gutter is None:
        return list(_lines(rows))
    ordered: list[Line] = []
    for is_divided, band in _bands(rows, gutter):
        if is_divided:
            inside = [word for row in band for word in row]
            ordered.extend(_order_words([word for word in inside if word.x1 <= gutter], depth - 1))
            ordered.extend(_order_words([word for word in inside if word.x1 > gutter], depth - 1))
        else:
            ordered.extend(_lines(band))
    return ordered


def _lines(rows: Sequence[Sequence[Word]]) -> Iterator[Line]:
    if not rows:
        return
    left = min(row[0].x0 for row in rows)
    right = max(word.x1 for row in rows for word in row)
    for row in rows:
        text = row_text(row)
        if text:
            size = max(row, key=lambda word: len(word.text)).size
            x1, top, bottom = max(word.x1 for word in row), min(word.top for word in row), max(w.bottom for w in row)
            yield Line(text, row[0].x0, x1, top, bottom, size, left, right)


def _crosses(row: Sequence[Word], x: float) -> bool:
    return any(word.x0 < x < word.x1 for word in row)


def _find_gutter(rows: Sequence[Sequence[Word]]) -> float | None:
    """Where two columns of running text are divided, None where the text is one column."""
    if len(rows) < _LEAST_COLUMN_ROWS:
        return None
    left = min(row[0].x0 for row in rows)
    right = max(word.x1 for row in rows for word in row)
    best: tuple[int, float] | None = None
    x = left + _GUTTER_WITHIN[0] * (right - left)
    while x < left + _GUTTER_WITHIN[1] * (right - left):
        divided = [row for row in rows if row[0].x1 <= x < row[-1].x0 and not _crosses(row, x)]
        is_better = len(divided) >= _LEAST_COLUMN_ROWS and (best is None or len(divided) > best[0])
        if is_better and _is_running_text(divided, x, left, right):
            best = (len(divided), x)
        x += _GUTTER_STEP
    if best is None:
        return None
    crossing = sum(_crosses(row, best[1]) for row in rows)
    return best[1] if best[0] > crossing / 4 else None


def _is_running_text(rows: Sequence[Sequence[Word]], x: float, left: float, right: float) -> bool:
    left_ends = [max(word.x1 for word in row if word.x1 <= x) for row in rows]
    right_starts = [min(word.x0 for word in row if word.x0 >= x) for row in rows]
    gap = min(right_starts) - max(left_ends)
    size = median(word.size for row in rows for word in row)
    fills_left = median(end - left for end in left_ends) > _LEAST_FILL * (x - left)
    fills_right = median(row[-1].x1 - x for row in rows) > _LEAST_FILL * (right - x)
    return gap > size / 2 and fills_left and fills_right


def _bands(rows: Sequence[list[Word]], gutter: float) -> Iterator[tuple[bool, list[list[Word]]]]:
    """Runs of rows that the gutter divides, and runs of rows across it."""
    band: list[list[Word]] = []
    was_divided = False
    for row in rows:
        is_divided = not _crosses(row, gutter)
        if band and is_divided != was_divided:
            yield was_divided, band
            band = []
        was_divided = is_divided
        band.append(row)
    if band:
        yield was_divided, band


def line_gap(lines: Sequence[Line]) -> float:
    """Usual distance between the tops of two lines, one below the other."""
    gaps = [below.top - above.top for above, below in pairwise(lines) if 0 < below.top - above.top < 4 * above.size]
    return median(gaps) if gaps else 0.0
