"""The tickets' tables. Events are the truth and are never changed; a ticket's row repeats where they lead."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base, UtcMoment
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState

HIGHEST_KEY = 2**31 - 1
"""What the databases' integers hold."""
LONGEST_NAME = 200
"""Characters of a customer, a person, a product, a key."""


def one_of(column: str, values: type[StrEnum]) -> str:
    """The condition that a column holds one of them."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class TicketRow(Base):
    """A request for help. ``sequence`` is that of its last event, and the version for whoever wants to change it."""

    __tablename__ = "tickets"
    __table_args__ = (
        # A foreign system's ticket is taken over once.
        UniqueConstraint("source", "external_id", name="uq_tickets_external"),
        CheckConstraint(one_of("kind", TicketKind), name="kind"),
        CheckConstraint(one_of("state", TicketState), name="state"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5", name="satisfaction"),
        CheckConstraint("(external_id IS NULL) = (source IS NULL)", name="external"),
        Index("ix_tickets_queue", "state", "changed_at"),
        Index("ix_tickets_assignee", "assignee", "state"),
        Index("ix_tickets_created", "created_at"),
        Index("ix_tickets_response_due", "response_due_at"),
        Index("ix_tickets_proposal_due", "proposal_due_at"),
        Index("ix_tickets_resolution_due", "resolution_due_at"),
        Index("ix_tickets_follow_up", "follow_up_due_at"),
        Index("ix_tickets_check", "check_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    customer: Mapped[str] = mapped_column(String(LONGEST_NAME))
    channel: Mapped[str] = mapped_column(String(32))
    product: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    contract: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    state: Mapped[str] = mapped_column(String(32))
    sequence: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    priority: Mapped[str | None] = mapped_column(String(8))
    assignee: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    level: Mapped[int] = mapped_column(SmallInteger)
    cause: Mapped[str | None] = mapped_column(Text)
    solution: Mapped[str | None] = mapped_column(Text)
    satisfaction: Mapped[int | None] = mapped_column(SmallInteger)
    minutes_worked: Mapped[int]
    reopened: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)
    response_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """None where nothing is owed: the promise is kept, its clock stands still, or the ticket has ended."""
    proposal_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    resolution_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    follow_up_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When the customer has to be asked for a score, or a low one has to be reviewed."""
    check_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """When somebody has to look whether a clock warns or is breached; None where time alone changes nothing."""


class TicketEventRow(Base):
    """Something that happened to a ticket. The database refuses to change or delete a row."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        # Of two who change a ticket at once, one loses here and nothing of theirs is written.
        UniqueConstraint("ticket_key", "sequence", name="uq_ticket_events_sequence"),
        CheckConstraint(one_of("action", Action), name="action"),
        CheckConstraint("sequence >= 1", name="sequence"),
        Index("ix_ticket_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    sequence: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(LONGEST_NAME))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class IdempotencyKeyRow(Base):
    """A request that was carried out: the same key and request again change nothing."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
