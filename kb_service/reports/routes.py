"""``/v1/reports`` and the documents of tickets."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from kb_service.dependencies import CurrentRuntime, get_principal
from kb_service.reports.downloads import DOCX, XLSX, build_download
from kb_service.reports.models import Report

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Depends(get_principal)])

PeriodName = Annotated[str, Path(description="报告期：月份 2026-11 或季度 2026-Q4", examples=["2026-11"])]


def _file(media_type: str) -> dict[str, Any]:
    """What the description of the API says of a download."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"response_class": Response, "responses": {200: {"description": "文件", "content": {media_type: schema}}}}


# Before the report itself, whose path would match these too.
@router.get("/reports/{period}.xlsx", operation_id="getReportWorkbook", summary="月报或季报（Excel）", **_file(XLSX))
def get_report_workbook(period: PeriodName, runtime: CurrentRuntime) -> Response:
    content = runtime.reports.workbook(period)
    return build_download(content, f"技术支持统计 {period}.xlsx", f"report-{period}.xlsx", XLSX)


@router.get("/reports/{period}", operation_id="getReport", summary="月报或季报：数量、时限、满意度、工时与走势")
def get_report(period: PeriodName, runtime: CurrentRuntime) -> Report:
    return runtime.reports.report(period)


@router.get(
    "/reports/{period}/working-time.docx",
    operation_id="getWorkingTimeDocument",
    summary="工时记录（Word）：每人每天",
    **_file(DOCX),
)
def get_working_time_document(period: PeriodName, runtime: CurrentRuntime) -> Response:
    content = runtime.reports.working_time(period)
    return build_download(content, f"工时记录 {period}.docx", f"working-time-{period}.docx", DOCX)


@router.get(
    "/tickets/{ticket_id}/report.docx",
    operation_id="getProblemReport",
    summary="问题处理报告（Word）",
    **_file(DOCX),
)
def get_problem_report(ticket_id: str, runtime: CurrentRuntime) -> Response:
    content = runtime.reports.problem_report(ticket_id)
    return build_download(content, f"问题处理报告 {ticket_id}.docx", f"problem-report-{ticket_id}.docx", DOCX)
