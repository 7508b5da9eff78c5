"""Reads and writes what reports count; each method is a part of the session's transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, insert, or_, select
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


BLOCK_TICKETS = 500
"""Facts are loaded by blocks of so many tickets, one key after the other."""


class FactStamp(NamedTuple):
    """Tells one state of a block's facts from every other: each change of a ticket raises the sum, other rules show in
    the fingerprints."""

    openings: int
    sequences: int
    lowest_fingerprint: str
    highest_fingerprint: str


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

    def load_stamps(self) -> dict[int, FactStamp]:
        """Of every block that has facts."""
        fact = _FACTS.c
        block = fact.ticket_key // BLOCK_TICKETS
        query = (
            select(block, func.count(), func.sum(fact.sequence), func.min(fact.fingerprint), func.max(fact.fingerprint))
            .group_by(block)
            .order_by(block)
        )
        return {
            number: FactStamp(openings, int(sequences), lowest, highest)
            for number, openings, sequences, lowest, highest in self._session.execute(query)
        }

    def load_facts(self, low: int, high: int, block: int) -> Sequence[Row[Any]]:
        """Columns `FACT_TEXTS` and `FACT_NUMBERS` of a block's openings that something happened to, or that were open,
        in seconds from ``low`` to before ``high``."""
        # Of the table and not of its class: thousands of rows come in half of the time.
        columns = [_FACTS.c[name] for name in (*FACT_TEXTS, *FACT_NUMBERS)]
        query = select(*columns).where(_within(_FACTS.c.ticket_key, block), _between(low, high))
        return self._session.execute(query).all()

    def load_work(self, low: int, high: int, block: int | None = None) -> Sequence[Row[Any]]:
        """Columns `WORK_TEXTS` and `WORK_NUMBERS`, by person, then by time; of one block or of all."""
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
        if block is not None:
            query = query.where(_within(work.ticket_key, block))
        return self._session.execute(query).all()

    def load_openings(self, low: int, high: int) -> list[tuple[TicketFactRow, TicketRow]]:
        """Like `load_facts`, of all blocks, whole and with the tickets they belong to, the oldest first."""
        query = select(TicketFactRow, TicketRow).join(TicketRow, TicketRow.id == TicketFactRow.ticket_key)
        ordered = query.where(_between(low, high)).order_by(TicketFactRow.opened_epoch, TicketRow.id)
        return [(fact, ticket) for fact, ticket in self._session.execute(ordered)]


def _within(ticket_key: ColumnElement[int], block: int) -> ColumnElement[bool]:
    return and_(ticket_key >= block * BLOCK_TICKETS, ticket_key < (block + 1) * BLOCK_TICKETS)


def _between(low: int, high: int) -> Any:
    fact = TicketFactRow
    return and_(fact.opened_epoch < high, or_(fact.ended_epoch.is_(None), fact.last_epoch >= low))
