"""Webhooks, dead letters and Dify over HTTP, and the whole service with a subscriber."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.integrations.configuration import Integrations
from kb_service.integrations.outbound import MOST_ATTEMPTS
from tests.conftest import LOOPBACK_URL, RunningService, RuntimeBuilder
from tests.kb_service.integrations.receiver import Receiver, receiving
from tests.kb_service.integrations.sending_systems import SECRETS, load_payload, sign, to_body
from tests.kb_service.tickets.test_routes import problem

KEY = "whsec_" + base64.b64encode(b"\x05" * 32).decode()
API_KEY = "an-api-key-of-hengchuan"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(KEY) as running:
        yield running


@pytest.fixture
def stated(receiver: Receiver) -> dict[str, Any]:
    return {
        "connections": [{"name": f"hc-{name}", "system": name, "secret": secret} for name, secret in SECRETS.items()],
        "subscriptions": [{"name": "erp", "url": receiver.url, "secret": KEY}],
        "dify": {"api_key": API_KEY},
    }


@pytest.fixture
def client(tmp_path: Path, build_runtime: RuntimeBuilder, stated: dict[str, Any]) -> Iterator[TestClient]:
    """Asked from another machine, as behind a proxy: a signature is what counts."""
    runtime = build_runtime(tmp_path / "data")
    runtime.__dict__["integrations"] = Integrations.build(stated)
    with TestClient(build_app(runtime), base_url="http://kb.hengchuan.example", client=("10.0.0.9", 50_000)) as client:
        yield client
    runtime.close()


def post(client: TestClient, system: str, name: str, delivery_id: str = "d-1", **headers: str) -> Any:
    body = to_body(load_payload(name))
    signed = {**sign(system, body, datetime.now(UTC), delivery_id), **headers}
    return client.post(f"/v1/integrations/hc-{system}/webhook", content=body, headers=signed)


def test_a_webhook_makes_a_ticket_and_the_same_again_does_not(client: TestClient) -> None:
    first = post(client, "zammad", "zammad_created")
    assert first.status_code == 201, first.text
    assert first.json() == {"ticket_id": "T1", "outcome": "created", "reason": None}
    again = post(client, "zammad", "zammad_created")
    assert (again.status_code, again.json()) == (200, first.json())
    problem(post(client, "zammad", "zammad_created", "d-2"), 409, "replayed")


def test_who_may_not_is_told_why(client: TestClient) -> None:
    problem(post(client, "zammad", "zammad_created", **{"x-hub-signature": "sha1=0"}), 401, "bad-signature")
    body = b"{}"
    stale = sign("chatwoot", body, datetime(2026, 1, 1, tzinfo=UTC))
    problem(client.post("/v1/integrations/hc-chatwoot/webhook", content=body, headers=stale), 401, "stale-webhook")
    problem(client.post("/v1/integrations/nobody/webhook", content=body), 404, "connection-not-found")
    unreadable = sign("jira", body, datetime.now(UTC))
    answer = client.post("/v1/integrations/hc-jira/webhook", content=body, headers=unreadable)
    assert problem(answer, 422, "unreadable-payload")["field"] == "webhookEvent"
    # The rest is for this machine alone, as long as there are no accounts.
    problem(client.get("/v1/integrations/dead-letters"), 403, "forbidden")
    problem(client.post("/v1/integrations/dead-letters/1/retry"), 403, "forbidden")
    problem(client.get("/v1/tickets"), 403, "forbidden")


def test_a_body_that_is_too_large_is_not_read(client: TestClient) -> None:
    address = "/v1/integrations/hc-zammad/webhook"
    problem(client.post(address, content=b"x" * 1_048_577), 413, "payload-too-large")

    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    problem(client.post(address, content=endless()), 413, "payload-too-large")
    problem(client.post(address, content=b"x" * 1_048_576), 401, "bad-signature")


def test_dead_letters_are_listed_and_sent_again(
    tmp_path: Path, build_runtime: RuntimeBuilder, stated: dict[str, Any], receiver: Receiver
) -> None:
    runtime = build_runtime(tmp_path / "data")
    runtime.__dict__["integrations"] = Integrations.build(stated)
    moment = datetime.now(UTC)
    runtime.outbound.begin(moment)
    receiver.status = 503
    with TestClient(build_app(runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        post(client, "generic", "generic_created")
        for day in range(1, MOST_ATTEMPTS + 1):
            runtime.outbound.deliver_due(moment.replace(year=moment.year + day))
        [letter] = client.get("/v1/integrations/dead-letters").json()["dead_letters"]
        assert (letter["type"], letter["ticket_id"], letter["last_error"]) == ("ticket.created", "T1", "HTTP 503")
        answer = client.post(f"/v1/integrations/dead-letters/{letter['id']}/retry")
        assert (answer.status_code, answer.json()["attempts"]) == (202, 0)
        assert client.get("/v1/integrations/dead-letters").json() == {"dead_letters": [], "next_cursor": None}
        problem(client.post(f"/v1/integrations/dead-letters/{letter['id']}/retry"), 404, "delivery-not-found")
        problem(client.post("/v1/integrations/dead-letters/0/retry"), 422, "invalid-request")
        receiver.status = 204
        assert runtime.outbound.deliver_due(datetime.now(UTC)) == 1
    runtime.close()


def test_the_running_service_takes_webhooks_and_tells_of_tickets(
    tmp_path: Path,
    new_data_dir: Callable[[Path], Path],
    stated: dict[str, Any],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "integrations.yaml"
    path.write_text(yaml.safe_dump(stated), encoding="utf-8")
    monkeypatch.setenv("KB_INTEGRATIONS", str(path))
    service = RunningService(new_data_dir(tmp_path / "data"))
    try:
        body = to_body(load_payload("glpi_created"))
        headers = sign("glpi", body, datetime.now(UTC))
        address = f"{service.url}/v1/integrations/hc-glpi/webhook"
        assert httpx.post(address, content=body, headers=headers).status_code == 201
        deadline = time.monotonic() + 30
        while not receiver.requests and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        service.stop()
    assert receiver.events == [("T1", "ticket.created")]
    told = json.loads(receiver.requests[0][3])["data"]["ticket"]
    assert (told["source"], told["external_id"]) == ("hc-glpi", "312")
