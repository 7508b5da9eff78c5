"""A ticket's events -> what reports count of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from kb_service.tickets.clocks import ClockName, ClockState, SLATarget, resolution_status
from kb_service.tickets.history import Standing, TicketEvent, advance
from kb_service.tickets.lifecycle import FINAL_STATES, Action, TicketKind
from kb_service.tickets.promises import Promise, judge_all
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketRow

_RULES = "1"
"""Raised whenever this file counts something in another way: what was derived before is derived again."""


@dataclass(frozen=True)
class Derived:
    """Rows of `TicketFactRow` and `TicketWorkRow`, as mappings."""

    facts: list[dict[str, Any]]
    work: list[dict[str, Any]]


def fingerprint_of(levels: ServiceLevels) -> str:
    return f"{_RULES}-{levels.fingerprint}"


def derive(row: TicketRow, events: Sequence[TicketEvent], levels: ServiceLevels) -> Derived:
    """Depends on nothing but its arguments, the moment of the call least of all.

    Of ``row``, what never changes: key, kind, channel, product, contract.
    """
    starts = [index for index, event in enumerate(events) if event.action in (Action.CREATE, Action.REOPEN)]
    ends = [*starts[1:], len(events)]
    standings = list(_iter_standings(TicketKind(row.kind), events))
    facts: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []
    for opening, (low, high) in enumerate(zip(starts, ends, strict=True), start=1):
        facts.append(
            {
                "ticket_key": row.id,
                "opening": opening,
                "fingerprint": fingerprint_of(levels),
                "kind": row.kind,
                "channel": row.channel,
                "product": row.product,
                "came_back": high < len(events),
                **_opening(events[low:high], standings[low:high]),
                **_promises(row, events[:high], standings[high - 1], levels),
            }
        )
        work.extend(
            {
                "ticket_key": row.id,
                "sequence": event.sequence,
                "opening": opening,
                "person": event.actor,
                "worked_epoch": _epoch(event.at),
                "minutes": event.fields["minutes_worked"],
            }
            for event in events[low:high]
            if event.fields.get("minutes_worked")
        )
    return Derived(facts, work)


def _iter_standings(kind: TicketKind, events: Sequence[TicketEvent]) -> Iterator[Standing]:
    standing = None
    for event in events:
        standing = advance(kind, standing, event)
        yield standing


def _opening(events: Sequence[TicketEvent], standings: Sequence[Standing]) -> dict[str, Any]:
    last = standings[-1]
    # An opening holds one end at most; comments and ratings may follow it.
    ended = next((standing for standing in standings if standing.state in FINAL_STATES), None)
    rated = next((event for event in reversed(events) if event.action is Action.RATE), None)
    return {
        "sequence": last.sequence,
        "category": last.category,
        "priority": last.priority,
        "assignee": last.assignee,
        "opened_epoch": _epoch(events[0].at),
        "ended_epoch": _epoch(ended.changed_at) if ended else None,
        "last_epoch": _epoch(last.changed_at),
        "end_state": ended.state.value if ended else None,
        "escalated": any(event.action is Action.ESCALATE for event in events),
        "rated_epoch": _epoch(rated.at) if rated else None,
        "satisfaction": rated.fields["satisfaction"] if rated else None,
    }


def _promises(row: TicketRow, events: Sequence[TicketEvent], last: Standing, levels: ServiceLevels) -> dict[str, Any]:
    kind, now = last.kind, last.changed_at
    promises = judge_all(kind, row.contract, last.priority, events, levels, now)
    response, resolution = promises[ClockName.RESPONSE], promises[ClockName.RESOLUTION]
    answered, working = response.status, None
    if answered.met_at is not None:
        working = levels.calendar.working_time(answered.started_at, answered.met_at).total_seconds()
    found = _promise("response", response, working)
    working = None
    if resolution.status.met_at is not None:
        in_working_time = SLATarget(resolution.target.target.amount, in_working_time=True)
        working = resolution_status(kind, events, in_working_time, levels.calendar, now).used.total_seconds()
    return found | _promise("resolution", resolution, working)


def _promise(name: str, promise: Promise, working_seconds: float | None) -> dict[str, Any]:
    status = promise.status
    kept = status.met_at is not None
    owed = status.state is not ClockState.VOID and status.due_at is not None
    return {
        f"{name}_epoch": _epoch(status.met_at) if status.met_at else None,
        f"{name}_due_epoch": _epoch(status.due_at) if owed and status.due_at else None,
        f"{name}_target_seconds": int(status.target.amount.total_seconds()),
        f"{name}_used_seconds": int(status.used.total_seconds()) if kept else None,
        f"{name}_working_seconds": None if working_seconds is None else int(working_seconds),
        f"{name}_met": status.state is ClockState.MET if kept else None,
    }


def _epoch(moment: datetime) -> int:
    return floor(moment.timestamp())
