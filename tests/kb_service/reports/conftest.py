"""The databases and the clock of the tickets' tests, and reports over a small department."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from kb_service.reports.service import ReportService
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.reports.autumn import tell_autumn
from tests.kb_service.tickets.conftest import Clock, clock, engine, postgres_url, tickets

__all__ = ["clock", "engine", "postgres_url", "tickets"]

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def reports(engine: Engine, tickets: TicketService, clock: Clock) -> ReportService:
    return ReportService(engine, ServiceLevels.build("Asia/Shanghai"), tickets, SHANGHAI, clock)


@pytest.fixture
def autumn(tickets: TicketService, clock: Clock) -> dict[str, str]:
    """The six tickets of `tests.kb_service.reports.autumn` by their letters; it is noon of 2 December 2026."""
    told = tell_autumn(tickets, clock)
    clock.moment = datetime(2026, 12, 2, 12, 0, tzinfo=SHANGHAI)
    return told
