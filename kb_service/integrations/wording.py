"""A foreign change's words -> requests that our tickets accept: nothing too long, nothing empty that must not be."""

from kb_service.integrations.changes import InboundChange
from kb_service.integrations.steps import Step
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import ActionRequest, TicketRequest
from kb_service.tickets.tables import LONGEST_NAME

_LONGEST_TITLE = 500
_LONGEST_TEXT = 100_000
_LONGEST_CHANNEL = 32
_ROOM_FOR_NOTES = 500


def fit(text: str, longest: int, otherwise: str = "") -> str:
    """The text without what PostgreSQL does not keep (U+0000), not longer than may be, or another where it is empty."""
    clean = text.replace("\0", "").strip()
    return (clean if len(clean) <= longest else f"{clean[: longest - 1]}…") or otherwise


def fit_text(text: str) -> str:
    """The text; one that is too long is cut and says so: a webhook that is refused for its length would be lost."""
    clean = text.replace("\0", "").strip()
    if len(clean) <= _LONGEST_TEXT:
        return clean
    return f"{clean[: _LONGEST_TEXT - _ROOM_FOR_NOTES]}\n（原文共 {len(clean):,} 字，此处截断，全文见原系统）"


def build_ticket_request(connection: str, change: InboundChange) -> TicketRequest:
    description = fit_text(change.description)
    if change.category:
        category = fit(change.category, LONGEST_NAME)
        note = f"（原系统分类：{category}）"
        description = f"{description[: _LONGEST_TEXT - len(note) - 1]}\n{note}".strip()
    first_line = next(iter(change.title.strip().splitlines()), "") or next(iter(description.splitlines()), "")
    return TicketRequest(
        title=fit(first_line, _LONGEST_TITLE, f"{connection} 工单 {change.external_id}"),
        description=description,
        customer=fit(change.customer, LONGEST_NAME, "（未知客户）"),
        channel=fit(change.channel, _LONGEST_CHANNEL, fit(connection, _LONGEST_CHANNEL)),
        product=fit(change.product or "", LONGEST_NAME) or None,
        actor=_actor(connection, change),
    )


def build_action(connection: str, change: InboundChange, step: Step, sequence: int) -> ActionRequest:
    """
    Args:
        step: one with an action.
        sequence: of the ticket as it was seen.
    """
    fields = {step.field: text} if (text := fit_text(step.text)) else {}
    return ActionRequest(
        action=step.action or Action.COMMENT, sequence=sequence, actor=_actor(connection, change), **fields
    )


def _actor(connection: str, change: InboundChange) -> str:
    who = change.who.strip()
    return fit(f"{connection}：{who}" if who else connection, LONGEST_NAME)
