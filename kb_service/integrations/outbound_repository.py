"""Reads ticket events to be told, and writes where their deliveries stand; each method is part of a transaction."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from kb_service.integrations.tables import ClockAlertRow, OutboundDeliveryRow, SubscriptionCursorRow
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.tables import TicketEventRow, TicketRow

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


class OutboundRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find_cursor(self, subscription: str) -> SubscriptionCursorRow | None:
        return self._session.get(SubscriptionCursorRow, subscription)

    def add_cursor(self, subscription: str, event_key: int) -> SubscriptionCursorRow:
        row = SubscriptionCursorRow(subscription=subscription, event_key=event_key)
        self._session.add(row)
        return row

    def find_settled_key(self, after: int, settled_before: datetime) -> int:
        """The last event before the first one that is younger than ``settled_before``."""
        keys = TicketEventRow.id > after
        young = self._session.scalar(
            select(func.min(TicketEventRow.id)).where(keys, TicketEventRow.at >= settled_before)
        )
        if young is not None:
            return young - 1
        return self._session.scalar(select(func.max(TicketEventRow.id)).where(keys)) or after

    def find_unplanned(
        self, subscription: str, after: int, actions: Collection[Action], limit: int
    ) -> list[TicketEventRow]:
        """Events that the subscription asked for and that have no delivery yet, in order."""
        planned = exists().where(
            OutboundDeliveryRow.subscription == subscription, OutboundDeliveryRow.event_key == TicketEventRow.id
        )
        query = select(TicketEventRow).where(
            TicketEventRow.id > after, TicketEventRow.action.in_([action.value for action in actions]), ~planned
        )
        return list(self._session.scalars(query.order_by(TicketEventRow.id).limit(limit)))

    def plan(self, subscription: str, told: TicketEventRow | ClockAlertRow, now: datetime) -> None:
        self._session.add(
            OutboundDeliveryRow(
                subscription=subscription,
                event_key=told.id if isinstance(told, TicketEventRow) else None,
                alert_key=told.id if isinstance(told, ClockAlertRow) else None,
                ticket_key=told.ticket_key,
                webhook_id=f"msg_{uuid.uuid4().hex}",
                state=PENDING,
                attempts=0,
                next_attempt_at=now,
            )
        )

    def find_due(self, subscription: str, now: datetime, limit: int) -> list[OutboundDeliveryRow]:
        """Alerts, and of each ticket the first event that is still to be delivered, where they are due."""
        row, earlier = OutboundDeliveryRow, aliased(OutboundDeliveryRow)
        waits = exists().where(
            earlier.subscription == row.subscription,
            earlier.ticket_key == row.ticket_key,
            earlier.event_key < row.event_key,
            earlier.state == PENDING,
        )
        query = select(row).where(
            row.subscription == subscription, row.state == PENDING, row.next_attempt_at <= now, ~waits
        )
        return list(self._session.scalars(query.order_by(row.event_key.nulls_first(), row.id).limit(limit)))

    def book_attempt(self, row: OutboundDeliveryRow, next_attempt_at: datetime) -> bool:
        """Take an attempt; False where somebody else has taken it."""
        result = self._session.execute(
            update(OutboundDeliveryRow)
            .where(
                OutboundDeliveryRow.id == row.id,
                OutboundDeliveryRow.state == PENDING,
                OutboundDeliveryRow.attempts == row.attempts,
            )
            .values(attempts=row.attempts + 1, next_attempt_at=next_attempt_at)
            .returning(OutboundDeliveryRow.id)
        )
        return result.one_or_none() is not None

    def settle(self, key: int, attempts: int, state: str, error: str | None) -> None:
        """Note how an attempt ended, unless the delivery was put back meanwhile."""
        self._session.execute(
            update(OutboundDeliveryRow)
            .where(OutboundDeliveryRow.id == key, OutboundDeliveryRow.attempts == attempts)
            .values(state=state, last_error=error)
        )

    def get_content(self, row: OutboundDeliveryRow) -> tuple[TicketEventRow | ClockAlertRow, TicketRow]:
        told: TicketEventRow | ClockAlertRow = (
            self._session.get_one(TicketEventRow, row.event_key)
            if row.event_key is not None
            else self._session.get_one(ClockAlertRow, row.alert_key)
        )
        return told, self._session.get_one(TicketRow, row.ticket_key)

    def find_dead(self, before: int | None, limit: int) -> list[OutboundDeliveryRow]:
        """The newest first."""
        query = select(OutboundDeliveryRow).where(OutboundDeliveryRow.state == DEAD)
        if before is not None:
            query = query.where(OutboundDeliveryRow.id < before)
        return list(self._session.scalars(query.order_by(OutboundDeliveryRow.id.desc()).limit(limit)))

    def delete_delivered(self, before: datetime) -> int:
        """Delete what was taken before that moment; how much it was.

        Of a subscription's events, those past its cursor stay: their deliveries tell that they are planned already.
        The next attempt, which a delivery that was taken still names, is a little after the last.
        """
        row, cursor = OutboundDeliveryRow, SubscriptionCursorRow
        settled = select(cursor.event_key).where(cursor.subscription == row.subscription).scalar_subquery()
        done = delete(row).where(
            row.state == DELIVERED,
            row.next_attempt_at < before,
            row.event_key.is_(None) | (row.event_key <= settled),
        )
        return cast("CursorResult[Any]", self._session.execute(done)).rowcount

    def put_back(self, key: int, now: datetime) -> OutboundDeliveryRow | None:
        """Have a dead letter sent again from the start; None where there is none."""
        changed = self._session.execute(
            update(OutboundDeliveryRow)
            .where(OutboundDeliveryRow.id == key, OutboundDeliveryRow.state == DEAD)
            .values(state=PENDING, attempts=0, next_attempt_at=now)
            .returning(OutboundDeliveryRow.id)
        )
        if changed.one_or_none() is None:
            return None
        return self._session.get(OutboundDeliveryRow, key, populate_existing=True)
