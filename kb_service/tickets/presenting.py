"""A ticket's row and events -> the ticket as callers see it at one moment."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from kb_service.tickets.clocks import ClockName
from kb_service.tickets.follow_ups import find_follow_up, find_pointless
from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState, allowed_actions
from kb_service.tickets.linking import build_links
from kb_service.tickets.models import Clock, FollowUpItem, Ticket, TicketLink
from kb_service.tickets.promises import Promise, judge_all
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import HIGHEST_KEY, TicketRow

ID_PREFIX = "T"

_COMPUTED = (
    "ticket_id",
    "kind",
    "state",
    "response",
    "proposal",
    "resolution",
    "links",
    "follow_up",
    "allowed_actions",
)


def build_ticket(row: TicketRow, events: Sequence[TicketEvent], levels: ServiceLevels, now: datetime) -> Ticket:
    kind, state = TicketKind(row.kind), TicketState(row.state)
    follow_up = find_follow_up(events, levels.add_working_days)
    promises = judge_all(kind, row.contract, row.priority, events, levels, now)
    return Ticket(
        ticket_id=f"{ID_PREFIX}{row.id}",
        kind=kind,
        state=state,
        response=_clock(promises[ClockName.RESPONSE]),
        proposal=_clock(promises[ClockName.PROPOSAL]) if ClockName.PROPOSAL in promises else None,
        resolution=_clock(promises[ClockName.RESOLUTION]),
        links=[TicketLink.model_validate(asdict(link)) for link in build_links(events).values()],
        follow_up=FollowUpItem(kind=follow_up.kind, due_at=follow_up.due_at) if follow_up else None,
        allowed_actions=find_possible(kind, state, events),
        **{name: getattr(row, name) for name in Ticket.model_fields if name not in _COMPUTED},
    )


def find_possible(kind: TicketKind, state: TicketState, events: Sequence[TicketEvent]) -> list[Action]:
    """What may be done now: what the workflow allows, less what this ticket gives no occasion for."""
    without = find_pointless(events) | (set() if build_links(events) else {Action.UNLINK})
    return [action for action in allowed_actions(kind, state) if action not in without]


def _clock(promise: Promise) -> Clock:
    status = promise.status
    return Clock(
        target=promise.target.text,
        state=status.state,
        started_at=status.started_at,
        due_at=status.due_at,
        met_at=status.met_at,
        used_seconds=int(status.used.total_seconds()),
    )


def ticket_key(ticket_id: str) -> int:
    """The row's key; -1, which no row has, for what is no ticket's id."""
    digits = ticket_id.removeprefix(ID_PREFIX)
    is_id = ticket_id.startswith(ID_PREFIX) and digits.isascii() and digits.isdigit() and len(digits) <= 10
    return int(digits) if is_id and digits == str(int(digits)) and int(digits) <= HIGHEST_KEY else -1
