"""Keeps what reports count in step with the tickets: only those that changed are looked at again."""

from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.reports.derivation import derive, fingerprint_of
from kb_service.reports.repository import FactRepository
from kb_service.tickets.repository import TicketRepository
from kb_service.tickets.service_levels import ServiceLevels

_BATCH = 500
"""Tickets in one transaction: whoever changes a ticket meanwhile waits for no more than these."""


class TicketFacts:
    """Safe to call from several threads."""

    def __init__(self, engine: Engine, levels: ServiceLevels) -> None:
        self._engine = engine
        self._levels = levels
        self._deriving = Lock()

    def refresh(self) -> int:
        """Derive anew what is out of date; return of how many tickets."""
        with self._deriving:
            return self._refresh()

    def rebuild(self) -> int:
        """Derive all anew; return of how many tickets."""
        with self._deriving:
            with Session(self._engine) as session, session.begin():
                FactRepository(session).clear()
            return self._refresh()

    def _refresh(self) -> int:
        total = last = 0
        while keys := self._refresh_batch(last):
            total, last = total + len(keys), keys[-1]
        return total

    def _refresh_batch(self, after: int) -> list[int]:
        with Session(self._engine) as session, session.begin():
            facts = FactRepository(session)
            rows = facts.find_stale(fingerprint_of(self._levels), after, _BATCH)
            keys = [row.id for row in rows]
            if keys:
                events = TicketRepository(session).events_of(keys)
                facts.replace(keys, [derive(row, events[row.id], self._levels) for row in rows])
            return keys
