"""Reads and writes the alerts of clocks; each method is part of a transaction."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kb_service.integrations.tables import ClockAlertRow
from kb_service.tickets.clocks import ClockName, ClockState


class AlertRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def is_noted(self, ticket_key: int, clock: ClockName, due_at: datetime, state: ClockState) -> bool:
        row = ClockAlertRow
        known = exists().where(
            row.ticket_key == ticket_key, row.clock == clock.value, row.due_at == due_at, row.state == state.value
        )
        return bool(self._session.scalar(select(known)))

    def add(self, row: ClockAlertRow) -> None:
        """It has its key afterwards."""
        self._session.add(row)
        self._session.flush()
