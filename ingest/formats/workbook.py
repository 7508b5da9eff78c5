"""XLSX -> the rows of its visible sheets, by openpyxl as a stream, cell by cell as they are shown."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._reader import WorkSheetParser

from ingest.errors import Origin
from ingest.formats.cell_text import shown_text
from ingest.formats.damage import damage_as_error
from ingest.formats.office_package import check_package
from ingest.formats.spreadsheet import Row, Sheet

_LARGEST_BYTES = 500 * 2**20
_LARGEST_XML_BYTES = 300 * 2**20


def iter_sheets(path: Path, origin: Origin) -> Iterator[Sheet]:
    """Yield the visible sheets of a workbook; the rows of each have to be taken before the next.

    Raises:
        EncryptedSourceError, MalformedSourceError, TooComplexSourceError: also while rows are taken.
    """
    check_package(path, origin, "XLSX", _LARGEST_BYTES, _LARGEST_XML_BYTES)
    with path.open("rb") as stream:
        with damage_as_error(origin, "XLSX"):
            workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        with closing(workbook):
            for sheet in workbook.worksheets:
                if sheet.sheet_state == "visible":
                    yield Sheet(sheet.title, _iter_rows(workbook, sheet, origin))


def _iter_rows(workbook: Any, sheet: Any, origin: Origin) -> Iterator[tuple[int, Row]]:
    """Rows that hold something. openpyxl's own rows are as wide as the widest: 16,384 cells for one at the far end."""
    with damage_as_error(origin, "XLSX"), sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,
            timedelta_formats=workbook._timedelta_formats,
        )
        for number, cells in parser.parse():
            row = {}
            for raw in cells:
                if raw["value"] is not None:
                    cell = ReadOnlyCell(sheet, **raw)
                    if text := shown_text(cell.value, cell.number_format):
                        row[raw["column"] - 1] = text
            if row:
                yield number, row
