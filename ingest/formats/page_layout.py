"""Words at their places on a page -> lines in reading order, column by column."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_GUTTER_WITHIN = (0.25, 0.75)
_GUTTER_STEP = 2.0
_MOST_GUTTERS = 200
_LEAST_COLUMN_ROWS = 4
_LEAST_COLUMN_SIZES = 8
"""A column of text holds at least that many characters in a line."""

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
    gutter = _find_gutter(words) if depth else None
    if gutter is None:
        return list(_lines(group_rows(words)))
    ordered: list[Line] = []
    for band, across in _bands(words, gutter):
        if _is_in_columns(band, gutter):
            ordered.extend(_order_words([word for word in band if word.x1 <= gutter], depth - 1))
            ordered.extend(_order_words([word for word in band if word.x1 > gutter], depth - 1))
        else:
            ordered.extend(_lines(group_rows(band)))
        ordered.extend(_lines(group_rows(across)))
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


def _find_gutter(words: Sequence[Word]) -> float | None:
    """Where two columns of running text are divided, None where the text is one column."""
    left, right = min((word.x0 for word in words), default=0.0), max((word.x1 for word in words), default=0.0)
    best, gutter = 0, None
    steps = int((right - left) * (_GUTTER_WITHIN[1] - _GUTTER_WITHIN[0]) / _GUTTER_STEP)
    for step in range(min(steps, _MOST_GUTTERS)):
        x = left + _GUTTER_WITHIN[0] * (right - left) + step * max(_GUTTER_STEP, (right - left) / _MOST_GUTTERS)
        size = sum(len(band) for band, _ in _bands(words, x) if _is_in_columns(band, x))
        if size > best:
            best, gutter = size, x
    return gutter


def _is_in_columns(words: Sequence[Word], x: float) -> bool:
    """Whether ``words``, none of which crosses ``x``, are running text in two columns, not a table without lines."""
    left = group_rows([word for word in words if word.x1 <= x])
    right = group_rows([word for word in words if word.x1 > x])
    if min(len(left), len(right)) < _LEAST_COLUMN_ROWS:
        return False
    starts, ends = min(row[0].x0 for row in left), max(word.x1 for row in left for word in row)
    right_starts, right_ends = min(row[0].x0 for row in right), max(word.x1 for row in right for word in row)
    size = median(word.size for word in words)
    fills_left = median(row[-1].x1 - starts for row in left) > _LEAST_FILL * (ends - starts)
    fills_right = median(row[-1].x1 - right_starts for row in right) > _LEAST_FILL * (right_ends - right_starts)
    wide_enough = min(ends - starts, right_ends - right_starts) > _LEAST_COLUMN_SIZES * size
    return right_starts - ends > size / 2 and fills_left and fills_right and wide_enough


def _bands(words: Sequence[Word], x: float) -> Iterator[tuple[list[Word], list[Word]]]:
    """From top to bottom, the words between two rows that cross ``x``, and the words of the row below them."""
    crossing = sorted((word for word in words if word.x0 < x < word.x1), key=lambda word: word.bottom)
    tops, bottoms = [word.top for word in crossing], [word.bottom for word in crossing]
    bands: dict[int, tuple[list[Word], list[Word]]] = {}
    for word in words:
        middle = (word.top + word.bottom) / 2
        index = bisect(bottoms, middle)
        is_across = index < len(crossing) and (word.x0 < x < word.x1 or middle > tops[index])
        bands.setdefault(index, ([], []))[is_across].append(word)
    for index in sorted(bands):
        yield bands[index]


def line_gap(lines: Sequence[Line]) -> float:
    """Usual distance between the tops of two lines, one below the other."""
    gaps = [below.top - above.top for above, below in pairwise(lines) if 0 < below.top - above.top < 4 * above.size]
    return median(gaps) if gaps else 0.0
