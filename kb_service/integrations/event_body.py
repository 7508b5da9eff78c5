"""A ticket's event or a clock's alert -> the body that subscribers get, the same bytes with every attempt."""

import json
from datetime import UTC
from typing import Any

from kb_service.integrations.event_types import ALERT_TYPES, event_type
from kb_service.integrations.tables import ClockAlertRow
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.tables import TicketEventRow, TicketRow


def type_of(told: TicketEventRow | ClockAlertRow) -> str:
    if isinstance(told, ClockAlertRow):
        return ALERT_TYPES[ClockState(told.state)]
    return event_type(Action(told.action))


def build_body(told: TicketEventRow | ClockAlertRow, ticket: TicketRow) -> str:
    """Of the ticket only what never changes; where it stands now is to be asked for."""
    data = {
        "ticket_id": f"{ID_PREFIX}{ticket.id}",
        **(_of_alert(told) if isinstance(told, ClockAlertRow) else _of_event(told)),
        "ticket": {
            "kind": ticket.kind,
            "title": ticket.title,
            "customer": ticket.customer,
            "source": ticket.source,
            "external_id": ticket.external_id,
        },
    }
    body = {"type": type_of(told), "timestamp": told.at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _of_event(event: TicketEventRow) -> dict[str, Any]:
    return {"sequence": event.sequence, "action": event.action, "actor": event.actor, "fields": event.fields}


def _of_alert(alert: ClockAlertRow) -> dict[str, Any]:
    """Whom to tell and how urgent it is, as it was when the alert was noticed."""
    return {
        "clock": alert.clock,
        "target": alert.target,
        "due_at": alert.due_at.astimezone(UTC).isoformat(),
        "priority": alert.priority,
        "assignee": alert.assignee,
    }
