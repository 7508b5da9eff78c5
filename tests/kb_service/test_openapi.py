"""Whatever comes in that the OpenAPI document allows, or nearly allows, the service answers without failing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from starlette.types import ASGIApp, Receive, Scope, Send

from kb_service.app import build_app
from kb_service.runtime import Runtime
from kb_service.tickets.history import replay
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.repository import TicketRepository, read_standing
from tests.conftest import LOOPBACK_URL, RuntimeBuilder, copy_data_dir

_UNPREPARED = {503}
"""The service's own word for what is not set up here, Dify say."""


def from_loopback(app: ASGIApp) -> ASGIApp:
    """The application, asked from this machine."""

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": ("127.0.0.1", 50_000)} if scope["type"] == "http" else scope, receive, send)

    return ask


@pytest.fixture(scope="module")
def fuzzed(
    corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder
) -> Iterator[Runtime]:
    """A runtime of this file's own: what is asked for is done."""
    runtime = build_runtime(copy_data_dir(corpus_data_dir, tmp_path_factory.mktemp("fuzzed") / "data"))
    runtime.warm_up()
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def described(fuzzed: Runtime) -> Any:
    schema = schemathesis.openapi.from_asgi("/openapi.json", from_loopback(build_app(fuzzed)))
    schema.config.update(base_url=LOOPBACK_URL)
    return schema


def test_nothing_that_comes_in_makes_the_service_fail(described: Any) -> None:
    asked = 0
    for found in described.get_all_operations():

        @settings(max_examples=10, suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def ask(case: schemathesis.Case) -> None:
            response = case.call()
            if response.status_code not in _UNPREPARED:
                case.validate_response(response, checks=[not_a_server_error])

        ask()
        asked += 1
    assert asked > 40


def test_every_ticket_can_be_replayed_afterwards(fuzzed: Runtime) -> None:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from kb_service.tickets.tables import TicketRow

    with Session(fuzzed.engine) as session:
        rows = list(session.scalars(select(TicketRow)))
        assert rows
        for row in rows:
            assert replay(TicketKind(row.kind), TicketRepository(session).events(row.id)) == read_standing(row)
