"""Takes tickets in and moves them through the workflow; every change is one event in one transaction."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb_service.tickets.clocks import ClockName, closed_at
from kb_service.tickets.due_moments import write_due_moments
from kb_service.tickets.errors import (
    IllegalActionError,
    MissingFieldsError,
    OwnFollowUpError,
    ReopenTooLateError,
    ReusedKeyError,
    StaleTicketError,
    TakenOverError,
    TicketNotFoundError,
    UnfittingFieldsError,
)
from kb_service.tickets.follow_ups import FOLLOWING_UP, find_pointless, is_handler, list_handlers
from kb_service.tickets.history import IllegalEventError, Standing, TicketEvent, advance
from kb_service.tickets.lifecycle import NOTED, Action, TicketKind, TicketState
from kb_service.tickets.linking import LINKING, SEEN_FROM_THERE, Relation
from kb_service.tickets.models import (
    ActionRequest,
    Origin,
    Ticket,
    TicketEventItem,
    TicketHistory,
    TicketPage,
    TicketRequest,
)
from kb_service.tickets.presenting import ID_PREFIX, build_ticket, find_possible, ticket_key
from kb_service.tickets.repository import TicketRepository, read_standing, write_standing
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.step_fields import build_fields, get_linkable
from kb_service.tickets.tables import TicketRow
from kb_service.tickets.wording import ACTION_NAMES, FIELD_NAMING

_REOPENED_WITHIN = timedelta(days=7)
"""By the rules, a problem that comes back later is a new ticket."""

Observer = Callable[[Session, TicketRow, TicketEvent], None]
"""Told of a ticket's step within its transaction."""
_Record = Callable[[TicketRepository], tuple[TicketRow, TicketEvent]]

Also = Callable[[Session, int], None]
"""What a caller writes in the transaction of a change: all of it or nothing. Gets the ticket row's key."""


