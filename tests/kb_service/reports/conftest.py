"""The databases and the clock of the tickets' tests, and reports over a small department."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from kb_service.reports.service import ReportService
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.conftest import Clock, open_database
from tests.kb_service.reports.autumn import tell_autumn

SHANGHAI = ZoneInfo("Asia/Shanghai")


def build_reports(engine: Engine, clock: Clock) -> ReportService:
    levels = ServiceLevels.build("Asia/Shanghai")
    return ReportService(engine, levels, TicketService(engine, levels, clock), SHANGHAI, clock)


@pytest.fixture
def reports(engine: Engine, clock: Clock) -> ReportService:
    return build_reports(engine, clock)


@dataclass
class Department:
    """The six tickets of `tests.kb_service.reports.autumn`, by their letters."""

    reports: ReportService
    clock: Clock
    ids: dict[str, str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told_department(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Department]:
    clock = Clock()
    with open_database(request.param, tmp_path_factory.mktemp("autumn"), request) as engine:
        ids = tell_autumn(TicketService(engine, ServiceLevels.build("Asia/Shanghai"), clock), clock)
        yield Department(build_reports(engine, clock), clock, ids)


@pytest.fixture
def autumn(told_department: Department) -> Department:
    """Not to be changed, but for the clock. It is noon of 2 December 2026."""
    told_department.clock.moment = datetime(2026, 12, 2, 12, 0, tzinfo=SHANGHAI)
    return told_department
