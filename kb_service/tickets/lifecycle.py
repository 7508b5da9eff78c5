"""The workflow as a table: which action leads a ticket from which state to which.

From the department's rules: a request is recorded, classified and given to one person; first line escalates to second
line with a full description; waiting for the customer stops the clock; what was done is told to the customer, who
confirms before the ticket is closed and may have it reopened; information requests need an approval; presales requests
go from analysis over a first proposal, a scheme and a quotation to the customer's word.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class TicketKind(StrEnum):
    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    PRESALES_REQUEST = "presales_request"
    QUESTION = "question"


class TicketState(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    ESCALATED = "escalated"
    SCHEME_READY = "scheme_ready"
    QUOTED = "quoted"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Action(StrEnum):
    CREATE = "create"
    TRIAGE = "triage"
    REQUEST_APPROVAL = "request_approval"
    APPROVE = "approve"
    REJECT = "reject"
    ASSIGN = "assign"
    START = "start"
    RESPOND = "respond"
    COMMENT = "comment"
    CHANGE_PRIORITY = "change_priority"
    ASK_CUSTOMER = "ask_customer"
    CUSTOMER_REPLIED = "customer_replied"
    ESCALATE = "escalate"
    SUBMIT_SCHEME = "submit_scheme"
    QUOTE = "quote"
    REVISE = "revise"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    NOT_SOLVED = "not_solved"
    CLOSE_UNREACHABLE = "close_unreachable"
    REOPEN = "reopen"
    CANCEL = "cancel"
    RATE = "rate"
    ADOPT_SOLUTION = "adopt_solution"
    REJECT_SOLUTION = "reject_solution"
    MISS_FOLLOW_UP = "miss_follow_up"
    REVIEW_RATING = "review_rating"
    SUBMIT_PROPOSAL = "submit_proposal"
    LINK = "link"
    UNLINK = "unlink"


FINAL_STATES = frozenset({TicketState.CLOSED, TicketState.REJECTED, TicketState.CANCELLED})
"""Nobody works on a ticket in one of these; a closed one may be reopened."""
OPEN_STATES = frozenset(TicketState) - FINAL_STATES

ALWAYS_OPTIONAL = ("reason", "text", "minutes_worked")
"""Any step may say why, what was said, and how long it took."""

_ALL = frozenset(TicketKind)
_REQUEST = frozenset({TicketKind.SERVICE_REQUEST})
_PRESALES = frozenset({TicketKind.PRESALES_REQUEST})
_S = TicketState
_SOLUTION = ("document_id", "document_title", "suggestion_id")


@dataclass(frozen=True)
class Transition:
    """``target`` is None where the action leaves the state as it is. Without ``sources`` it begins a ticket.

    Attributes:
        required: fields that the action cannot go without.
        optional: further ones that it may come with, beside those that any action may, see `ALWAYS_OPTIONAL`.
        noted: the service notes it when it happens elsewhere; nobody asks for it.
    """

    action: Action
    sources: frozenset[TicketState]
    target: TicketState | None
    kinds: frozenset[TicketKind] = _ALL
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    noted: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """All that the action may come with."""
        return frozenset((*self.required, *self.optional, *ALWAYS_OPTIONAL))


def _from(*states: TicketState) -> frozenset[TicketState]:
    return frozenset(states)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        Action.CREATE,
        frozenset(),
        _S.NEW,
        required=("title", "customer", "channel"),
        optional=("product", "contract"),
    ),
    Transition(Action.TRIAGE, _from(_S.NEW, _S.TRIAGED), _S.TRIAGED, required=("category", "priority")),
    Transition(Action.REQUEST_APPROVAL, _from(_S.TRIAGED), _S.AWAITING_APPROVAL, _REQUEST, ("reason",)),
    Transition(Action.APPROVE, _from(_S.AWAITING_APPROVAL), _S.APPROVED, _REQUEST),
    Transition(Action.REJECT, _from(_S.AWAITING_APPROVAL), _S.REJECTED, _REQUEST, ("reason",)),
    Transition(Action.ASSIGN, _from(_S.APPROVED), _S.ASSIGNED, _REQUEST, ("assignee",)),
    Transition(Action.ASSIGN, _from(_S.TRIAGED), _S.ASSIGNED, _ALL - _REQUEST, ("assignee",)),
    Transition(
        Action.ASSIGN,
        _from(_S.ASSIGNED, _S.IN_PROGRESS, _S.ESCALATED, _S.REOPENED),
        _S.ASSIGNED,
        required=("assignee",),
    ),
    # Another person takes over while the customer has the word: it stays the customer's.
    Transition(Action.ASSIGN, _from(_S.WAITING_FOR_CUSTOMER, _S.SCHEME_READY, _S.QUOTED), None, required=("assignee",)),
    Transition(Action.START, _from(_S.ASSIGNED, _S.REOPENED), _S.IN_PROGRESS),
    Transition(Action.RESPOND, OPEN_STATES, None, required=("text",)),
    Transition(Action.COMMENT, frozenset(TicketState), None, required=("text",)),
    Transition(Action.CHANGE_PRIORITY, OPEN_STATES - _from(_S.NEW), None, required=("priority", "reason")),
    Transition(Action.ASK_CUSTOMER, _from(_S.IN_PROGRESS), _S.WAITING_FOR_CUSTOMER, required=("text",)),
    Transition(Action.CUSTOMER_REPLIED, _from(_S.WAITING_FOR_CUSTOMER), _S.IN_PROGRESS),
    Transition(
        Action.ESCALATE,
        _from(_S.ASSIGNED, _S.IN_PROGRESS, _S.REOPENED),
        _S.ESCALATED,
        required=("to_level", "reason", "tried"),
        optional=("solutions",),
    ),
    Transition(Action.SUBMIT_PROPOSAL, _from(_S.IN_PROGRESS), None, _PRESALES, ("text",)),
    Transition(Action.SUBMIT_SCHEME, _from(_S.IN_PROGRESS), _S.SCHEME_READY, _PRESALES, ("text",)),
    Transition(Action.QUOTE, _from(_S.SCHEME_READY), _S.QUOTED, _PRESALES, ("text",)),
    Transition(Action.REVISE, _from(_S.SCHEME_READY, _S.QUOTED), _S.IN_PROGRESS, _PRESALES, ("reason",)),
    Transition(Action.CONFIRM, _from(_S.QUOTED), _S.CLOSED, _PRESALES),
    Transition(
        Action.RESOLVE, _from(_S.IN_PROGRESS), _S.RESOLVED, _ALL - _PRESALES, ("cause", "solution", "minutes_worked")
    ),
    Transition(Action.CONFIRM, _from(_S.RESOLVED), _S.CLOSED, _ALL - _PRESALES),
    Transition(Action.NOT_SOLVED, _from(_S.RESOLVED), _S.IN_PROGRESS, _ALL - _PRESALES, ("reason",)),
    Transition(Action.CLOSE_UNREACHABLE, _from(_S.RESOLVED), _S.CLOSED, _ALL - _PRESALES, ("reason",)),
    Transition(Action.REOPEN, _from(_S.CLOSED), _S.REOPENED, required=("reason",), optional=("priority",)),
    Transition(Action.CANCEL, OPEN_STATES - _from(_S.RESOLVED), _S.CANCELLED, required=("reason",)),
    Transition(Action.RATE, _from(_S.CLOSED), None, required=("satisfaction",)),
    Transition(Action.ADOPT_SOLUTION, frozenset(TicketState), None, required=_SOLUTION, noted=True),
    Transition(Action.REJECT_SOLUTION, frozenset(TicketState), None, required=(*_SOLUTION, "reason"), noted=True),
    Transition(Action.MISS_FOLLOW_UP, _from(_S.CLOSED), None, required=("text",)),
    # What is wrong is looked into, though the ticket may have been reopened meanwhile.
    Transition(Action.REVIEW_RATING, frozenset(TicketState), None, required=("reason", "text")),
    Transition(
        Action.LINK,
        frozenset(TicketState),
        None,
        required=("relation", "other_ticket_id"),
        optional=("other_title",),
    ),
    Transition(Action.UNLINK, frozenset(TicketState), None, required=("other_ticket_id",), optional=("other_title",)),
)

NOTED = frozenset(transition.action for transition in TRANSITIONS if transition.noted)
"""What the service notes by itself."""


@cache
def find_transition(kind: TicketKind, state: TicketState | None, action: Action) -> Transition | None:
    """What ``action`` does to a ticket of this kind in this state, None where it may not be done.

    Without a state there is no ticket yet.
    """
    for transition in TRANSITIONS:
        begins = state is None and not transition.sources
        if transition.action is action and kind in transition.kinds and (begins or state in transition.sources):
            return transition
    return None


def allowed_actions(kind: TicketKind, state: TicketState) -> list[Action]:
    """In the order of `Action`, without those that the service notes by itself."""
    found = ((action, find_transition(kind, state, action)) for action in Action)
    return [action for action, transition in found if transition and not transition.noted]
