"""Znuny: a web service with an invoker of the type ``Ticket::Generic`` over HTTP::REST.

Znuny does not sign. It sends HTTP basic authentication (znuny ``Kernel/GenericInterface/Transport/HTTP/REST.pm``,
whose encoder may break the header's value into lines), which the secret ``user:password`` is compared with; what is
sent has to be protected by TLS on the way. Payload: ``{"Event": {"Event", "TicketID", "ArticleID", "OldTicketData"},
"Ticket": {…, "Article": {…}}}`` (``Kernel/GenericInterface/Invoker/Ticket/Generic.pm`` and its test). The invoker is to
be triggered by ArticleCreate and TicketStateUpdate; the first article makes the ticket. There is no delivery id: it
follows from the article, or from the ticket's state and time of change. Times have no zone and are read as UTC.
"""

import base64
from datetime import datetime
from typing import Any

from pydantic import Field

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.payloads import Moment, Payload, html_to_text, read_as
from kb_service.integrations.signatures import Headers, check_same

_HEADER = "Authorization"
_CHANNELS = {"Email": "邮件", "Phone": "电话", "Chat": "在线"}


class _Article(Payload):
    article_id: str = Field(alias="ArticleID")
    number: int | None = Field(None, alias="ArticleNumber")
    sender_type: str | None = Field(None, alias="SenderType")
    sender: str | None = Field(None, alias="From")
    body: str | None = Field(None, alias="Body")
    mime_type: str | None = Field(None, alias="MimeType")
    channel: str | None = Field(None, alias="CommunicationChannel")
    created_at: Moment | None = Field(None, alias="CreateTime")


class _Customer(Payload):
    first_name: str | None = Field(None, alias="UserFirstname")
    last_name: str | None = Field(None, alias="UserLastname")
    login: str | None = Field(None, alias="UserLogin")


class _Ticket(Payload):
    ticket_id: str = Field(alias="TicketID")
    title: str = Field(alias="Title")
    state_type: str = Field(alias="StateType")
    queue: str | None = Field(None, alias="Queue")
    service: str | None = Field(None, alias="Service")
    customer_id: str | None = Field(None, alias="CustomerID")
    customer: _Customer | None = Field(None, alias="CustomerUser")
    changed_at: Moment | None = Field(None, alias="Changed")
    article: _Article | None = Field(None, alias="Article")


class _OldTicket(Payload):
    state_type: str | None = Field(None, alias="StateType")


class _Event(Payload):
    event: str = Field(alias="Event")
    old: _OldTicket | None = Field(None, alias="OldTicketData")


class _Webhook(Payload):
    event: _Event = Field(alias="Event")
    ticket: _Ticket = Field(alias="Ticket")


def verify(headers: Headers, _body: bytes, secret: str, _now: datetime, _tolerance_seconds: float) -> None:
    given = headers.get(_HEADER)
    expected = "Basic" + base64.b64encode(secret.encode()).decode()
    check_same("".join(given.split()) if given else None, expected, _HEADER)


def read(_headers: Headers, payload: dict[str, Any]) -> InboundChange:
    webhook = read_as(_Webhook, payload)
    event, ticket = webhook.event, webhook.ticket
    article = ticket.article if event.event == "ArticleCreate" else None
    happening = _happening(event, ticket, article)
    text = (article.body if article else None) or ""
    if article and article.mime_type == "text/html":
        text = html_to_text(text)
    if article:
        delivery_id = f"article-{article.article_id}"
    else:
        moment = ticket.changed_at.isoformat() if ticket.changed_at else ""
        delivery_id = f"{event.event}-{ticket.ticket_id}-{ticket.state_type}-{moment}"
    channel = (article.channel if article else None) or ""
    return InboundChange(
        delivery_id=delivery_id,
        external_id=ticket.ticket_id,
        happening=happening,
        title=ticket.title,
        description=text,
        customer=_customer(ticket),
        channel=_CHANNELS.get(channel, channel),
        who=(article.sender if article else None) or "",
        product=ticket.service or None,
        category=ticket.queue,
        at=(article.created_at if article else None) or ticket.changed_at,
    )


def _happening(event: _Event, ticket: _Ticket, article: _Article | None) -> Happening:
    if article is not None:
        if article.number == 1:
            return Happening.CREATED
        return Happening.CUSTOMER_REPLIED if article.sender_type == "customer" else Happening.OTHER
    if event.event != "TicketStateUpdate":
        return Happening.OTHER
    if ticket.state_type == "closed":
        return Happening.CLOSED
    return Happening.REOPENED if event.old and event.old.state_type == "closed" else Happening.OTHER


def _customer(ticket: _Ticket) -> str:
    person = ticket.customer or _Customer()
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    return ticket.customer_id or name or person.login or ""
