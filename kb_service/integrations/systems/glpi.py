"""GLPI 11: its own webhooks, with the default payload.

Signature: ``X-GLPI-signature: <hex HMAC-SHA256 of body + X-GLPI-timestamp>``, the time in Unix seconds (glpi
``src/Webhook.php``, ``raise`` and ``getSignature``). Both are computed when the webhook is queued and sent again as
they are, perhaps much later: the tolerance is a day unless configured, and the signature serves as delivery id.
Payload: ``{"event": "new|update|delete", "item": {…}, "parent_item": {…}}``, the items as in the high-level API
(``src/Glpi/Api/HL/Controller/ITILController.php``: Ticket, Followup). A state that a ticket was reopened from is not
told; a followup is the customer's when its ``user`` is one of the ticket's requesters.
"""

from datetime import datetime
from typing import Any

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.errors import UnreadablePayloadError
from kb_service.integrations.payloads import Moment, Payload, get_header, html_to_text, read_as
from kb_service.integrations.signatures import Headers, check_fresh, check_same, hmac_hex

TOLERANCE_SECONDS = 24 * 3600.0
_SIGNATURE, _TIMESTAMP = "X-GLPI-signature", "X-GLPI-timestamp"
_CLOSED = 6
"""GLPI's ``CommonITILObject::CLOSED``; 5 is solved, for the requester to approve."""


class _Named(Payload):
    id: int | None = None
    name: str | None = None


class _Member(_Named):
    role: str | None = None


class _Ticket(Payload):
    id: int
    name: str
    content: str | None = None
    status: _Named | None = None
    category: _Named | None = None
    entity: _Named | None = None
    request_type: _Named | None = None
    team: tuple[_Member, ...] = ()
    date_mod: Moment | None = None
    is_deleted: bool | None = None


class _Followup(Payload):
    id: int
    itemtype: str
    items_id: int
    content: str
    user: _Named | None = None
    date_mod: Moment | None = None


class _TicketWebhook(Payload):
    event: str
    item: _Ticket


class _FollowupWebhook(Payload):
    event: str
    item: _Followup
    parent_item: _Ticket | None = None


def verify(headers: Headers, body: bytes, secret: str, now: datetime, tolerance_seconds: float) -> None:
    timestamp = headers.get(_TIMESTAMP) or ""
    check_same(headers.get(_SIGNATURE), hmac_hex("sha256", secret, body + timestamp.encode()), _SIGNATURE)
    check_fresh(timestamp, now, tolerance_seconds, _TIMESTAMP)


def read(headers: Headers, payload: dict[str, Any]) -> InboundChange:
    delivery_id = get_header(headers.get(_SIGNATURE), _SIGNATURE)
    item = payload.get("item")
    if isinstance(item, dict) and "items_id" in item:
        return _read_followup(delivery_id, read_as(_FollowupWebhook, payload))
    webhook = read_as(_TicketWebhook, payload)
    ticket = webhook.item
    happening = Happening.CREATED if webhook.event == "new" else Happening.OTHER
    if webhook.event == "update" and ticket.status and ticket.status.id == _CLOSED:
        happening = Happening.CLOSED
    text = html_to_text(ticket.content or "") if happening is Happening.CREATED else ""
    return _change(delivery_id, ticket, happening, text, ticket.date_mod)


def _read_followup(delivery_id: str, webhook: _FollowupWebhook) -> InboundChange:
    followup = webhook.item
    if followup.itemtype != "Ticket":
        raise UnreadablePayloadError("item.itemtype", "应为 Ticket")
    ticket = webhook.parent_item or _Ticket(id=followup.items_id, name="")
    author = followup.user or _Named()
    requesters = {member.id for member in ticket.team if member.role == "requester"}
    by_customer = webhook.event == "new" and author.id is not None and author.id in requesters
    happening = Happening.CUSTOMER_REPLIED if by_customer else Happening.OTHER
    text = html_to_text(followup.content) if webhook.event == "new" else ""
    return _change(delivery_id, ticket, happening, text, followup.date_mod, author.name)


def _change(
    delivery_id: str, ticket: _Ticket, happening: Happening, text: str, at: datetime | None, who: str | None = None
) -> InboundChange:
    requester = next((member.name for member in ticket.team if member.role == "requester" and member.name), None)
    return InboundChange(
        delivery_id=delivery_id,
        external_id=str(ticket.id),
        happening=happening,
        title=ticket.name,
        description=text,
        customer=requester or (ticket.entity.name if ticket.entity else None) or "",
        channel=(ticket.request_type.name if ticket.request_type else None) or "",
        who=who or (requester if happening is Happening.CREATED else None) or "",
        category=ticket.category.name if ticket.category else None,
        at=at,
    )
