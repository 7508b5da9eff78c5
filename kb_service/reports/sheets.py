"""Cells, headers and formats of a workbook."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kb_service.reports.metrics import Unit
from kb_service.reports.printable import to_printable

Value = str | float | bool | datetime | timedelta | None

FONT_NAME = "微软雅黑"
FORMATS = {Unit.COUNT: "#,##0", Unit.SHARE: "0.0%", Unit.SECONDS: "[h]:mm", Unit.SCORE: "0.00"}
_FONT = Font(name=FONT_NAME, size=10)
_BOLD = Font(name=FONT_NAME, size=10, bold=True)
_TITLE = Font(name=FONT_NAME, size=14, bold=True)
_HEADER_FILL = PatternFill("solid", fgColor="DDE6F0")
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="top")
_TOTAL_BORDER = Border(top=Side(style="thin"))
_MOMENT_FORMAT = "yyyy-mm-dd hh:mm"
_SECONDS_A_DAY = 86_400
_LONGEST_TEXT = 32_767
"""Characters that a cell of Excel holds."""


def write(cell: Cell, value: Value, number_format: str | None = None, *, bold: bool = False) -> None:
    """Write one value. A text stays a text, also one that looks like a formula."""
    if isinstance(value, str):
        text = to_printable(value)[:_LONGEST_TEXT]
        cell.value = text
        cell.data_type = "s"
        if text.startswith(("=", "+", "-", "@")):
            # Excel would take it for a formula as soon as somebody edits the cell.
            cell.quotePrefix = True
    elif isinstance(value, bool):
        cell.value = "是" if value else "否"
    elif isinstance(value, datetime):
        # A cell knows no zones: it shows what the clocks showed.
        cell.value = value.replace(tzinfo=None)
        cell.number_format = _MOMENT_FORMAT
    else:
        cell.value = value
    if number_format is not None:
        cell.number_format = number_format
    cell.font = _BOLD if bold else _FONT
    cell.alignment = _WRAPPED if isinstance(value, str) else _TOP


def write_figure(cell: Cell, value: float | None, unit: Unit, *, bold: bool = False) -> None:
    """Seconds become hours and minutes; what cannot be said becomes a dash."""
    if value is None:
        write(cell, "—", bold=bold)
        cell.alignment = RIGHT
    else:
        write(cell, value / _SECONDS_A_DAY if unit is Unit.SECONDS else value, FORMATS[unit], bold=bold)


def write_title(sheet: Worksheet, text: str) -> None:
    sheet.append([text])
    sheet.cell(sheet.max_row, 1).font = _TITLE


def write_header(sheet: Worksheet, names: Sequence[str], widths: Sequence[float]) -> None:
    """The next row: what the columns hold; it stays in sight, and is printed on every page."""
    row = sheet.max_row + 1 if sheet.cell(1, 1).value is not None else 1
    for number, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        cell = sheet.cell(row, number, name)
        cell.font, cell.fill = _BOLD, _HEADER_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"B{row + 1}"
    sheet.print_title_rows = f"{row}:{row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def mark_total(sheet: Worksheet, row: int) -> None:
    for cell in sheet[row]:
        cell.border = _TOTAL_BORDER
