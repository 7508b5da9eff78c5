"""The workbook: what its sheets say, in which formats, and that no text of a ticket becomes a formula."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from kb_service.reports.service import ReportService
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.reports.autumn import JIA, YI, Story
from tests.kb_service.reports.conftest import Department


def opened(reports: ReportService, period: str = "2026-11") -> Workbook:
    return load_workbook(BytesIO(reports.workbook(period)))


def column(sheet: Any, header_row: int, name: str) -> list[Any]:
    [found] = [cell.column for cell in sheet[header_row] if cell.value == name]
    return [sheet.cell(row, found) for row in range(header_row + 1, sheet.max_row + 1)]


def test_sheets_figures_and_formats(autumn: Department) -> None:
    book = opened(autumn.reports)
    assert book.sheetnames == ["概要", "按人员", "按产品", "按类别", "明细"]
    summary = book["概要"]
    assert summary["A1"].value == "技术支持2026年11月统计"
    lines = {row[0].value: row for row in summary.iter_rows(min_row=4)}
    assert [cell.value for cell in lines["新建工单"][1:4]] == [4, 1, 3]
    rate = lines["响应达标率"][1]
    assert (rate.value, rate.number_format) == (0.75, "0.0%")
    duration = lines["解决用时中位数"][1]
    assert (duration.value, duration.number_format) == (timedelta(hours=7, minutes=30), "[h]:mm")
    assert lines["响应用时中位数"][3].value == "-0:45"
    assert "分母" in lines["解决率"][4].value
    people = book["按人员"]
    assert [cell.value for cell in column(people, 1, "人员")] == [YI, JIA, "合计"]
    assert [cell.value for cell in column(people, 1, "新建工单")] == [2, 2, 4]
    assert [cell.value for cell in column(people, 1, "满意度平均分")] == [3, "—", 3]
    assert [cell.value for cell in column(book["按产品"], 1, "产品")] == ["ERP", "OA", "（未填）", "合计"]
    for sheet, pane in zip(book, ("B5", "B2", "B2", "B2", "B2"), strict=True):
        assert sheet.freeze_panes == pane
        assert sheet.column_dimensions["A"].width >= 10


def test_details_have_a_line_for_each_opening(autumn: Department) -> None:
    details = opened(autumn.reports)["明细"]
    assert [cell.value for cell in column(details, 1, "工单")] == ["T2", "T3", "T4", "T2", "T5", "T6", "合计"]
    assert [cell.value for cell in column(details, 1, "期内工时（分钟）")] == [20, 0, 0, 45, 70, 120, 255]
    assert [cell.value for cell in column(details, 1, "解决达标")] == ["是", None, None, "否", "是", "是", None]
    assert [cell.value for cell in column(details, 1, "结果")][:4] == ["已关闭", "已取消", "在办", "已关闭"]
    first = column(details, 1, "打开")[0]
    assert (first.value, first.number_format) == (datetime(2026, 10, 31, 23, 59, 59), "yyyy-mm-dd hh:mm")
    assert details.auto_filter.ref == "A1:V7"


def test_a_text_is_no_formula(reports: ReportService, tickets: TicketService, clock: Clock) -> None:
    texts = ["=1+1", '=HYPERLINK("http://evil.eu")', "+1", "-1", "@SUM(1)", "=\x07"]
    for text in texts:
        Story(tickets, clock, "11-03 09:00", title=text, customer=text, channel=text, product=text)
    book = opened(reports)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    for text in texts:
        # The product's line, and title, customer, channel and product of the ticket's.
        shown = [cell for cell in cells if cell.value == text.replace("\x07", "")]
        assert len(shown) == 5
        assert all(cell.quotePrefix for cell in shown)


def test_an_empty_month_is_a_workbook_too(reports: ReportService) -> None:
    book = opened(reports, "2025-02")
    assert [cell.value for cell in column(book["按人员"], 1, "人员")] == ["合计"]
    assert [cell.value for cell in column(book["明细"], 1, "工单")] == ["合计"]
