"""What a ticket's customer was promised, and how far it was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb_service.tickets.clocks import ClockName, SLAStatus, proposal_status, resolution_status, response_status
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.service_levels import ServiceLevels, Target


@dataclass(frozen=True)
class Promise:
    """What was kept is judged by what was promised then, whatever the priority became later."""

    target: Target
    status: SLAStatus


def judge_response(
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> Promise:
    """``priority`` is the one after the last event."""
    return _judge(levels.response, response_status, kind, contract, priority, events, levels, now)


def judge_resolution(
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> Promise:
    """``priority`` is the one after the last event."""
    return _judge(levels.resolution, resolution_status, kind, contract, priority, events, levels, now)


def judge_proposal(
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> Promise:
    """Of a presales request. ``priority`` is the one after the last event."""
    return _judge(levels.proposal, proposal_status, kind, contract, priority, events, levels, now)


def judge_all(
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> dict[ClockName, Promise]:
    """Every promise that a ticket of this kind has; ``priority`` is the one after the last event."""
    of = (kind, contract, priority, events, levels, now)
    promises = {ClockName.RESPONSE: judge_response(*of), ClockName.RESOLUTION: judge_resolution(*of)}
    if kind is TicketKind.PRESALES_REQUEST:
        promises[ClockName.PROPOSAL] = judge_proposal(*of)
    return promises


def _judge(
    find: Callable[[TicketKind, str | None, str | None], Target],
    status_of: Callable[..., SLAStatus],
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> Promise:
    target = find(kind, priority, contract)
    status = status_of(kind, events, target.target, levels.calendar, now)
    if status.met_at is None:
        return Promise(target, status)
    promised = find(kind, _priority_at(kind, events, status.met_at), contract)
    if promised == target:
        return Promise(target, status)
    return Promise(promised, status_of(kind, events, promised.target, levels.calendar, now))


def _priority_at(kind: TicketKind, events: Sequence[TicketEvent], moment: datetime) -> str | None:
    standing = replay(kind, [event for event in events if event.at <= moment])
    return standing.priority if standing else None
