"""The names under which the workflow's steps are told to others. Subscribers depend on them."""

from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import Action

EVENT_TYPES: dict[Action, str] = {
    Action.CREATE: "ticket.created",
    Action.TRIAGE: "ticket.triaged",
    Action.REQUEST_APPROVAL: "ticket.approval_requested",
    Action.APPROVE: "ticket.approved",
    Action.REJECT: "ticket.rejected",
    Action.ASSIGN: "ticket.assigned",
    Action.START: "ticket.started",
    Action.RESPOND: "ticket.responded",
    Action.COMMENT: "ticket.commented",
    Action.CHANGE_PRIORITY: "ticket.priority_changed",
    Action.ASK_CUSTOMER: "ticket.customer_asked",
    Action.CUSTOMER_REPLIED: "ticket.customer_replied",
    Action.ESCALATE: "ticket.escalated",
    Action.SUBMIT_SCHEME: "ticket.scheme_submitted",
    Action.QUOTE: "ticket.quoted",
    Action.REVISE: "ticket.revised",
    Action.RESOLVE: "ticket.resolved",
    Action.CONFIRM: "ticket.closed",
    Action.NOT_SOLVED: "ticket.not_solved",
    Action.CLOSE_UNREACHABLE: "ticket.closed",
    Action.REOPEN: "ticket.reopened",
    Action.CANCEL: "ticket.cancelled",
    Action.RATE: "ticket.rated",
    Action.ADOPT_SOLUTION: "ticket.solution_adopted",
    Action.REJECT_SOLUTION: "ticket.solution_rejected",
    Action.MISS_FOLLOW_UP: "ticket.follow_up_missed",
    Action.REVIEW_RATING: "ticket.rating_reviewed",
    Action.SUBMIT_PROPOSAL: "ticket.proposal_submitted",
    Action.LINK: "ticket.linked",
    Action.UNLINK: "ticket.unlinked",
}

ALERT_TYPES: dict[ClockState, str] = {
    ClockState.WARNING: "ticket.clock_warning",
    ClockState.BREACHED: "ticket.clock_breached",
}
"""What is told of a clock, which is no step of the workflow."""
KNOWN_TYPES = tuple(dict.fromkeys((*EVENT_TYPES.values(), *ALERT_TYPES.values())))


def event_type(action: Action) -> str:
    """An action that is newer than the table goes by its own name, so that no event is ever lost."""
    return EVENT_TYPES.get(action, f"ticket.{action.value}")
