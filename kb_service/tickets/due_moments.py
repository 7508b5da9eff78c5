"""When something has to be done for a ticket: written to its row, so that queues are asked for it."""

from collections.abc import Mapping
from datetime import datetime

from kb_service.tickets.clocks import ClockName, ClockState, SLAStatus
from kb_service.tickets.follow_ups import FollowUp
from kb_service.tickets.lifecycle import OPEN_STATES, TicketState
from kb_service.tickets.models import Clock, FollowUpItem
from kb_service.tickets.tables import TicketRow

_OWED = frozenset({ClockState.RUNNING, ClockState.WARNING, ClockState.BREACHED})


def find_owed(state: TicketState, clock: Clock | SLAStatus) -> datetime | None:
    """When something has to be done for this promise; None where nothing has to be, or can be."""
    return clock.due_at if clock.state in _OWED and state in OPEN_STATES else None


def write_due_moments(
    row: TicketRow, clocks: Mapping[ClockName, Clock | SLAStatus], follow_up: FollowUp | FollowUpItem | None
) -> None:
    state = TicketState(row.state)
    owed = {name: find_owed(state, clock) for name, clock in clocks.items()}
    row.response_due_at = owed[ClockName.RESPONSE]
    row.proposal_due_at = owed.get(ClockName.PROPOSAL)
    row.resolution_due_at = owed[ClockName.RESOLUTION]
    row.follow_up_due_at = follow_up.due_at if follow_up else None
