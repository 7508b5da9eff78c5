"""The cells of an HTML table, laid out as they are seen, and the text of its rows."""

from collections.abc import Callable, Iterator

from bs4 import Tag

from ingest.document import BlockKind
from ingest.formats.table_rows import iter_row_texts, split_header

_MOST_COLUMNS = 200
_MOST_SPANNED_ROWS = 1000


def iter_table_texts(table: Tag, cell_text: Callable[[Tag], str]) -> Iterator[tuple[BlockKind, str]]:
    """Yield the caption and the rows of a table that holds no other.

    A cell that spans rows is repeated in each of them, so that each row can be read alone; one that spans columns
    is not. The header is what the table marks as such (``thead``, a first row of ``th``), else what reads like one.
    """
    caption = table.find("caption")
    if isinstance(caption, Tag):
        yield BlockKind.LINE, cell_text(caption)
    rows = [row for row in table.find_all("tr") if isinstance(row, Tag)]
    grid = _lay_out(rows, cell_text)
    if len(grid) == 1 or all(len(row) <= 1 for row in grid):
        # A frame around a text, not a table.
        yield from ((BlockKind.ROW, "；".join(filter(None, row))) for row in grid if any(row))
        return
    header, body = split_header(grid, _marked_rows(rows))
    yield from ((BlockKind.ROW, text) for text in iter_row_texts(header, body))


def _cells(row: Tag) -> list[Tag]:
    return [cell for cell in row.find_all(["td", "th"]) if isinstance(cell, Tag)]


def _marked_rows(rows: list[Tag]) -> int:
    marked = 0
    for row in rows:
        cells = _cells(row)
        in_head = row.parent is not None and row.parent.name == "thead"
        if not in_head and not (marked == 0 and len(cells) > 1 and all(cell.name == "th" for cell in cells)):
            break
        marked += 1
    return marked


def _lay_out(rows: list[Tag], cell_text: Callable[[Tag], str]) -> list[list[str]]:
    grid: list[list[str]] = []
    open_cells: dict[int, tuple[int, str]] = {}  # column -> further rows that the cell covers, its text
    for row in rows:
        line: list[str] = []

        def fill(line: list[str] = line) -> None:
            while (column := len(line)) in open_cells:
                left, text = open_cells.pop(column)
                if left > 1:
                    open_cells[column] = (left - 1, text)
                line.append(text)

        for cell in _cells(row):
            fill()
            text = cell_text(cell)
            width, height = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", _MOST_SPANNED_ROWS)
            for offset in range(min(width, _MOST_COLUMNS - len(line))):
                shown = text if offset == 0 else ""
                if height > 1:
                    open_cells[len(line)] = (height - 1, shown)
                line.append(shown)
        fill()
        grid.append(line)
    return grid


def _span(cell: Tag, attribute: str, most: int) -> int:
    value = str(cell.get(attribute, "1"))
    return min(int(value), most) if value.isdecimal() and len(value) < 9 and int(value) > 0 else 1
