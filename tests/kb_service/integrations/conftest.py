"""Each test on both databases, with one connection to each system, and a clock a day after the payloads' events."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ingest.tables import Base
from kb_service.database import build_engine, migrate
from kb_service.integrations.configuration import Integrations
from kb_service.integrations.inbound import InboundService
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import ActionRequest, Ticket
from kb_service.tickets.service import TicketService
from tests.kb_service.integrations.sending_systems import SECRETS
from tests.kb_service.tickets.conftest import Clock, postgres_url, tickets
from tests.kb_service.tickets.histories import FIELDS

__all__ = ["postgres_url", "tickets"]

Walk = Callable[..., Ticket]

ON_SQLITE_ALONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of what is no matter of the database."""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "kb.sqlite3"
    built = build_engine(f"sqlite:///{path}")
    migrate(built)
    built.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    built = build_engine(postgres_url)
    migrate(built)
    yield built
    built.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database: a copy of a file, or emptied after the test ahead; a new one takes longer."""
    if request.param == "postgresql":
        built: Engine = request.getfixturevalue("postgres_engine")
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        with built.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        yield built
        return
    path = tmp_path / "kb.sqlite3"
    shutil.copy(request.getfixturevalue("migrated_file"), path)
    built = build_engine(f"sqlite:///{path}")
    yield built
    built.dispose()


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.pass_hours(24)
    return clock


@pytest.fixture
def integrations() -> Integrations:
    connections = [{"name": f"hc-{system}", "system": system, "secret": secret} for system, secret in SECRETS.items()]
    return Integrations.build({"connections": connections})


@pytest.fixture
def inbound(engine: Engine, tickets: TicketService, integrations: Integrations, clock: Clock) -> InboundService:
    return InboundService(engine, tickets, integrations, clock)


@pytest.fixture
def walk(tickets: TicketService) -> Walk:
    """Takes a ticket through actions."""
    needed: dict[Action, tuple[str, ...]] = {
        Action.TRIAGE: ("category", "priority"),
        Action.ASSIGN: ("assignee",),
        Action.ASK_CUSTOMER: ("text",),
        Action.COMMENT: ("text",),
        Action.RESOLVE: ("cause", "solution", "minutes_worked"),
    }

    def take(ticket_id: str | None, *actions: Action) -> Ticket:
        ticket = tickets.get(ticket_id or "")
        for action in actions:
            fields: dict[str, Any] = {name: FIELDS[name] for name in needed.get(action, ())}
            request = ActionRequest(action=action, sequence=ticket.sequence, actor="工程师甲", **fields)
            ticket = tickets.act(ticket.ticket_id, request)
        return ticket

    return take
