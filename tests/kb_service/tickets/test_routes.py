"""Tickets over HTTP: statuses, problems, and a story from the call to the rating."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.errors import PROBLEM_JSON
from tests.conftest import LOOPBACK_URL, RuntimeBuilder

NEW = {"title": "打印凭证提示找不到模板", "customer": "财务部", "channel": "电话", "actor": "小林"}


@pytest.fixture
def client(tmp_path: Path, build_runtime: RuntimeBuilder) -> Iterator[TestClient]:
    runtime = build_runtime(tmp_path / "data")
    with TestClient(build_app(runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        yield client
    runtime.close()


def create(client: TestClient, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/tickets", json={**NEW, **more})
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"/v1/tickets/{body['ticket_id']}"
    return body


def act(client: TestClient, ticket: dict[str, Any], action: str, **fields: Any) -> dict[str, Any]:
    request = {"action": action, "sequence": ticket["sequence"], "actor": "工程师甲", **fields}
    response = client.post(f"/v1/tickets/{ticket['ticket_id']}/actions", json=request)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == PROBLEM_JSON
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:kb-service:problem:{code}"
    return body


def test_from_the_call_to_the_rating(client: TestClient) -> None:
    ticket = create(client)
    ticket = act(client, ticket, "triage", category="打印", priority="P3")
    ticket = act(client, ticket, "assign", assignee="工程师甲")
    ticket = act(client, ticket, "respond", text="已接手，单号已告知")
    ticket = act(client, ticket, "start")
    ticket = act(client, ticket, "resolve", cause="没有绑定模板", solution="在模板分配中绑定", minutes_worked=20)
    ticket = act(client, ticket, "confirm")
    ticket = act(client, ticket, "rate", actor="林小禾", satisfaction=5)
    assert (ticket["state"], ticket["satisfaction"], ticket["minutes_worked"]) == ("closed", 5, 20)
    assert client.get(f"/v1/tickets/{ticket['ticket_id']}").json() == ticket
    events = client.get(f"/v1/tickets/{ticket['ticket_id']}/events").json()["events"]
    assert [event["action"] for event in events][:3] == ["create", "triage", "assign"]
    assert client.get("/v1/tickets", params={"state": ["closed", "new"]}).json()["tickets"] == [ticket]
    assert client.get("/v1/tickets", params={"state": "new"}).json()["tickets"] == []


def test_the_workflow_is_no_ticket(client: TestClient) -> None:
    body = client.get("/v1/tickets/workflow").raise_for_status().json()
    assert body["groups"] == ["待处理", "处理中", "等待客户", "已解决"]
    assert [one["field"] for one in body["actions"][1]["fields"]][:2] == ["category", "priority"]


def test_a_key_in_the_header_makes_a_request_safe_to_repeat(client: TestClient) -> None:
    headers = {"Idempotency-Key": "c0ffee"}
    first = client.post("/v1/tickets", json=NEW, headers=headers)
    assert client.post("/v1/tickets", json=NEW, headers=headers).json() == first.json()
    other = client.post("/v1/tickets", json={**NEW, "title": "别的"}, headers=headers)
    problem(other, 422, "idempotency-key-reused")


def test_problems_say_what_to_do(client: TestClient) -> None:
    ticket = create(client)
    address = f"/v1/tickets/{ticket['ticket_id']}/actions"
    step = {"actor": "甲", "sequence": 1}
    illegal = problem(client.post(address, json={**step, "action": "confirm"}), 409, "illegal-action")
    assert illegal["state"] == "new"
    assert "triage" in illegal["allowed_actions"]
    missing = problem(client.post(address, json={**step, "action": "triage"}), 422, "missing-fields")
    assert missing["fields"] == ["category", "priority"]
    act(client, ticket, "triage", category="打印", priority="P3")
    late = {**step, "action": "triage", "category": "网络", "priority": "P1"}
    assert problem(client.post(address, json=late), 409, "stale-ticket")["sequence"] == 2
    problem(client.get("/v1/tickets/T999"), 404, "ticket-not-found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "长" * 501},
        {"description": "长" * 100_001},
        {"kind": "joke"},
        {"unknown": 1},
        {"customer": None},
        {"channel": "电" * 33},
        {"title": "a\x00b"},
        {"description": "a\x00b"},
    ],
)
def test_what_is_no_request_is_refused_and_leaves_nothing(client: TestClient, wrong: dict[str, Any]) -> None:
    problem(client.post("/v1/tickets", json={**NEW, **wrong}), 422, "invalid-request")
    assert client.get("/v1/tickets").json() == {"tickets": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        "cursor=abc",
        "cursor=T0",
        "cursor=T99999999999",
        "assignee=%00",
        "due_before=0001-01-01T00:00:00%2B08:00",
        "limit=0",
    ],
)
def test_what_cannot_be_asked_for_is_refused(client: TestClient, query: str) -> None:
    body = problem(client.get(f"/v1/tickets?{query}"), 422, "invalid-request")
    assert [error["field"] for error in body["errors"]] == [query.partition("=")[0]]


def test_a_page_of_another_site_is_refused(client: TestClient) -> None:
    problem(client.post("/v1/tickets", json=NEW, headers={"Origin": "http://evil.example"}), 403, "forbidden")
    assert client.post("/v1/tickets", json=NEW, headers={"Origin": LOOPBACK_URL}).status_code == 201


def test_only_this_machine_is_answered(client: TestClient) -> None:
    for method, path in (("GET", "/v1/tickets"), ("POST", "/v1/tickets"), ("GET", "/v1/tickets/T1/events")):
        refused = client.request(method, path, headers={"Host": "kb.example"}, json=NEW)
        assert problem(refused, 403, "forbidden")["instance"] == path
