"""Looks up the webhooks that were taken."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb_service.integrations.models import Outcome
from kb_service.integrations.tables import WebhookDeliveryRow as Row


def find_delivery(session: Session, connection: str, delivery_id: str) -> Row | None:
    query = select(Row).where(Row.connection == connection, Row.delivery_id == delivery_id)
    return session.scalars(query).one_or_none()


def find_body(session: Session, connection: str, body_digest: str) -> Row | None:
    query = select(Row).where(Row.connection == connection, Row.body_digest == body_digest)
    return session.scalars(query).one_or_none()


def find_newest_change(session: Session, connection: str, external_id: str) -> datetime | None:
    """When, by the foreign system's clock, the newest change of a ticket happened that was followed here."""
    query = select(func.max(Row.changed_at)).where(
        Row.connection == connection, Row.external_id == external_id, Row.outcome != Outcome.PASSED_OVER.value
    )
    return session.scalar(query)
