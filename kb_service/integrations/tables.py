"""What came in from foreign systems, and what has to go out to subscribers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base, UtcMoment
from kb_service.tickets.clocks import ClockName
from kb_service.tickets.tables import LONGEST_NAME, one_of

LONGEST_CONNECTION_NAME = 64


class WebhookDeliveryRow(Base):
    """A webhook that was taken: the same again changes nothing.

    ``body_digest`` is kept where the delivery id is not signed, and None elsewhere; None equals nothing.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("connection", "delivery_id", name="uq_webhook_deliveries_delivery"),
        UniqueConstraint("connection", "body_digest", name="uq_webhook_deliveries_body"),
        CheckConstraint("outcome IN ('created', 'applied', 'commented', 'passed_over')", name="outcome"),
        Index("ix_webhook_deliveries_ticket", "connection", "external_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    connection: Mapped[str] = mapped_column(String(LONGEST_CONNECTION_NAME))
    delivery_id: Mapped[str] = mapped_column(String(LONGEST_NAME))
    body_digest: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(LONGEST_NAME))
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)
    """When it happened there, by the foreign system's clock."""
    received_at: Mapped[datetime] = mapped_column(UtcMoment)
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    ticket_key: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))


class SubscriptionCursorRow(Base):
    """Every event up to this one is planned for the subscription, or is none that it asked for."""

    __tablename__ = "subscription_cursors"

    subscription: Mapped[str] = mapped_column(String(LONGEST_CONNECTION_NAME), primary_key=True)
    event_key: Mapped[int]


class ClockAlertRow(Base):
    """A clock that began to warn or was breached, told once for each moment at which it was due."""

    __tablename__ = "clock_alerts"
    __table_args__ = (
        UniqueConstraint("ticket_key", "clock", "due_at", "state", name="uq_clock_alerts_alert"),
        CheckConstraint(one_of("clock", ClockName), name="clock"),
        CheckConstraint("state IN ('warning', 'breached')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    clock: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    """When it was noticed."""
    target: Mapped[str] = mapped_column(Text)
    priority: Mapped[str | None] = mapped_column(String(8))
    assignee: Mapped[str | None] = mapped_column(String(LONGEST_NAME))


class OutboundDeliveryRow(Base):
    """A ticket's event, or the alert of a clock, on its way to a subscriber.

    ``next_attempt_at`` is set before each attempt: one may be cut off.
    """

    __tablename__ = "outbound_deliveries"
    __table_args__ = (
        UniqueConstraint("subscription", "event_key", name="uq_outbound_deliveries_event"),
        UniqueConstraint("subscription", "alert_key", name="uq_outbound_deliveries_alert"),
        CheckConstraint("(event_key IS NULL) <> (alert_key IS NULL)", name="what"),
        CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
        Index("ix_outbound_deliveries_due", "subscription", "state", "next_attempt_at"),
        Index("ix_outbound_deliveries_order", "subscription", "ticket_key", "event_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription: Mapped[str] = mapped_column(String(LONGEST_CONNECTION_NAME))
    event_key: Mapped[int | None] = mapped_column(ForeignKey("ticket_events.id"))
    alert_key: Mapped[int | None] = mapped_column(ForeignKey("clock_alerts.id"))
    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    webhook_id: Mapped[str] = mapped_column(String(64))
    """Sent with every attempt, so that the receiver can drop what it has already."""
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime] = mapped_column(UtcMoment)
    last_error: Mapped[str | None] = mapped_column(Text)
