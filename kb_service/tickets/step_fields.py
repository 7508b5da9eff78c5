"""A request to act and the ticket as it stands -> the fields of the event."""

from collections.abc import Sequence
from typing import Any

from kb_service.tickets.errors import TicketLinkError
from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import NOTED, Action
from kb_service.tickets.linking import build_links
from kb_service.tickets.models import ActionRequest
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.tables import TicketRow
from kb_service.tickets.wording import RELATION_NAMES

_PRIORITIES = ("P1", "P2", "P3", "P4")
_OF_THE_REQUEST = ("action", "sequence", "actor")


def build_fields(request: ActionRequest, row: TicketRow, events: Sequence[TicketEvent]) -> dict[str, Any]:
    """What the request states, and what the service fills in."""
    fields = request.model_dump(mode="json", exclude=set(_OF_THE_REQUEST), exclude_none=True)
    if request.action is Action.REOPEN and "priority" not in fields and row.priority in _PRIORITIES:
        # Who has to ask again is served before others: one priority up.
        fields["priority"] = _PRIORITIES[max(0, _PRIORITIES.index(row.priority) - 1)]
    if request.action is Action.ESCALATE and (tried := _tried_solutions(events)):
        fields["solutions"] = tried
    return fields


def get_linkable(
    request: ActionRequest, row: TicketRow, other: TicketRow | None, events: Sequence[TicketEvent]
) -> TicketRow:
    """The other ticket of a request to link or to unlink.

    Raises:
        TicketLinkError
    """
    other_id = request.other_ticket_id
    if other is None:
        raise TicketLinkError(f"没有编号为“{other_id}”的工单，不能关联。请核对单号")
    if other.id == row.id:
        raise TicketLinkError("工单不能与自己关联。请填写另一张工单的单号")
    link = build_links(events).get(f"{ID_PREFIX}{other.id}")
    if request.action is Action.LINK and link is not None:
        told = RELATION_NAMES[link.relation]
        raise TicketLinkError(f"已经与 {other_id} 关联（{told}）。要改成别的关联，请先解除")
    if request.action is Action.UNLINK and link is None:
        raise TicketLinkError(f"没有与 {other_id} 关联，无需解除")
    return other


def _tried_solutions(events: Sequence[TicketEvent]) -> list[dict[str, Any]]:
    """What second line need not try once more: each suggested solution with the last that became of it.

    The outcome is ``adopted``, ``rejected``, or ``failed`` where what was adopted did not hold.
    """
    tried: dict[str, dict[str, Any]] = {}
    for event in events:
        reason = event.fields.get("reason")
        if event.action in NOTED:
            document_id = event.fields["document_id"]
            tried[document_id] = {
                "document_id": document_id,
                "document_title": event.fields["document_title"],
                "outcome": "adopted" if event.action is Action.ADOPT_SOLUTION else "rejected",
                "reason": reason,
            }
        elif event.action in (Action.NOT_SOLVED, Action.REOPEN):
            for one in tried.values():
                if one["outcome"] == "adopted":
                    one.update(outcome="failed", reason=reason)
    return list(tried.values())
