"""A ticket's events -> where it stands. The events are the truth; the columns of a ticket only repeat this."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any

from kb_service.tickets.lifecycle import Action, TicketKind, TicketState, find_transition

FIRST_LINE = 1

_CARRIED = ("category", "priority", "assignee", "cause", "solution", "satisfaction")
"""Fields of an event that the ticket takes over as they are."""


@dataclass(frozen=True)
class TicketEvent:
    """Something that happened to a ticket; never changed afterwards.

    Attributes:
        sequence: 1 for the creation, then without a gap.
        at: aware moment, never before the event ahead of it.
        fields: what the action came with: category, priority, assignee, reason, text, …
    """

    sequence: int
    action: Action
    actor: str
    at: datetime
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands after some of its events.

    Attributes:
        sequence: of the last event; whoever changes the ticket says which one they have seen.
        level: the line of support that has it.
        reopened: how often.
    """

    kind: TicketKind
    state: TicketState
    sequence: int
    created_at: datetime
    changed_at: datetime
    category: str | None = None
    priority: str | None = None
    assignee: str | None = None
    level: int = FIRST_LINE
    cause: str | None = None
    solution: str | None = None
    satisfaction: int | None = None
    minutes_worked: int = 0
    reopened: int = 0


class IllegalEventError(ValueError):
    """An event that cannot follow the ones before it.

    Attributes:
        missing: fields that the action cannot go without.
        unfitting: fields that have no place in the action. Both are empty where the action itself is not allowed.
    """

    def __init__(self, message: str, missing: tuple[str, ...] = (), unfitting: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing
        self.unfitting = unfitting


def replay(kind: TicketKind, events: Iterable[TicketEvent]) -> Standing | None:
    """Where the ticket stands after all its events; None without any.

    Raises:
        IllegalEventError: an event cannot follow the ones before it.
    """
    return reduce(lambda standing, event: advance(kind, standing, event), events, None)


def advance(kind: TicketKind, standing: Standing | None, event: TicketEvent) -> Standing:
    """Where the ticket stands after one event more.

    Raises:
        IllegalEventError: the action is not allowed here, lacks a field or has one that does not fit, is out of order
            or goes back in time.
    """
    transition = find_transition(kind, standing.state if standing else None, event.action)
    if transition is None:
        raise IllegalEventError(f"{event.action} from {standing.state if standing else 'nothing'}")
    missing = tuple(name for name in transition.required if event.fields.get(name) in (None, "", []))
    if missing:
        raise IllegalEventError(f"{event.action} without {', '.join(missing)}", missing)
    unfitting = tuple(name for name in event.fields if name not in transition.fields)
    if unfitting:
        raise IllegalEventError(f"{event.action} with {', '.join(unfitting)}", unfitting=unfitting)
    if event.sequence != (standing.sequence if standing else 0) + 1:
        raise IllegalEventError(f"event {event.sequence} follows {standing.sequence if standing else 0}")
    if standing is None:
        return Standing(kind, TicketState.NEW, event.sequence, event.at, event.at)
    if event.at < standing.changed_at:
        raise IllegalEventError(f"{event.at} is before {standing.changed_at}")
    taken: dict[str, Any] = {name: event.fields[name] for name in _CARRIED if event.fields.get(name) is not None}
    return replace(
        standing,
        state=transition.target or standing.state,
        sequence=event.sequence,
        changed_at=event.at,
        level=event.fields.get("to_level", standing.level),
        minutes_worked=standing.minutes_worked + int(event.fields.get("minutes_worked", 0)),
        reopened=standing.reopened + (event.action is Action.REOPEN),
        **taken,
    )
