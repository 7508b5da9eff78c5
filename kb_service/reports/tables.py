"""What reports count, told from the events of the tickets. Nothing here is the truth: all of it can be made anew."""

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base
from kb_service.tickets.tables import LONGEST_NAME


class TicketFactRow(Base):
    """One opening of a ticket: from its creation, or its reopening, to its end.

    A ticket that never came back has one row. Each opening keeps its own figures, so that reopening a ticket does not
    change the report of the month it was first closed in. ``*_epoch`` are seconds since 1970-01-01 UTC, rounded down:
    a report reads thousands of them, and compares them as numbers. What ticket, person or class it is said to be is
    as it was at the last event of the opening.
    """

    __tablename__ = "ticket_facts"
    __table_args__ = (Index("ix_ticket_facts_opened", "opened_epoch"), Index("ix_ticket_facts_last", "last_epoch"))

    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    opening: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """1 for the creation, 2 for the first reopening, …"""
    sequence: Mapped[int]
    """Of the last event that was seen; a ticket with a later one has to be looked at again."""
    fingerprint: Mapped[str] = mapped_column(String(32))
    """Of the service levels and the rules that it was computed with."""
    kind: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(32))
    product: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    category: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    priority: Mapped[str | None] = mapped_column(String(8))
    assignee: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    opened_epoch: Mapped[int] = mapped_column(BigInteger)
    ended_epoch: Mapped[int | None] = mapped_column(BigInteger)
    last_epoch: Mapped[int] = mapped_column(BigInteger)
    """Of its last event; after the end, a comment or a rating."""
    end_state: Mapped[str | None] = mapped_column(String(32))
    """closed, cancelled or rejected; None while it is open."""
    came_back: Mapped[bool]
    """Whether it was reopened after it."""
    escalated: Mapped[bool]
    response_epoch: Mapped[int | None] = mapped_column(BigInteger)
    response_due_epoch: Mapped[int | None] = mapped_column(BigInteger)
    """None where nothing is owed: the ticket ended in time, or its clock stands still."""
    response_target_seconds: Mapped[int]
    response_used_seconds: Mapped[int | None]
    """In the time the target is given in: working time, or time on end."""
    response_working_seconds: Mapped[int | None]
    response_met: Mapped[bool | None]
    resolution_epoch: Mapped[int | None] = mapped_column(BigInteger)
    resolution_due_epoch: Mapped[int | None] = mapped_column(BigInteger)
    resolution_target_seconds: Mapped[int]
    resolution_used_seconds: Mapped[int | None]
    resolution_working_seconds: Mapped[int | None]
    resolution_met: Mapped[bool | None]
    rated_epoch: Mapped[int | None] = mapped_column(BigInteger)
    satisfaction: Mapped[int | None] = mapped_column(SmallInteger)


class TicketWorkRow(Base):
    """Working time that somebody noted with an event."""

    __tablename__ = "ticket_work"
    __table_args__ = (Index("ix_ticket_work_worked", "worked_epoch"),)

    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    opening: Mapped[int] = mapped_column(SmallInteger)
    person: Mapped[str] = mapped_column(String(LONGEST_NAME))
    worked_epoch: Mapped[int] = mapped_column(BigInteger)
    minutes: Mapped[int]
