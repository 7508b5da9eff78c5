"""A report as a workbook: the whole, its parts, and a line for each opening of a ticket."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kb_service.reports.labels import NOBODY
from kb_service.reports.metrics import METRICS, Unit
from kb_service.reports.models import Figures, GroupFigures, Report
from kb_service.reports.opening_lines import OpeningLine
from kb_service.reports.sheets import FORMATS, RIGHT, Value, mark_total, write, write_figure, write_header, write_title

_DETAIL_COLUMNS: dict[str, float] = {
    "工单": 10,
    "第几次打开": 8,
    "标题": 40,
    "客户": 16,
    "类型": 10,
    "渠道": 8,
    "产品": 16,
    "类别": 14,
    "优先级": 8,
    "负责人": 12,
    "打开": 17,
    "响应": 17,
    "响应达标": 9,
    "解决": 17,
    "解决达标": 9,
    "解决用时（工作时间）": 12,
    "结束": 17,
    "结果": 10,
    "升级": 7,
    "重开": 7,
    "满意度": 8,
    "期内工时（分钟）": 10,
}


def build_workbook(report: Report, openings: Sequence[OpeningLine]) -> bytes:
    """The file's bytes."""
    workbook = Workbook()
    _write_summary(workbook.active, report)
    for title, name, groups in (
        ("按人员", "人员", report.by_assignee),
        ("按产品", "产品", report.by_product),
        ("按类别", "类别", report.by_category),
    ):
        _write_groups(workbook.create_sheet(title), name, groups, report.figures)
    _write_openings(workbook.create_sheet("明细"), openings)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_summary(sheet: Worksheet, report: Report) -> None:
    sheet.title = "概要"
    write_title(sheet, f"技术支持{report.title}统计")
    state = "已结束" if report.complete else "未结束，数字截至统计时刻"
    sheet.append(
        [f"报告期 {report.starts_at:%Y-%m-%d} 起，{report.ends_at:%Y-%m-%d} 前（{report.time_zone}），{state}"]
    )
    sheet.append([f"统计时刻 {report.generated_at:%Y-%m-%d %H:%M}；用时以“时:分”显示，比率之差为百分点"])
    names = ["指标", "本期", f"上期（{report.comparison.period}）", "差", "口径"]
    write_header(sheet, names, [22, 12, 16, 12, 90])
    for metric, change in zip(METRICS, report.comparison.changes, strict=True):
        row = sheet.max_row + 1
        write(sheet.cell(row, 1), metric.title)
        for column, value in ((2, change.current), (3, change.previous)):
            write_figure(sheet.cell(row, column), value, metric.unit)
        _write_difference(sheet, row, change.difference, metric.unit)
        write(sheet.cell(row, 5), metric.definition)


def _write_difference(sheet: Worksheet, row: int, difference: float | None, unit: Unit) -> None:
    cell = sheet.cell(row, 4)
    if unit is Unit.SECONDS and difference is not None and difference < 0:
        # Excel shows no negative durations.
        minutes = round(-difference / 60)
        write(cell, f"-{minutes // 60}:{minutes % 60:02}")
        cell.alignment = RIGHT
    else:
        write_figure(cell, difference, unit)


def _write_groups(sheet: Worksheet, name: str, groups: Sequence[GroupFigures], total: Figures) -> None:
    write_header(sheet, [name, *(metric.title for metric in METRICS)], [18, *(11 for _ in METRICS)])
    lines = [(group.key if group.key is not None else NOBODY, group.figures) for group in groups]
    for key, figures in [*lines, ("合计", total)]:
        row, bold = sheet.max_row + 1, figures is total
        write(sheet.cell(row, 1), key, bold=bold)
        for column, metric in enumerate(METRICS, start=2):
            write_figure(sheet.cell(row, column), metric.read(figures), metric.unit, bold=bold)
    mark_total(sheet, sheet.max_row)


def _write_openings(sheet: Worksheet, openings: Sequence[OpeningLine]) -> None:
    write_header(sheet, list(_DETAIL_COLUMNS), list(_DETAIL_COLUMNS.values()))
    for row, line in enumerate(openings, start=2):
        for column, value in enumerate(_values(line), start=1):
            duration = list(_DETAIL_COLUMNS)[column - 1].startswith("解决用时")
            write(sheet.cell(row, column), value, FORMATS[Unit.SECONDS] if duration else None)
    last = len(openings) + 1
    sheet.auto_filter.ref = f"A1:{sheet.cell(1, len(_DETAIL_COLUMNS)).column_letter}{max(last, 2)}"
    write(sheet.cell(last + 1, 1), "合计", bold=True)
    write(sheet.cell(last + 1, 3), f"{len(openings)} 行", bold=True)
    minutes = sum(line.minutes for line in openings)
    write(sheet.cell(last + 1, len(_DETAIL_COLUMNS)), minutes, FORMATS[Unit.COUNT], bold=True)
    mark_total(sheet, last + 1)


def _values(line: OpeningLine) -> list[Value]:
    """In the order of `_DETAIL_COLUMNS`."""
    used = line.resolution_working_seconds
    return [
        line.ticket_id,
        line.opening,
        line.title,
        line.customer,
        line.kind,
        line.channel,
        line.product,
        line.category,
        line.priority,
        line.assignee,
        line.opened_at,
        line.response_at,
        line.response_met,
        line.resolution_at,
        line.resolution_met,
        None if used is None else used / 86_400,
        line.ended_at,
        line.outcome,
        line.escalated,
        line.came_back,
        line.satisfaction,
        line.minutes,
    ]