class TicketService:
    """``now`` gives the moment at which something happens. Safe to call from several threads."""

    def __init__(self, engine: Engine, levels: ServiceLevels, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._levels = levels
        self._now = now
        self._observers: list[Observer] = []

    def tell(self, observer: Observer) -> None:
        """Have ``observer`` called within the transaction of every step; what it raises undoes the step."""
        self._observers.append(observer)

    def create(
        self,
        request: TicketRequest,
        idempotency_key: str | None = None,
        *,
        origin: Origin | None = None,
        also: Also | None = None,
    ) -> Ticket:
        """Record a request for help; with a key that was used before, nothing is, and its ticket comes as it stands.

        Raises:
            ReusedKeyError: the key came with another request.
            TakenOverError: the foreign ticket of ``origin`` has a ticket here already.
        """
        digest = _digest("create", request)

        def record(tickets: TicketRepository) -> tuple[TicketRow, TicketEvent]:
            fields = request.model_dump(mode="json", exclude={"actor", "description", "kind"}, exclude_none=True)
            event = TicketEvent(1, Action.CREATE, request.actor, self._now(), fields)
            row = TicketRow(**request.model_dump(exclude={"actor", "kind"}), kind=request.kind.value)
            if origin is not None:
                if (known := tickets.find_by_origin(origin.source, origin.external_id)) is not None:
                    raise TakenOverError(f"{ID_PREFIX}{known.id}", origin.source, origin.external_id)
                row.source, row.external_id = origin.source, origin.external_id
            write_standing(row, advance(request.kind, None, event))
            tickets.add(row, event)
            return row, event

        return self._once(record, digest, idempotency_key, also)

    def act(
        self,
        ticket_id: str,
        request: ActionRequest,
        idempotency_key: str | None = None,
        *,
        also: Also | None = None,
    ) -> Ticket:
        """Take a ticket one step on.

        Raises:
            TicketNotFoundError: no such ticket.
            TicketLinkError: it cannot be linked to the other ticket, or is not linked to it.
            StaleTicketError: it has changed since the caller looked.
            IllegalActionError: the workflow does not allow the action now.
            MissingFieldsError: the action needs more fields.
            UnfittingFieldsError: it comes with fields that have no place in it.
            ReopenTooLateError: the ticket was closed too long ago.
            OwnFollowUpError: whoever handled the ticket does not ask how its customer liked it.
            ReusedKeyError: the key came with another request.
        """
        digest = _digest(ticket_id, request)

        def record(tickets: TicketRepository) -> tuple[TicketRow, TicketEvent]:
            linked = [request.other_ticket_id] if request.action in LINKING and request.other_ticket_id else []
            found, *others = tickets.find_all_for_change([ticket_key(one) for one in (ticket_id, *linked)])
            row = _found(found, ticket_id)
            if row.sequence != request.sequence:
                raise StaleTicketError(ticket_id, request.sequence, row.sequence)
            standing = read_standing(row)
            # The clock of the machine may be put back; a history never goes back.
            at = max(self._now(), standing.changed_at)
            events = tickets.events(row.id)
            if request.action is Action.REOPEN:
                closed = closed_at(standing.kind, events)
                if closed is not None and at - closed > _REOPENED_WITHIN:
                    raise ReopenTooLateError(ticket_id, _REOPENED_WITHIN.days)
            if request.action in FOLLOWING_UP and is_handler(request.actor, who := list_handlers(row.assignee, events)):
                raise OwnFollowUpError(request.actor, who)
            fields = build_fields(request, row, events)
            for other in others:
                fields["other_title"] = get_linkable(request, row, other, events).title
            event = TicketEvent(standing.sequence + 1, request.action, request.actor, at, fields)
            tickets.append(row, event, _advanced(standing, event, events))
            for other in others:
                self._note_link(tickets, _found(other, linked[0]), row, event)
            return row, event

        return self._once(record, digest, idempotency_key, also)

    def find_by_origin(self, origin: Origin) -> Ticket | None:
        """The ticket that a foreign system's ticket became."""
        with Session(self._engine) as session:
            tickets = TicketRepository(session)
            row = tickets.find_by_origin(origin.source, origin.external_id)
            return None if row is None else self._show(tickets, row)

    def note(self, session: Session, ticket_key: int, action: Action, actor: str, fields: Mapping[str, Any]) -> None:
        """Note in the caller's transaction something that happened to a ticket elsewhere, see `Transition.noted`."""
        tickets = TicketRepository(session)
        row = _found(tickets.find_for_change(ticket_key), f"{ID_PREFIX}{ticket_key}")
        given = {name: value for name, value in fields.items() if value is not None}
        self._append(tickets, row, action, actor, given)

    def _append(
        self, tickets: TicketRepository, row: TicketRow, action: Action, actor: str, given: dict[str, Any]
    ) -> None:
        standing = read_standing(row)
        at = max(self._now(), standing.changed_at)
        event = TicketEvent(standing.sequence + 1, action, actor, at, given)
        tickets.append(row, event, advance(standing.kind, standing, event))

    def _note_link(self, tickets: TicketRepository, row: TicketRow, linked: TicketRow, event: TicketEvent) -> None:
        """Note in a ticket what ``event`` of another one says about the two."""
        fields = {**event.fields, "other_ticket_id": f"{ID_PREFIX}{linked.id}", "other_title": linked.title}
        if event.action is Action.LINK:
            fields["relation"] = SEEN_FROM_THERE[Relation(event.fields["relation"])].value
        fields.pop("minutes_worked", None)  # counted once
        self._append(tickets, row, event.action, event.actor, fields)

    def get(self, ticket_id: str) -> Ticket:
        """
        Raises:
            TicketNotFoundError: no such ticket.
        """
        with Session(self._engine) as session:
            tickets = TicketRepository(session)
            return self._show(tickets, _found(tickets.find(ticket_key(ticket_id)), ticket_id))

    def history(self, ticket_id: str) -> TicketHistory:
        """
        Raises:
            TicketNotFoundError: no such ticket.
        """
        with Session(self._engine) as session:
            tickets = TicketRepository(session)
            row = _found(tickets.find(ticket_key(ticket_id)), ticket_id)
            items = [
                TicketEventItem(
                    sequence=event.sequence, action=event.action, actor=event.actor, at=event.at, fields=event.fields
                )
                for event in tickets.events(row.id)
            ]
        return TicketHistory(ticket_id=ticket_id, events=items)

    def list(
        self,
        *,
        states: Sequence[TicketState] = (),
        kinds: Sequence[TicketKind] = (),
        assignee: str | None = None,
        due_before: datetime | None = None,
        follow_up: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> TicketPage:
        """The newest first; ``cursor`` is the ``next_cursor`` of the page ahead.

        ``due_before`` leaves those for which something has to be done before that moment, ``follow_up`` those whose
        customer has to be asked for a score or whose low score has to be reviewed.
        """
        before = ticket_key(cursor) if cursor else None
        with Session(self._engine) as session:
            tickets = TicketRepository(session)
            rows = tickets.find_page(
                states=states,
                kinds=kinds,
                assignee=assignee,
                due_before=due_before,
                follow_up=follow_up,
                before=before,
                limit=limit + 1,
            )
            events = tickets.events_of([row.id for row in rows[:limit]])
            now = self._now()
            shown = [build_ticket(row, events[row.id], self._levels, now) for row in rows[:limit]]
        return TicketPage(tickets=shown, next_cursor=shown[-1].ticket_id if len(rows) > limit else None)

    def _once(self, record: _Record, digest: str, key: str | None, also: Also | None) -> Ticket:
        """Carry out ``record`` in a transaction, unless a request with this key was carried out before."""
        if key is not None and (before := self._carried_out(key, digest)) is not None:
            return before
        try:
            with Session(self._engine) as session, session.begin():
                tickets = TicketRepository(session)
                row, event = record(tickets)
                for observer in self._observers:
                    observer(session, row, event)
                ticket = self._show(tickets, row)
                clocks = {name: clock for name in ClockName if (clock := getattr(ticket, name)) is not None}
                write_due_moments(row, clocks, ticket.follow_up)
                row.check_at = row.changed_at
                if key is not None:
                    tickets.keep_request(key, digest, row, row.changed_at)
                if also is not None:
                    also(session, row.id)
                return ticket
        except (IntegrityError, StaleTicketError):
            # The same request came twice at once: the other one has been carried out.
            if key is not None and (before := self._carried_out(key, digest)) is not None:
                return before
            raise

    def _carried_out(self, key: str, digest: str) -> Ticket | None:
        with Session(self._engine) as session:
            tickets = TicketRepository(session)
            kept = tickets.find_request(key)
            if kept is None:
                return None
            if kept.request_digest != digest:
                raise ReusedKeyError(key)
            return self._show(tickets, _found(tickets.find(kept.ticket_key), f"{ID_PREFIX}{kept.ticket_key}"))

    def _show(self, tickets: TicketRepository, row: TicketRow) -> Ticket:
        return build_ticket(row, tickets.events(row.id), self._levels, self._now())


def _advanced(standing: Standing, event: TicketEvent, events: Sequence[TicketEvent]) -> Standing:
    """Where a requested step leads; ``events`` are those before it."""
    try:
        if event.action in NOTED or event.action in find_pointless(events):
            raise IllegalEventError(f"{event.action} is not for anybody to ask for")
        return advance(standing.kind, standing, event)
    except IllegalEventError as error:
        if error.missing:
            raise MissingFieldsError(
                ACTION_NAMES[event.action], FIELD_NAMING.name_all(event.action, error.missing)
            ) from error
        if error.unfitting:
            raise UnfittingFieldsError(
                ACTION_NAMES[event.action], FIELD_NAMING.name_all(event.action, error.unfitting)
            ) from error
        allowed = find_possible(standing.kind, standing.state, events)
        raise IllegalActionError(event.action, standing.state, allowed) from error


def _digest(of: str, request: BaseModel) -> str:
    return hashlib.sha256(f"{of}\0{request.model_dump_json()}".encode()).hexdigest()


def _found(row: TicketRow | None, ticket_id: str) -> TicketRow:
    if row is None:
        raise TicketNotFoundError(ticket_id)
    return row
