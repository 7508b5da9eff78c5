"""Lines of pages -> blocks: headings by their size, paragraphs where the place of the lines proves them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.document import BlockKind, RemovalReason
from ingest.formats.blocks import BlockWriter
from ingest.formats.page_layout import Line, Page, Table, line_gap, order_page
from ingest.formats.running_lines import drop_running_lines
from ingest.formats.table_rows import iter_row_texts, split_header

_LONGEST_HEADING_CHARS = 60
_MOST_HEADINGS = 0.4
"""More lines than this in larger type are no headings: slides, posters."""
_DEEPEST_LEVEL = 6
_MARGIN_SIZES = 2.2
"""How many characters a line may end before the margin and still run to it: punctuation may not begin a line."""
_INDENT_SIZES = 0.8
_WIDE_GAP = 1.6
_LEAST_INDENTED = 0.05
_ENDS_SENTENCE = re.compile(r"[。！？；：.!?;:…][”’」』）)\"']*$")
_MARKER = re.compile(
    r"(?:第[零〇一二三四五六七八九十百千\d]+[编章节条款]|[（(][一二三四五六七八九十\da-zA-Z]{1,4}[）)]|"
    r"[一二三四五六七八九十]{1,3}[、.．]|\d{1,3}(?:\.\d{1,3})*[、.．)）\s]|[①-⑳•●■◆○▪–-])"
)
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]")


@dataclass(frozen=True)
class SizeRule:
    """How much larger than the text a line has to be to be a heading; scans give sizes that vary."""

    heading_ratio: float
    same_size: float


PRINTED = SizeRule(heading_ratio=1.12, same_size=0.05)
SCANNED = SizeRule(heading_ratio=1.35, same_size=0.25)


@dataclass(frozen=True)
class _Placed:
    page: int
    item: Line | Table


def write_pages(writer: BlockWriter, pages: Sequence[Page], rule: SizeRule) -> None:
    """Write the blocks of pages in reading order; running lines are recorded as removed."""
    kept, running = drop_running_lines(pages)
    for number, text in running:
        writer.remove(text, RemovalReason.PAGE_FOOTER, page=number)
    _PageWriter(writer, [_Placed(page.number, item) for page in kept for item in order_page(page)], rule).write()


class _PageWriter:
    def __init__(self, writer: BlockWriter, placed: Sequence[_Placed], rule: SizeRule) -> None:
        self._writer = writer
        self._placed = placed
        self._rule = rule
        lines = [entry.item for entry in placed if isinstance(entry.item, Line)]
        self._sizes = _heading_sizes(lines, rule)
        self._is_indented = _has_indents(lines)
        self._gap = line_gap(lines)
        self._paragraph: list[tuple[int, Line]] = []

    def write(self) -> None:
        above: tuple[Table, Sequence[str]] | None = None
        for entry in self._placed:
            if isinstance(entry.item, Table):
                self._end_paragraph()
                above = self._write_table(entry.page, entry.item, above)
            else:
                above = None
                if not self._continues(entry.page, entry.item):
                    self._end_paragraph()
                self._paragraph.append((entry.page, entry.item))
        self._end_paragraph()

    def _level(self, line: Line) -> int:
        if len(line.text) > _LONGEST_HEADING_CHARS:
            return 0
        ranks = [rank for rank, size in enumerate(self._sizes, start=1) if line.size > size * 0.97]
        return min(ranks[0], _DEEPEST_LEVEL) if ranks else 0

    def _continues(self, page: int, line: Line) -> bool:
        """Whether ``line`` goes on with the paragraph, as its place shows."""
        if not self._paragraph:
            return False
        first, (last_page, last) = self._paragraph[0][1], self._paragraph[-1]
        runs_to_margin = last.right - last.x1 <= _MARGIN_SIZES * last.size
        is_alike = abs(line.size - last.size) <= self._rule.same_size * last.size
        if not runs_to_margin or not is_alike or self._level(last) or self._level(line):
            return False
        is_below = page == last_page and line.left == last.left
        if is_below and line.top - last.top > max(_WIDE_GAP * self._gap, 1.2 * last.size):
            return False
        is_marked = _MARKER.match(line.text) is not None
        hangs = _MARKER.match(first.text) is not None and line.x0 > first.x0 and not is_marked
        if line.x0 - line.left > _INDENT_SIZES * line.size and not hangs:
            return False
        if not _ENDS_SENTENCE.search(last.text):
            return True
        return (self._is_indented or hangs) and not is_marked

    def _end_paragraph(self) -> None:
        if not self._paragraph:
            return
        page, first = self._paragraph[0]
        level = self._level(first)
        text = join_lines([line.text for _, line in self._paragraph])
        kind = BlockKind.HEADING if level else BlockKind.LINE
        self._writer.add(text, kind, level, apart=level > 0, page=page)
        self._paragraph = []

    def _write_table(
        self, page: int, table: Table, above: tuple[Table, Sequence[str]] | None
    ) -> tuple[Table, Sequence[str]]:
        """Write a table's rows; one that goes on from the page before keeps the header from there."""
        header, rows = split_header(table.rows)
        goes_on = above is not None and bool(above[1]) and _is_continuation(table, above[0])
        if above and goes_on:
            repeats = tuple(above[1]) == table.rows[0]
            header, rows = above[1], table.rows[1:] if repeats else table.rows
            if repeats:
                self._writer.remove("；".join(table.rows[0]), RemovalReason.REPEATED_TITLE, page=page)
        for number, text in enumerate(iter_row_texts(header, rows)):
            self._writer.add(text, BlockKind.ROW, apart=number == 0 and not goes_on, page=page)
        return table, header


def _heading_sizes(lines: Sequence[Line], rule: SizeRule) -> list[float]:
    """Sizes that headings have, from the largest; a heading's level is its size's place in them."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.size * 2) / 2] += len(line.text)
    if not weights:
        return []
    least = weights.most_common(1)[0][0] * rule.heading_ratio
    large = [line for line in lines if line.size > least and len(line.text) <= _LONGEST_HEADING_CHARS]
    if len(large) > _MOST_HEADINGS * len(lines) and len(large) > 1:
        return []
    sizes: list[float] = []
    for line in sorted(large, key=lambda line: -line.size):
        if not sizes or line.size < sizes[-1] * (1 - rule.same_size):
            sizes.append(line.size)
    return sizes


def _has_indents(lines: Sequence[Line]) -> bool:
    """Whether paragraphs begin with an indent, as Chinese ones do: then a line at the edge goes on with the last."""
    indented = sum(1.4 * line.size < line.x0 - line.left < 2.8 * line.size for line in lines)
    return indented > _LEAST_INDENTED * len(lines)


def join_lines(texts: Sequence[str]) -> str:
    """Put the lines of one paragraph together: with a space where no Chinese character stands at the break."""
    joined = ""
    for text in texts:
        needs_space = joined and text and not _CJK.match(joined[-1]) and not _CJK.match(text[0])
        joined += (" " if needs_space else "") + text
    return joined


def _is_continuation(table: Table, above: Table) -> bool:
    same_edges = abs(table.x0 - above.x0) < 3 and abs(table.x1 - above.x1) < 3
    return same_edges and table.top < above.bottom and {len(row) for row in table.rows} == {len(r) for r in above.rows}
