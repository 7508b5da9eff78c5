"""Zammad: webhooks of its triggers.

Signature: ``X-Hub-Signature: sha1=<hex HMAC-SHA1 of the body>`` (zammad ``lib/user_agent.rb``, ``set_signature``); the
time is not signed. ``X-Zammad-Delivery`` is the job's id and stays the same over its retries
(``app/jobs/trigger_webhook_job.rb``). Payload: https://admin-docs.zammad.org/en/latest/manage/webhook/payload.html.
The payload tells the state but no change of it: an open ticket that has a ``close_at`` was closed once.
"""

from datetime import datetime
from typing import Any

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.payloads import Moment, Payload, get_header, html_to_text, read_as
from kb_service.integrations.signatures import Headers, check_same, hmac_hex

_SIGNATURE, _DELIVERY = "X-Hub-Signature", "X-Zammad-Delivery"
_CHANNELS = {"phone": "电话", "email": "邮件", "web": "网页", "chat": "在线", "sms": "短信"}


class _User(Payload):
    login: str = ""
    firstname: str | None = None
    lastname: str | None = None
    organization: str | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.firstname, self.lastname) if part) or self.login


class _Group(Payload):
    name: str | None = None


class _Ticket(Payload):
    id: int
    title: str
    state: str
    article_count: int | None = None
    create_article_type: str | None = None
    created_at: Moment
    updated_at: Moment
    close_at: Moment | None = None
    last_close_at: Moment | None = None
    customer: _User | None = None
    updated_by: _User | None = None
    group: _Group | None = None


class _Article(Payload):
    id: int | None = None
    body: str | None = None
    content_type: str | None = None
    sender: str | None = None
    internal: bool | None = None


class _Webhook(Payload):
    ticket: _Ticket
    article: _Article | None = None


def verify(headers: Headers, body: bytes, secret: str, _now: datetime, _tolerance_seconds: float) -> None:
    check_same(headers.get(_SIGNATURE), "sha1=" + hmac_hex("sha1", secret, body), _SIGNATURE)


def read(headers: Headers, payload: dict[str, Any]) -> InboundChange:
    webhook = read_as(_Webhook, payload)
    ticket, article = webhook.ticket, webhook.article or _Article()
    customer = ticket.customer or _User()
    by_customer = article.sender == "Customer"
    text = (article.body or "").strip()
    author = customer if by_customer else ticket.updated_by or _User()
    return InboundChange(
        delivery_id=get_header(headers.get(_DELIVERY), _DELIVERY),
        external_id=str(ticket.id),
        happening=_happening(ticket, article, by_customer),
        title=ticket.title,
        description=html_to_text(text) if article.content_type == "text/html" else text,
        customer=customer.organization or customer.name,
        channel=_CHANNELS.get(ticket.create_article_type or "", ticket.create_article_type or ""),
        who=author.name,
        category=ticket.group.name if ticket.group else None,
        at=ticket.updated_at,
    )


def _happening(ticket: _Ticket, article: _Article, by_customer: bool) -> Happening:
    if ticket.state in ("closed", "merged"):
        return Happening.CLOSED
    if ticket.last_close_at or ticket.close_at:
        return Happening.REOPENED
    if ticket.article_count == 1 or ticket.created_at == ticket.updated_at:
        return Happening.CREATED
    return Happening.CUSTOMER_REPLIED if by_customer and not article.internal else Happening.OTHER
