"""Notices clocks that begin to warn or are breached, and has the subscribers told, each once.

A ticket says when one of its clocks changes next; until then nobody looks at it. What is noticed is a row of its own,
written in one transaction with its deliveries, so that a stop of the service neither repeats nor loses one.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.integrations.alert_repository import AlertRepository
from kb_service.integrations.configuration import Subscription
from kb_service.integrations.event_types import ALERT_TYPES
from kb_service.integrations.outbound_repository import OutboundRepository
from kb_service.integrations.tables import ClockAlertRow
from kb_service.tickets.clocks import ClockName, SLAStatus, find_next_change
from kb_service.tickets.due_moments import find_owed, write_due_moments
from kb_service.tickets.follow_ups import find_follow_up
from kb_service.tickets.lifecycle import OPEN_STATES, TicketKind, TicketState
from kb_service.tickets.promises import Promise, judge_all
from kb_service.tickets.repository import TicketRepository
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketRow

_BATCH = 200
_MARGIN = timedelta(seconds=1)
"""A clock changes its state just after the moment that is due, and is not looked at more often than this."""


class ClockAlerts:
    """Safe to call from several threads. A ticket that was left alone past its warning is told as breached alone."""

    def __init__(self, engine: Engine, levels: ServiceLevels, subscriptions: tuple[Subscription, ...]) -> None:
        self._engine = engine
        self._levels = levels
        self._subscriptions = subscriptions

    def begin(self, now: datetime) -> None:
        """Have all open tickets looked at once: the service levels may be others than before the service stopped."""
        with Session(self._engine) as session, session.begin():
            TicketRepository(session).have_checked(OPEN_STATES, now)

    def note_due(self, now: datetime) -> int:
        """Note what has begun to warn or was breached by now.

        Returns: how many alerts are new.
        """
        noted = 0
        while keys := self._find_to_check(now):
            noted += sum(self._check(key, now) for key in keys)
        return noted

    def _find_to_check(self, now: datetime) -> list[int]:
        with Session(self._engine) as session:
            return TicketRepository(session).find_to_check(now, _BATCH)

    def _check(self, key: int, now: datetime) -> int:
        with Session(self._engine) as session, session.begin():
            tickets = TicketRepository(session)
            row = tickets.find_for_change(key)
            if row is None or row.check_at is None or row.check_at > now:
                return 0  # somebody else was faster
            events = tickets.events(key)
            promises = judge_all(TicketKind(row.kind), row.contract, row.priority, events, self._levels, now)
            noted = sum(self._note(session, row, clock, promise, now) for clock, promise in promises.items())
            clocks = {clock: promise.status for clock, promise in promises.items()}
            write_due_moments(row, clocks, find_follow_up(events, self._levels.add_working_days))
            row.check_at = self._find_next_check(row, clocks, now)
            return noted

    def _note(self, session: Session, row: TicketRow, clock: ClockName, promise: Promise, now: datetime) -> bool:
        """Whether there was something new to note."""
        status = promise.status
        due_at = find_owed(TicketState(row.state), status)
        alerts, outbound = AlertRepository(session), OutboundRepository(session)
        if due_at is None or status.state not in ALERT_TYPES or alerts.is_noted(row.id, clock, due_at, status.state):
            return False
        alert = ClockAlertRow(
            ticket_key=row.id,
            clock=clock.value,
            state=status.state.value,
            due_at=due_at,
            at=now,
            target=promise.target.text,
            priority=row.priority,
            assignee=row.assignee,
        )
        alerts.add(alert)
        for subscription in self._subscriptions:
            if subscription.wants(ALERT_TYPES[status.state]):
                outbound.plan(subscription.name, alert, now)
        return True

    def _find_next_check(self, row: TicketRow, clocks: dict[ClockName, SLAStatus], now: datetime) -> datetime | None:
        state = TicketState(row.state)
        changes = (
            find_next_change(status, self._levels.calendar, now)
            for status in clocks.values()
            if find_owed(state, status) is not None
        )
        nearest = min((change for change in changes if change is not None), default=None)
        return None if nearest is None else max(nearest, now) + _MARGIN
