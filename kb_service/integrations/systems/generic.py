"""Our own format, for systems that can be taught one: signed as Standard Webhooks, described in docs/integrations.md.

Headers ``webhook-id``, ``webhook-timestamp`` (Unix seconds) and ``webhook-signature`` (``v1,<Base64>``, several
separated by spaces while a secret is changed), see
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

import hmac
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.errors import BadSignatureError, UnreadablePayloadError
from kb_service.integrations.payloads import Moment, Payload, get_header, read_as
from kb_service.integrations.signatures import Headers, check_fresh

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class _Ticket(Payload):
    id: str
    title: str = ""
    description: str = ""
    customer: str = ""
    channel: str = ""
    product: str | None = None
    category: str | None = None


class _Data(Payload):
    ticket: _Ticket
    text: str = ""
    who: str = ""


class _Webhook(Payload):
    type: Happening
    timestamp: Moment | None = None
    data: _Data


def verify(headers: Headers, body: bytes, secret: str, now: datetime, tolerance_seconds: float) -> None:
    # The library's own check reads the machine's clock; so only its signing is used.
    timestamp = headers.get(TIMESTAMP) or ""
    try:
        moment = datetime.fromtimestamp(int(timestamp), UTC)
        expected = Webhook(secret).sign(headers.get(ID) or "", moment, body.decode())
    except (ValueError, OverflowError, OSError) as error:
        raise BadSignatureError(SIGNATURE) from error
    given = (headers.get(SIGNATURE) or "").split()
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise BadSignatureError(SIGNATURE)
    check_fresh(timestamp, now, tolerance_seconds, TIMESTAMP)


def read(headers: Headers, payload: dict[str, Any]) -> InboundChange:
    webhook = read_as(_Webhook, payload)
    ticket = webhook.data.ticket
    created = webhook.type is Happening.CREATED
    for name in ("title", "customer"):
        if created and not getattr(ticket, name):
            raise UnreadablePayloadError(f"data.ticket.{name}", "必须填写")
    return InboundChange(
        delivery_id=get_header(headers.get(ID), ID),
        external_id=ticket.id,
        happening=webhook.type,
        title=ticket.title,
        description=ticket.description if created else webhook.data.text,
        customer=ticket.customer,
        channel=ticket.channel,
        who=webhook.data.who,
        product=ticket.product,
        category=ticket.category,
        at=webhook.timestamp,
    )
