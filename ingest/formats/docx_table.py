"""The cells of a DOCX table, laid out as they are seen."""

from collections.abc import Callable, Iterator
from typing import Any

from ingest.formats.docx_styles import W, children, integer, value

_MOST_COLUMNS = 200
_TRANSPARENT = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}


def lay_out(table: Any, cell_text: Callable[[Any], str]) -> tuple[list[list[str]], int]:
    """Texts of the cells, row by row, and how many first rows are marked as header.

    A cell that spans rows is repeated in each of them, so that each row can be read alone; one that spans columns
    is not.
    """
    grid: list[list[str]] = []
    marked = 0
    for row in iter_rows(table):
        line: list[str] = []
        for cell in iter_cells(row):
            properties = cell.find(f"{W}tcPr")
            merge = children(properties, "vMerge")
            above = grid[-1] if grid else []
            text = cell_text(cell)
            if merge and merge[0].get(f"{W}val") != "restart" and not text:
                text = above[len(line)] if len(line) < len(above) else ""
            width = min(max(integer(value(properties, "gridSpan"), 1), 1), _MOST_COLUMNS - len(line))
            line.extend([text, *[""] * (width - 1)] if width > 0 else [])
        grid.append(line)
        header = children(row.find(f"{W}trPr"), "tblHeader")
        if header and header[0].get(f"{W}val") not in ("0", "false", "off") and marked == len(grid) - 1:
            marked += 1
    return grid, marked


def iter_rows(table: Any) -> Iterator[Any]:
    return _iter_named(table, f"{W}tr")


def iter_cells(row: Any) -> Iterator[Any]:
    return _iter_named(row, f"{W}tc")


def _iter_named(parent: Any, name: str) -> Iterator[Any]:
    """Children of that name, those inside content controls and tracked changes too."""
    stack = list(reversed(list(parent)))
    while stack:
        element = stack.pop()
        if element.tag == name:
            yield element
        elif element.tag in _TRANSPARENT:
            stack.extend(reversed(list(element)))
