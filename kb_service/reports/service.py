"""Makes the reports: brings the facts up to date, loads them once, counts."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.reports.building import build_report
from kb_service.reports.facts import TicketFacts
from kb_service.reports.kept_columns import KeptColumns
from kb_service.reports.knowledge import count_knowledge
from kb_service.reports.models import Report
from kb_service.reports.opening_lines import OpeningLine, build_opening_line, sum_minutes
from kb_service.reports.periods import Period, read_period
from kb_service.reports.problem_report import build_problem_report
from kb_service.reports.repository import FactRepository
from kb_service.reports.workbook import build_workbook
from kb_service.reports.working_time import WorkedDay, build_working_time_document, sum_worked_days
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels


class ReportService:
    """``now`` gives the moment a report is made at. Safe to call from several threads."""

    def __init__(
        self, engine: Engine, levels: ServiceLevels, tickets: TicketService, zone: ZoneInfo, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._tickets = tickets
        self._zone = zone
        self._now = now
        self._columns = KeptColumns()
        self.facts = TicketFacts(engine, levels)

    def report(self, period: str) -> Report:
        """
        Raises:
            PeriodError: ``period`` is neither a month like 2026-11 nor a quarter like 2026-Q4.
            FuturePeriodError: it has not begun.
        """
        now = self._now()
        return self._report(read_period(period, self._zone, now), now)

    def workbook(self, period: str) -> bytes:
        """The report as a workbook, with a line for each opening of a ticket that was open in the period.

        Raises:
            PeriodError, FuturePeriodError: as for `report`.
        """
        now = self._now()
        chosen = read_period(period, self._zone, now)
        report = self._report(chosen, now)
        return build_workbook(report, self._opening_lines(chosen))

    def working_time(self, period: str) -> bytes:
        """Who worked how long on what on which day, as a document.

        Raises:
            PeriodError, FuturePeriodError: as for `report`.
        """
        now = self._now()
        chosen = read_period(period, self._zone, now)
        return build_working_time_document(chosen, self._worked_days(chosen), now)

    def problem_report(self, ticket_id: str) -> bytes:
        """The whole course of a ticket, as a document.

        Raises:
            TicketNotFoundError: no such ticket.
        """
        ticket = self._tickets.get(ticket_id)
        return build_problem_report(ticket, self._tickets.history(ticket_id).events, self._zone, self._now())

    def _report(self, period: Period, now: datetime) -> Report:
        self.facts.refresh()
        low, high = _seconds(period.previous().start), _seconds(period.end)
        with Session(self._engine) as session:
            facts, work = self._columns.load(FactRepository(session), low, high)
            knowledge = count_knowledge(session, period.start, period.end)
        return build_report(period, facts, work, knowledge, now)

    def _opening_lines(self, period: Period) -> list[OpeningLine]:
        with Session(self._engine) as session:
            facts = FactRepository(session)
            rows = facts.load_openings(_seconds(period.start), _seconds(period.end))
            minutes = sum_minutes(facts.load_work(_seconds(period.start), _seconds(period.end)))
            return [
                build_opening_line(fact, ticket, minutes[fact.ticket_key, fact.opening], self._zone)
                for fact, ticket in rows
            ]

    def _worked_days(self, period: Period) -> list[WorkedDay]:
        self.facts.refresh()
        with Session(self._engine) as session:
            rows = FactRepository(session).load_work(_seconds(period.start), _seconds(period.end))
        return sum_worked_days(rows, self._zone)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
