"""Tells subscribers of ticket events and of clocks: at least once, events in the order of each ticket, until given up.

The events themselves are what is to be sent; tickets write nothing for it. Clocks tell nothing by themselves: whoever
notices one plans its deliveries, see `kb_service.integrations.clock_alerts`. A delivery is a row of its own, with the
next attempt in it, so that a stop of the service loses nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.integrations.configuration import Subscription
from kb_service.integrations.errors import DeliveryNotFoundError
from kb_service.integrations.event_body import build_body, type_of
from kb_service.integrations.event_types import event_type
from kb_service.integrations.models import DeadLetter, DeadLetterPage
from kb_service.integrations.outbound_repository import DEAD, DELIVERED, PENDING, OutboundRepository
from kb_service.integrations.sending import NotTakenError, Sender
from kb_service.integrations.tables import OutboundDeliveryRow, SubscriptionCursorRow
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.presenting import ID_PREFIX

_logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
_FIRST_PAUSE_SECONDS = 10
_LONGEST_PAUSE_SECONDS = 8 * 3600
SETTLED_AFTER = timedelta(minutes=10)
"""After this long no transaction is open any more that has made an event.

On PostgreSQL a later event may be committed before an earlier one, so that a cursor at the highest number seen would
pass over the earlier. So the cursor stays behind all events younger than this, and those ahead of it are told apart by
their deliveries: what is already planned is not planned again.
"""
_BATCH = 200
_PURGED_EVERY = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 10 s, 40 s, 160 s … up to 8 hours, in all a little more than a day."""
    growth = 4 ** min(attempts - 1, MOST_ATTEMPTS)
    return timedelta(seconds=min(_FIRST_PAUSE_SECONDS * growth, _LONGEST_PAUSE_SECONDS))


class OutboundService:
    """Safe to call from several threads; one at a time delivers to a subscription."""

    def __init__(
        self,
        engine: Engine,
        subscriptions: tuple[Subscription, ...],
        sender: Sender,
        now: Callable[[], datetime],
        keep_delivered: timedelta = timedelta(days=90),
    ) -> None:
        self._engine = engine
        self.subscriptions = subscriptions
        self._sender = sender
        self._now = now
        self._keep_delivered = keep_delivered
        self._purged_at: datetime | None = None
        self._delivering = {subscription.name: Lock() for subscription in subscriptions}

    def begin(self, now: datetime) -> None:
        """Have subscriptions that are new learn of what happens from now on."""
        with Session(self._engine) as session, session.begin():
            outbound = OutboundRepository(session)
            for subscription in self.subscriptions:
                _cursor(outbound, subscription, now)

    def deliver_due(self, now: datetime) -> int:
        """Send to each subscription what is due; a failing one keeps none of the others waiting for its retries.

        Returns: how many deliveries were taken.
        """
        self.begin(now)
        return sum(self.deliver_due_to(subscription, now) for subscription in self.subscriptions)

    def deliver_due_to(self, subscription: Subscription, now: datetime) -> int:
        """Send to one subscription what is due, until nothing is or an attempt fails.

        A failed attempt ends the round, so that one that answers nobody costs one timeout and not one for each ticket.
        """
        with self._delivering[subscription.name]:
            while not self._plan(subscription, now):
                pass
            taken = 0
            while due := self._find_due(subscription, now):
                for row in due:
                    sent = self._attempt(subscription, row, now)
                    if sent is False:
                        return taken
                    taken += sent is True
            return taken

    def list_dead_letters(self, cursor: int | None = None, limit: int = 50) -> DeadLetterPage:
        """The newest first; ``cursor`` is the ``next_cursor`` of the page ahead."""
        with Session(self._engine) as session:
            outbound = OutboundRepository(session)
            rows = outbound.find_dead(cursor, limit + 1)
            shown = [_show(outbound, row) for row in rows[:limit]]
        return DeadLetterPage(dead_letters=shown, next_cursor=shown[-1].id if len(rows) > limit else None)

    def retry(self, key: int) -> DeadLetter:
        """Have a dead letter sent again, with all its attempts. Later events of its ticket may have gone ahead.

        Raises:
            DeliveryNotFoundError: no such dead letter.
        """
        with Session(self._engine) as session, session.begin():
            outbound = OutboundRepository(session)
            row = outbound.put_back(key, self._now())
            if row is None:
                raise DeliveryNotFoundError(key)
            return _show(outbound, row)

    def purge_delivered(self, now: datetime) -> int:
        """Once an hour, forget deliveries that were taken longer ago than they are kept. Dead letters stay.

        Returns: how many were forgotten.
        """
        if self._purged_at is not None and now - self._purged_at < _PURGED_EVERY:
            return 0
        with Session(self._engine) as session, session.begin():
            forgotten = OutboundRepository(session).delete_delivered(now - self._keep_delivered)
        self._purged_at = now
        return forgotten

    def close(self) -> None:
        self._sender.close()

    def _plan(self, subscription: Subscription, now: datetime) -> bool:
        """Plan a batch of events; whether that was all of them."""
        actions = [action for action in Action if subscription.wants(event_type(action))]
        with Session(self._engine) as session, session.begin():
            outbound = OutboundRepository(session)
            cursor = _cursor(outbound, subscription, now)
            # Asked for first: what is committed between the two queries is not yet settled.
            settled = outbound.find_settled_key(cursor.event_key, now - SETTLED_AFTER)
            events = outbound.find_unplanned(subscription.name, cursor.event_key, actions, _BATCH)
            for event in events:
                outbound.plan(subscription.name, event, now)
            if len(events) == _BATCH:
                return False
            cursor.event_key = settled
            return True

    def _find_due(self, subscription: Subscription, now: datetime) -> list[OutboundDeliveryRow]:
        with Session(self._engine) as session:
            return OutboundRepository(session).find_due(subscription.name, now, _BATCH)

    def _attempt(self, subscription: Subscription, row: OutboundDeliveryRow, now: datetime) -> bool | None:
        """Whether the subscriber took it; None where somebody else is at it."""
        attempts = row.attempts + 1
        with Session(self._engine) as session, session.begin():
            outbound = OutboundRepository(session)
            if not outbound.book_attempt(row, now + pause_after(attempts)):
                return None
            body = build_body(*outbound.get_content(row))
        error = None
        try:
            # No transaction is open while the other side takes its time.
            self._sender.send(subscription, row.webhook_id, body, now)
        except NotTakenError as failure:
            error = str(failure)
            _logger.warning("%s did not take %s (attempt %d): %s", subscription.name, row.webhook_id, attempts, error)
        state = DELIVERED if error is None else DEAD if attempts >= MOST_ATTEMPTS else PENDING
        with Session(self._engine) as session, session.begin():
            OutboundRepository(session).settle(row.id, attempts, state, error)
        return error is None


def _cursor(outbound: OutboundRepository, subscription: Subscription, now: datetime) -> SubscriptionCursorRow:
    found = outbound.find_cursor(subscription.name)
    return found or outbound.add_cursor(subscription.name, outbound.find_settled_key(0, now))


def _show(outbound: OutboundRepository, row: OutboundDeliveryRow) -> DeadLetter:
    told, ticket = outbound.get_content(row)
    return DeadLetter(
        id=row.id,
        subscription=row.subscription,
        webhook_id=row.webhook_id,
        ticket_id=f"{ID_PREFIX}{ticket.id}",
        type=type_of(told),
        at=told.at,
        attempts=row.attempts,
        last_error=row.last_error,
    )
