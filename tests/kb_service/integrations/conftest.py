"""Each test on both databases, with one connection to each system, and a clock a day after the payloads' events."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from kb_service.integrations.configuration import Integrations
from kb_service.integrations.inbound import InboundService
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import ActionRequest, Ticket
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.integrations.sending_systems import SECRETS
from tests.kb_service.tickets.histories import FIELDS

Walk = Callable[..., Ticket]

ON_SQLITE_ALONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of what is no matter of the database."""


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
