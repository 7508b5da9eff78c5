"""A ticket event -> the body that subscribers get, the same bytes with every attempt."""

import json
from datetime import UTC

from kb_service.integrations.event_types import event_type
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.tables import TicketEventRow, TicketRow


def build_event_body(event: TicketEventRow, ticket: TicketRow) -> str:
    """Of the ticket only what never changes; where it stands now is to be asked for."""
    data = {
        "ticket_id": f"{ID_PREFIX}{ticket.id}",
        "sequence": event.sequence,
        "action": event.action,
        "actor": event.actor,
        "fields": event.fields,
        "ticket": {
            "kind": ticket.kind,
            "title": ticket.title,
            "customer": ticket.customer,
            "source": ticket.source,
            "external_id": ticket.external_id,
        },
    }
    body = {"type": event_type(Action(event.action)), "timestamp": event.at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
