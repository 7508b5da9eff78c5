"""What a ticket's customer was promised, and how far it was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb_service.tickets.clocks import ClockName, SLAStatus, proposal_status, resolution_status, response_status
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.service_levels import ServiceLevels, Target

_Find = Callable[[TicketKind, str | None, str | None], Target]
"""Kind, priority and contract -> what is promised."""


@dataclass(frozen=True)
class Promise:
    """What was kept is judged by what was promised then, whatever the priority became later."""

    target: Target
    status: SLAStatus


def judge_all(
    kind: TicketKind,
    contract: str | None,
    priority: str | None,
    events: Sequence[TicketEvent],
    levels: ServiceLevels,
    now: datetime,
) -> dict[ClockName, Promise]:
    """Every promise that a ticket of this kind has; ``priority`` is the one after the last event."""
    clocks: dict[ClockName, tuple[_Find, Callable[..., SLAStatus]]] = {
        ClockName.RESPONSE: (levels.response, response_status),
        ClockName.RESOLUTION: (levels.resolution, resolution_status),
    }
    if kind is TicketKind.PRESALES_REQUEST:
        clocks[ClockName.PROPOSAL] = (levels.proposal, proposal_status)
    return {
        name: _judge(find, status_of, kind, contract, priority, events, levels, now)
        for name, (find, status_of) in clocks.items()
    }


def _judge(
    find: _Find,
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
