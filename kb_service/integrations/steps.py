"""A foreign change and where our ticket stands -> the step that our workflow takes for it."""

from dataclasses import dataclass

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.models import Outcome
from kb_service.tickets.lifecycle import Action, TicketState
from kb_service.tickets.models import Ticket

LATE = "它比已记录的变化更早，到达得更晚"


@dataclass(frozen=True)
class Step:
    """``action`` is None where nothing is to be done; ``text`` goes into the action's ``field``."""

    outcome: Outcome
    action: Action | None = None
    field: str = "text"
    text: str = ""
    reason: str | None = None


def choose_step(ticket: Ticket, change: InboundChange, *, is_late: bool) -> Step:
    """What a change does to a ticket that exists.

    A late change of state would undo a newer one and is passed over. What a customer said is never dropped: where it
    does not move the ticket, it becomes a comment.
    """
    if change.happening is Happening.CREATED:
        return _pass_over("该工单已登记")
    if is_late:
        return _comment(change.description, LATE)
    if change.happening is Happening.CLOSED:
        return _close(ticket, change)
    if change.happening is Happening.REOPENED:
        return _reopen(ticket, change)
    if change.happening is Happening.CUSTOMER_REPLIED and ticket.state is TicketState.WAITING_FOR_CUSTOMER:
        return Step(Outcome.APPLIED, Action.CUSTOMER_REPLIED, text=change.description)
    if change.happening is Happening.CUSTOMER_REPLIED:
        return _comment(change.description, "工单并未在等待客户")
    return _comment(change.description, None)


def _close(ticket: Ticket, change: InboundChange) -> Step:
    if ticket.state is TicketState.CLOSED:
        return _comment(change.description, "工单已经关闭")
    if ticket.state is TicketState.RESOLVED:
        return Step(Outcome.APPLIED, Action.CONFIRM, text=change.description)
    note = "原系统已关闭此工单"
    text = f"{note}：{change.description}" if change.description else note
    return Step(Outcome.COMMENTED, Action.COMMENT, text=text, reason="工单尚未解决，不能关闭")


def _reopen(ticket: Ticket, change: InboundChange) -> Step:
    why = change.description or "原系统已重开此工单"
    if ticket.state is TicketState.CLOSED:
        return Step(Outcome.APPLIED, Action.REOPEN, "reason", why)
    if Action.NOT_SOLVED in ticket.allowed_actions:
        return Step(Outcome.APPLIED, Action.NOT_SOLVED, "reason", why)
    if ticket.state is TicketState.WAITING_FOR_CUSTOMER and change.description:
        return Step(Outcome.APPLIED, Action.CUSTOMER_REPLIED, text=change.description)
    return _comment(change.description, "工单本来就没有关闭")


def note_instead(change: InboundChange, reason: str) -> Step:
    """For a step that the workflow turned out not to allow."""
    text = f"原系统已重开此工单：{change.description}" if change.description else "原系统已重开此工单"
    return Step(Outcome.COMMENTED, Action.COMMENT, text=text, reason=reason)


def _comment(text: str, reason: str | None) -> Step:
    return Step(Outcome.COMMENTED, Action.COMMENT, text=text, reason=reason) if text else _pass_over(reason)


def _pass_over(reason: str | None) -> Step:
    return Step(Outcome.PASSED_OVER, reason=reason or "没有须记录的变化")
