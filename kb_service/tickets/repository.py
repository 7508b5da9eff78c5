"""Reads and writes tickets; each method is a part of the session's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kb_service.tickets.history import Standing, TicketEvent
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState
from kb_service.tickets.tables import IdempotencyKeyRow, TicketEventRow, TicketRow

_FOLLOWS_STANDING = (
    "category",
    "priority",
    "assignee",
    "level",
    "cause",
    "solution",
    "satisfaction",
    "minutes_worked",
    "reopened",
    "created_at",
    "changed_at",
)


class TicketRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: int) -> TicketRow | None:
        return self._session.get(TicketRow, key)

    def find_by_origin(self, source: str, external_id: str) -> TicketRow | None:
        query = select(TicketRow).where(TicketRow.source == source, TicketRow.external_id == external_id)
        return self._session.scalars(query).one_or_none()

    def find_for_change(self, key: int) -> TicketRow | None:
        """The ticket, which nobody else changes until the transaction ends.

        The update that changes nothing takes the lock on SQLite and PostgreSQL alike, before anything is read.
        """
        self._session.execute(update(TicketRow).where(TicketRow.id == key).values(sequence=TicketRow.sequence))
        return self._session.get(TicketRow, key, populate_existing=True)

    def find_all_for_change(self, keys: Sequence[int]) -> list[TicketRow | None]:
        """As `find_for_change`, in the order of the keys; taken in one order, so that no two wait for each other."""
        found = {key: self.find_for_change(key) for key in sorted(set(keys))}
        return [found[key] for key in keys]

    def add(self, row: TicketRow, event: TicketEvent) -> None:
        self._session.add(row)
        self._session.flush()
        self._add_event(row, event)

    def append(self, row: TicketRow, event: TicketEvent, standing: Standing) -> None:
        """Note an event and where it leads."""
        write_standing(row, standing)
        self._add_event(row, event)

    def events(self, key: int) -> list[TicketEvent]:
        """In the order they happened."""
        return self.events_of([key])[key]

    def events_of(self, keys: Sequence[int]) -> dict[int, list[TicketEvent]]:
        """Each ticket's events, in the order they happened."""
        found: dict[int, list[TicketEvent]] = {key: [] for key in keys}
        row = TicketEventRow
        # Columns and not rows of the session: of hundreds of events, those would take half of the time.
        query = select(row.ticket_key, row.sequence, row.action, row.actor, row.at, row.fields)
        ordered = query.where(row.ticket_key.in_(keys)).order_by(row.ticket_key, row.sequence)
        for key, sequence, action, actor, at, fields in self._session.execute(ordered):
            found[key].append(TicketEvent(sequence, Action(action), actor, at, fields))
        return found

    def find_page(
        self,
        *,
        states: Sequence[TicketState] = (),
        kinds: Sequence[TicketKind] = (),
        assignee: str | None = None,
        due_before: datetime | None = None,
        follow_up: bool = False,
        before: int | None = None,
        limit: int,
    ) -> list[TicketRow]:
        """The newest first; ``before`` is the key of the last one of the page ahead."""
        query = select(TicketRow).order_by(TicketRow.id.desc()).limit(limit)
        if states:
            query = query.where(TicketRow.state.in_(state.value for state in states))
        if kinds:
            query = query.where(TicketRow.kind.in_(kind.value for kind in kinds))
        if assignee is not None:
            query = query.where(TicketRow.assignee == assignee)
        if due_before is not None:
            due = (TicketRow.response_due_at, TicketRow.proposal_due_at, TicketRow.resolution_due_at)
            query = query.where(or_(*(moment < due_before for moment in due)))
        if follow_up:
            query = query.where(TicketRow.follow_up_due_at.is_not(None))
        if before is not None:
            query = query.where(TicketRow.id < before)
        return list(self._session.scalars(query))

    def find_to_check(self, moment: datetime, limit: int) -> list[int]:
        """Keys of tickets whose clocks have to be looked at by then, the longest due first."""
        query = select(TicketRow.id).where(TicketRow.check_at <= moment).order_by(TicketRow.check_at, TicketRow.id)
        return list(self._session.scalars(query.limit(limit)))

    def have_checked(self, states: Collection[TicketState], moment: datetime) -> None:
        """Have the clocks of all tickets in these states looked at from that moment on."""
        wanted = TicketRow.state.in_([state.value for state in states])
        self._session.execute(update(TicketRow).where(wanted).values(check_at=moment))

    def find_request(self, key: str) -> IdempotencyKeyRow | None:
        return self._session.get(IdempotencyKeyRow, key)

    def keep_request(self, key: str, digest: str, row: TicketRow, at: datetime) -> None:
        self._session.add(IdempotencyKeyRow(key=key, request_digest=digest, ticket_key=row.id, at=at))

    def _add_event(self, row: TicketRow, event: TicketEvent) -> None:
        self._session.add(
            TicketEventRow(
                ticket_key=row.id,
                sequence=event.sequence,
                action=event.action.value,
                actor=event.actor,
                at=event.at,
                fields=event.fields,
            )
        )


def read_standing(row: TicketRow) -> Standing:
    """Where the row says that the ticket stands."""
    values = {name: getattr(row, name) for name in _FOLLOWS_STANDING}
    return Standing(TicketKind(row.kind), TicketState(row.state), row.sequence, **values)


def write_standing(row: TicketRow, standing: Standing) -> None:
    row.state, row.sequence = standing.state.value, standing.sequence
    for name in _FOLLOWS_STANDING:
        setattr(row, name, getattr(standing, name))
