"""Reads and writes what reports count; each method is a part of the session's transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from ingest.tables import Base
from kb_service.reports.derivation import Derived
from kb_service.reports.tables import TicketFactRow, TicketWorkRow
from kb_service.tickets.tables import TicketRow

FACT_TEXTS = ("kind", "channel", "product", "category", "assignee", "end_state")
FACT_NUMBERS = (
    "opening",
    "opened_epoch",
    "ended_epoch",
    "came_back",
    "escalated",
    "response_epoch",
    "response_due_epoch",
    "response_target_seconds",
    "response_used_seconds",
    "response_working_seconds",
    "response_met",
    "resolution_epoch",
    "resolution_due_epoch",
    "resolution_target_seconds",
    "resolution_used_seconds",
    "resolution_working_seconds",
    "resolution_met",
    "rated_epoch",
    "satisfaction",
)
WORK_TEXTS = ("person", "product", "category")
WORK_NUMBERS = ("ticket_key", "opening", "worked_epoch", "minutes")

_FACTS, _WORK = Base.metadata.tables[TicketFactRow.__tablename__], Base.metadata.tables[TicketWorkRow.__tablename__]


class FactStamp(NamedTuple):
    """Tells one state of the facts from every other: each change of a ticket raises the sum, other rules show in the
    fingerprints."""

    openings: int
    sequences: int
    lowest_fingerprint: str | None
    highest_fingerprint: str | None


class FactRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find_stale(self, fingerprint: str, after: int, limit: int) -> list[TicketRow]:
        """Tickets with events that the facts do not tell of, or told of by other rules, in the order of their keys."""
        known = exists().where(
            TicketFactRow.ticket_key == TicketRow.id,
            TicketFactRow.sequence >= TicketRow.sequence,
            TicketFactRow.fingerprint == fingerprint,
        )
        query = select(TicketRow).where(TicketRow.id > after, ~known).order_by(TicketRow.id).limit(limit)
        return list(self._session.scalars(query))

    def replace(self, keys: Sequence[int], derived: Sequence[Derived]) -> None:
        """Put ``derived`` in the place of all that is known of these tickets."""
        for table in (TicketWorkRow, TicketFactRow):
            self._session.execute(delete(table).where(table.ticket_key.in_(keys)))
        facts = [fact for one in derived for fact in one.facts]
        work = [piece for one in derived for piece in one.work]
        if facts:
            self._session.execute(insert(TicketFactRow), facts)
        if work:
            self._session.execute(insert(TicketWorkRow), work)

    def clear(self) -> None:
        for table in (TicketWorkRow, TicketFactRow):
            self._session.execute(delete(table))

    def load_stamp(self) -> FactStamp:
        fact = _FACTS.c
        query = select(
            func.count(),
            func.coalesce(func.sum(fact.sequence), 0),
            func.min(fact.fingerprint),
            func.max(fact.fingerprint),
        )
        openings, sequences, lowest, highest = self._session.execute(query).one()
        return FactStamp(openings, int(sequences), lowest, highest)

    def load_facts(self, low: int, high: int) -> Sequence[Row[Any]]:
        """Columns `FACT_TEXTS` and `FACT_NUMBERS` of all openings that something happened to, or that were open, in
        seconds from ``low`` to before ``high``."""
        # Of the table and not of its class: thousands of rows come in half of the time.
        columns = [_FACTS.c[name] for name in (*FACT_TEXTS, *FACT_NUMBERS)]
        return self._session.execute(select(*columns).where(_between(low, high))).all()

    def load_work(self, low: int, high: int) -> Sequence[Row[Any]]:
        """Columns `WORK_TEXTS` and `WORK_NUMBERS`, by person, then by time."""
        work, fact = _WORK.c, _FACTS.c
        query: Select[Any] = (
            select(
                work.person,
                fact.product,
                fact.category,
                work.ticket_key,
                work.opening,
                work.worked_epoch,
                work.minutes,
            )
            .select_from(_WORK.join(_FACTS, and_(fact.ticket_key == work.ticket_key, fact.opening == work.opening)))
            .where(work.worked_epoch >= low, work.worked_epoch < high)
            .order_by(work.person, work.worked_epoch, work.ticket_key, work.sequence)
        )
        return self._session.execute(query).all()

    def load_openings(self, low: int, high: int) -> list[tuple[TicketFactRow, TicketRow]]:
        """Like `load_facts`, whole and with the tickets they belong to, the oldest first."""
        query = select(TicketFactRow, TicketRow).join(TicketRow, TicketRow.id == TicketFactRow.ticket_key)
        ordered = query.where(_between(low, high)).order_by(TicketFactRow.opened_epoch, TicketRow.id)
        return [(fact, ticket) for fact, ticket in self._session.execute(ordered)]


def _between(low: int, high: int) -> Any:
    fact = TicketFactRow
    return and_(fact.opened_epoch < high, or_(fact.ended_epoch.is_(None), fact.last_epoch >= low))
