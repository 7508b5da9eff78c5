"""Reports over HTTP: statuses, problems, names of files."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from kb_service.app import build_app
from kb_service.reports.downloads import DOCX, XLSX
from tests.conftest import LOOPBACK_URL, RuntimeBuilder
from tests.kb_service.tickets.test_routes import act, create, problem


@pytest.fixture
def client(tmp_path: Path, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    runtime = build_runtime(tmp_path / "data")
    with TestClient(build_app(runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        yield client
    runtime.close()


def this_month() -> str:
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"


def test_a_ticket_is_in_the_report_of_its_month_at_once(client: TestClient) -> None:
    period = this_month()
    assert client.get(f"/v1/reports/{period}").json()["figures"]["volume"]["created"] == 0
    act(client, create(client), "triage", category="打印", priority="P3", minutes_worked=5)
    report = client.get(f"/v1/reports/{period}").json()
    assert (report["period"], report["complete"], report["time_zone"]) == (period, False, "Asia/Shanghai")
    assert report["starts_at"].endswith("-01T00:00:00+08:00")
    assert report["figures"]["volume"]["created"] == 1
    assert report["figures"]["resolution"]["within_target"] == {"numerator": 0, "denominator": 0, "value": None}
    assert [group["key"] for group in report["by_assignee"]] == ["工程师甲", None]
    assert [one["name"] for one in report["by_kind"]] == ["故障", "服务请求", "售前支持", "咨询"]


def test_every_figure_has_a_name_and_says_what_it_counts(client: TestClient) -> None:
    report = client.get(f"/v1/reports/{this_month()}").json()
    told = {one["name"]: one for one in report["definitions"]}
    assert len(told) == len(report["definitions"])
    shown = [one["name"] for one in report["comparison"]["changes"]]
    shown += [f"volume.{name}" for name in report["by_kind"][0]["volume"]]
    rates = {name for name, value in report["knowledge"].items() if isinstance(value, dict)}
    shown += [f"knowledge.{name}" + (".value" if name in rates else "") for name in report["knowledge"]]
    shown += [f"trend.{name}" for name in report["trend"][0] if not name.endswith("_day")]
    for name in shown:
        assert told[name]["title"]
        assert len(told[name]["text"]) > len(told[name]["title"])
    assert told["volume.created"] == {"name": "volume.created", "title": "新建工单", "text": "新建：期内登记的工单"}


def test_files_come_with_chinese_names(client: TestClient) -> None:
    ticket, period = create(client, title="=1+1"), this_month()
    for path, media_type, plain, name in (
        (f"/v1/reports/{period}.xlsx", XLSX, f"report-{period}.xlsx", "%E6%8A%80%E6%9C%AF%E6%94%AF%E6%8C%81"),
        (f"/v1/reports/{period}/working-time.docx", DOCX, f"working-time-{period}.docx", "%E5%B7%A5%E6%97%B6"),
        (f"/v1/tickets/{ticket['ticket_id']}/report.docx", DOCX, "problem-report-T1.docx", "%E9%97%AE%E9%A2%98"),
    ):
        response = client.get(path)
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == media_type
        disposition = response.headers["Content-Disposition"]
        assert disposition.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}")
        (load_workbook if media_type == XLSX else Document)(BytesIO(response.content))


@pytest.mark.parametrize("suffix", ["", ".xlsx", "/working-time.docx"])
def test_problems_say_what_to_write(client: TestClient, suffix: str) -> None:
    wrong = problem(client.get(f"/v1/reports/2026-13{suffix}"), 422, "invalid-period")
    assert "2026-Q4" in wrong["detail"]
    problem(client.get(f"/v1/reports/9999-Q1{suffix}"), 422, "period-in-future")
    problem(client.get(f"/v1/reports/昨天{suffix}"), 422, "invalid-period")


def test_a_report_of_no_ticket_is_a_problem(client: TestClient) -> None:
    problem(client.get("/v1/tickets/T7/report.docx"), 404, "ticket-not-found")


def test_only_this_machine_is_answered(client: TestClient) -> None:
    period = this_month()
    for path in (f"/v1/reports/{period}", f"/v1/reports/{period}.xlsx", "/v1/tickets/T1/report.docx"):
        problem(client.get(path, headers={"Host": "kb.example"}), 403, "forbidden")


def test_every_figure_is_defined_in_the_description_of_the_api(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for name in ("VolumeFigures", "PromiseFigures", "Figures", "SatisfactionFigures", "WorkFigures", "Rate"):
        undescribed = [field for field, schema in schemas[name]["properties"].items() if "description" not in schema]
        assert undescribed in ([], ["count"]), name
