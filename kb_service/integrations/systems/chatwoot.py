"""Chatwoot: account webhooks.

Signature: ``X-Chatwoot-Signature: sha256=<hex HMAC-SHA256 of "{X-Chatwoot-Timestamp}.{body}">``, the time in Unix
seconds; ``X-Chatwoot-Delivery`` stays the same over retries, the time does not (chatwoot ``lib/webhooks/trigger.rb``).
Payloads: https://www.chatwoot.com/docs/product/features/webhooks, ``app/listeners/webhook_listener.rb`` and
``app/presenters/conversations/event_data_presenter.rb``: a conversation's fields stand at the top, a message's hold
``conversation``.
"""

from datetime import datetime
from typing import Any

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.payloads import Moment, Payload, get_header, read_as
from kb_service.integrations.signatures import Headers, check_fresh, check_same, hmac_hex

_SIGNATURE, _TIMESTAMP, _DELIVERY = "X-Chatwoot-Signature", "X-Chatwoot-Timestamp", "X-Chatwoot-Delivery"
_CHANNELS = {"Channel::WebWidget": "在线", "Channel::Email": "邮件", "Channel::Sms": "短信", "Channel::Api": "接口"}


class _Person(Payload):
    name: str | None = None


class _Meta(Payload):
    sender: _Person | None = None


class _Text(Payload):
    content: str | None = None


class _Conversation(Payload):
    id: int
    status: str | None = None
    channel: str | None = None
    meta: _Meta = _Meta()
    messages: tuple[_Text, ...] = ()
    created_at: Moment | None = None
    updated_at: Moment | None = None


class _StatusChange(Payload):
    previous_value: str | None = None


class _Message(Payload):
    content: str | None = None
    message_type: str
    private: bool | None = None
    created_at: Moment
    sender: _Person | None = None
    conversation: _Conversation


class _Event(Payload):
    event: str


class _StatusChanged(_Conversation):
    status: str
    changed_attributes: list[dict[str, Any]] | None = None


def verify(headers: Headers, body: bytes, secret: str, now: datetime, tolerance_seconds: float) -> None:
    timestamp = headers.get(_TIMESTAMP) or ""
    expected = "sha256=" + hmac_hex("sha256", secret, timestamp.encode() + b"." + body)
    check_same(headers.get(_SIGNATURE), expected, _SIGNATURE)
    check_fresh(timestamp, now, tolerance_seconds, _TIMESTAMP)


def read(headers: Headers, payload: dict[str, Any]) -> InboundChange:
    delivery_id = get_header(headers.get(_DELIVERY), _DELIVERY)
    event = read_as(_Event, payload).event
    if event == "message_created":
        return _read_message(delivery_id, read_as(_Message, payload))
    if event == "conversation_status_changed":
        changed = read_as(_StatusChanged, payload)
        return _change(delivery_id, changed, _status_happening(changed), "", changed.updated_at)
    if not event.startswith("conversation_"):
        # Contacts and the like, which are no conversations: nothing to read.
        return _change(delivery_id, _Conversation(id=0), Happening.OTHER, "", None)
    conversation = read_as(_Conversation, payload)
    happening = Happening.CREATED if event == "conversation_created" else Happening.OTHER
    first = conversation.messages[0].content if happening is Happening.CREATED and conversation.messages else None
    return _change(delivery_id, conversation, happening, first or "", conversation.created_at)


def _read_message(delivery_id: str, message: _Message) -> InboundChange:
    # Numbers stand in messages inside of conversations, words in messages of their own.
    incoming = message.message_type in ("incoming", "0") and not message.private
    happening = Happening.CUSTOMER_REPLIED if incoming else Happening.OTHER
    # "activity" is Chatwoot's own note of what was done, "template" its automatic answer: nobody said either.
    said = message.content if message.message_type not in ("activity", "2", "template", "3") else None
    who = message.sender.name if message.sender else None
    return _change(delivery_id, message.conversation, happening, said or "", message.created_at, who)


def _status_happening(changed: _StatusChanged) -> Happening:
    if changed.status == "resolved":
        return Happening.CLOSED
    before = {name: value for entry in changed.changed_attributes or [] for name, value in entry.items()}
    previous = before.get("status")
    was_resolved = isinstance(previous, dict) and previous.get("previous_value") == "resolved"
    return Happening.REOPENED if changed.status == "open" and was_resolved else Happening.OTHER


def _change(
    delivery_id: str,
    conversation: _Conversation,
    happening: Happening,
    text: str,
    at: datetime | None,
    who: str | None = None,
) -> InboundChange:
    customer = (conversation.meta.sender.name if conversation.meta.sender else None) or ""
    channel = conversation.channel or ""
    return InboundChange(
        delivery_id=delivery_id,
        external_id=str(conversation.id),
        happening=happening,
        title=text,
        description=text,
        customer=customer,
        channel=_CHANNELS.get(channel, channel.removeprefix("Channel::")),
        who=who or (customer if happening in (Happening.CREATED, Happening.CUSTOMER_REPLIED) else ""),
        at=at,
    )
