"""Takes foreign webhooks: checks them, reads them, and has the tickets follow. Each delivery counts once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.configuration import Connection, Integrations
from kb_service.integrations.errors import ReplayedError, UnreadablePayloadError
from kb_service.integrations.inbound_repository import find_body, find_delivery, find_newest_change
from kb_service.integrations.models import Outcome, WebhookAnswer
from kb_service.integrations.payloads import digest, parse_object
from kb_service.integrations.signatures import Headers
from kb_service.integrations.steps import Step, choose_step, note_instead
from kb_service.integrations.systems.registry import SYSTEMS, ForeignSystem
from kb_service.integrations.tables import WebhookDeliveryRow
from kb_service.integrations.wording import build_action, build_ticket_request, fit_text
from kb_service.tickets.errors import ReopenTooLateError, StaleTicketError, TakenOverError
from kb_service.tickets.models import Origin
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.service import TicketService
from kb_service.tickets.tables import LONGEST_NAME

MOST_BODY_BYTES = 1_048_576
_MOST_TRIES = 50
"""Of those who change a ticket at once one succeeds each time, so this many may come together."""


@dataclass(frozen=True)
class _Delivery:
    """A webhook that was found genuine; ``at`` is when it happened there, at the latest now."""

    connection: str
    change: InboundChange
    body_digest: str | None
    at: datetime
    received_at: datetime

    @property
    def origin(self) -> Origin:
        return Origin(source=self.connection, external_id=self.change.external_id)

    def row(self, step: Step, ticket_key: int | None) -> WebhookDeliveryRow:
        return WebhookDeliveryRow(
            connection=self.connection,
            delivery_id=self.change.delivery_id,
            body_digest=self.body_digest,
            external_id=self.change.external_id,
            changed_at=self.at,
            received_at=self.received_at,
            outcome=step.outcome.value,
            reason=step.reason,
            ticket_key=ticket_key,
        )


class InboundService:
    """Safe to call from several threads. ``now`` gives the moment at which a webhook arrives."""

    def __init__(
        self, engine: Engine, tickets: TicketService, integrations: Integrations, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._tickets = tickets
        self._integrations = integrations
        self._now = now

    def receive(self, name: str, headers: Headers, body: bytes) -> tuple[WebhookAnswer, bool]:
        """Take a webhook; also tells whether it made a ticket just now.

        The ticket's change and the note of the delivery are one transaction: the same delivery again, even at the same
        moment, gets the answer of the first and changes nothing. What comes out of order is noted as passed over.

        Raises:
            ConnectionNotFoundError, BadSignatureError, StaleWebhookError: before anything of the body is read.
            UnreadablePayloadError: it is not what the system sends.
            ReplayedError: the same body came under another delivery id.
        """
        connection = self._integrations.get_connection(name)
        system = SYSTEMS[connection.system]
        now = self._now()
        tolerance_seconds = connection.clock_tolerance_seconds or system.tolerance_seconds
        system.verify(headers, body, connection.secret, now, tolerance_seconds)
        delivery = _read(connection, system, headers, body, now)
        for _ in range(_MOST_TRIES):
            if (kept := self._find_kept(delivery)) is not None:
                return kept, False
            try:
                return self._apply(delivery)
            except (IntegrityError, StaleTicketError, TakenOverError) as error:
                # Another delivery came between; the next round sees what it did.
                last = error
        raise last

    def _find_kept(self, delivery: _Delivery) -> WebhookAnswer | None:
        """The answer that this delivery was given before."""
        with Session(self._engine) as session:
            row = find_delivery(session, delivery.connection, delivery.change.delivery_id)
            if row is None and delivery.body_digest:
                row = find_body(session, delivery.connection, delivery.body_digest)
            if row is None:
                return None
            # Between the two questions this very delivery may have been taken.
            if row.delivery_id != delivery.change.delivery_id:
                raise ReplayedError(row.delivery_id)
            ticket_id = f"{ID_PREFIX}{row.ticket_key}" if row.ticket_key is not None else None
            return WebhookAnswer(ticket_id=ticket_id, outcome=Outcome(row.outcome), reason=row.reason)

    def _apply(self, delivery: _Delivery) -> tuple[WebhookAnswer, bool]:
        change = delivery.change
        ticket = self._tickets.find_by_origin(delivery.origin)
        if ticket is None:
            if change.happening is Happening.CREATED:
                return self._create(delivery), True
            return self._pass_over(delivery, Step(Outcome.PASSED_OVER, reason="还没有收到该工单的登记"), None), False
        step = choose_step(ticket, change, is_late=self._is_late(delivery))
        if step.action is None:
            return self._pass_over(delivery, step, ticket.ticket_id), False
        try:
            return self._act(delivery, step, ticket.ticket_id, ticket.sequence), False
        except ReopenTooLateError as error:
            return self._act(delivery, note_instead(change, error.detail), ticket.ticket_id, ticket.sequence), False

    def _create(self, delivery: _Delivery) -> WebhookAnswer:
        step = Step(Outcome.CREATED)
        request = build_ticket_request(delivery.connection, delivery.change)
        ticket = self._tickets.create(
            request, origin=delivery.origin, also=lambda session, key: session.add(delivery.row(step, key))
        )
        return WebhookAnswer(ticket_id=ticket.ticket_id, outcome=step.outcome, reason=None)

    def _act(self, delivery: _Delivery, step: Step, ticket_id: str, sequence: int) -> WebhookAnswer:
        request = build_action(delivery.connection, delivery.change, step, sequence)
        self._tickets.act(ticket_id, request, also=lambda session, key: session.add(delivery.row(step, key)))
        return WebhookAnswer(ticket_id=ticket_id, outcome=step.outcome, reason=step.reason)

    def _pass_over(self, delivery: _Delivery, step: Step, ticket_id: str | None) -> WebhookAnswer:
        with Session(self._engine) as session, session.begin():
            session.add(delivery.row(step, int(ticket_id.removeprefix(ID_PREFIX)) if ticket_id else None))
        return WebhookAnswer(ticket_id=ticket_id, outcome=step.outcome, reason=step.reason)

    def _is_late(self, delivery: _Delivery) -> bool:
        with Session(self._engine) as session:
            newest = find_newest_change(session, delivery.connection, delivery.change.external_id)
        return newest is not None and delivery.at < newest


def _read(connection: Connection, system: ForeignSystem, headers: Headers, body: bytes, now: datetime) -> _Delivery:
    change = system.read(headers, parse_object(body))
    for field, value in (("工单编号", change.external_id), ("投递编号", change.delivery_id)):
        if not 0 < len(value.strip()) <= LONGEST_NAME or "\0" in value:
            raise UnreadablePayloadError(field, f"应为 1 到 {LONGEST_NAME} 个字符")
    change = replace(change, external_id=change.external_id.strip(), description=fit_text(change.description))
    # A clock that is ahead must not make all that follows look late.
    at = min(change.at or now, now)
    return _Delivery(connection.name, change, None if system.id_is_trusted else digest(body), at, now)
