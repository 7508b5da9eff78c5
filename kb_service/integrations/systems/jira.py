"""Jira Service Management: admin webhooks with a secret.

Signature: ``X-Hub-Signature: sha256=<hex HMAC-SHA256 of the body>`` (https://developer.atlassian.com/cloud/jira/
platform/webhooks/#secure-admin-webhooks; Data Center: "Managing webhooks" of the administrator's guide); the time is
not signed. ``X-Atlassian-Webhook-Identifier`` is unique and stays the same over retries. Payload: ``issue``, ``user``,
``changelog.items``, ``comment``, ``timestamp`` in milliseconds. A request counts as closed while it has a resolution.
"""

from datetime import datetime
from typing import Any

from pydantic import Field

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.payloads import Moment, Payload, get_header, read_as
from kb_service.integrations.signatures import Headers, check_same, hmac_hex

_SIGNATURE, _DELIVERY = "X-Hub-Signature", "X-Atlassian-Webhook-Identifier"
_DEEPEST_DOCUMENT = 50


class _User(Payload):
    account_id: str | None = Field(None, alias="accountId")
    name: str | None = None
    display_name: str | None = Field(None, alias="displayName")

    @property
    def identity(self) -> str | None:
        """Jira Cloud knows accounts, Data Center names."""
        return self.account_id or self.name


class _Named(Payload):
    name: str | None = None
    key: str | None = None


class _Status(Payload):
    category: _Named | None = Field(None, alias="statusCategory")


class _Fields(Payload):
    summary: str
    description: Any = None
    status: _Status | None = None
    reporter: _User | None = None
    project: _Named | None = None
    issuetype: _Named | None = None


class _Issue(Payload):
    key: str
    fields: _Fields


class _Item(Payload):
    field: str
    to: str | None = None


class _Changelog(Payload):
    items: tuple[_Item, ...] = ()


class _Comment(Payload):
    body: Any = None
    author: _User | None = None


class _Webhook(Payload):
    event: str = Field(alias="webhookEvent")
    timestamp: Moment
    issue: _Issue
    user: _User | None = None
    changelog: _Changelog | None = None
    comment: _Comment | None = None


def verify(headers: Headers, body: bytes, secret: str, _now: datetime, _tolerance_seconds: float) -> None:
    check_same(headers.get(_SIGNATURE), "sha256=" + hmac_hex("sha256", secret, body), _SIGNATURE)


def read(headers: Headers, payload: dict[str, Any]) -> InboundChange:
    webhook = read_as(_Webhook, payload)
    fields = webhook.issue.fields
    reporter = fields.reporter or _User()
    happening = _happening(webhook, reporter)
    # A comment comes twice: with the issue's event, and once more as an event of its own, which is passed over.
    comment = webhook.comment if webhook.event == "jira:issue_updated" else None
    text = fields.description if happening is Happening.CREATED else comment.body if comment else None
    author = (webhook.comment.author if webhook.comment else None) or webhook.user or _User()
    return InboundChange(
        delivery_id=get_header(headers.get(_DELIVERY), _DELIVERY),
        external_id=webhook.issue.key,
        happening=happening,
        title=fields.summary,
        description="\n".join(_lines(text)).strip(),
        customer=reporter.display_name or "",
        channel="Jira",
        who=author.display_name or "",
        product=fields.project.name if fields.project else None,
        category=fields.issuetype.name if fields.issuetype else None,
        at=webhook.timestamp,
    )


def _happening(webhook: _Webhook, reporter: _User) -> Happening:
    if webhook.event == "jira:issue_created":
        return Happening.CREATED
    if webhook.event != "jira:issue_updated":
        return Happening.OTHER
    changed = {item.field: item for item in (webhook.changelog or _Changelog()).items}
    if "resolution" in changed:
        return Happening.CLOSED if changed["resolution"].to else Happening.REOPENED
    status = webhook.issue.fields.status
    if "status" in changed and status and status.category and status.category.key == "done":
        return Happening.CLOSED
    author = webhook.comment.author if webhook.comment else None
    if author and reporter.identity and author.identity == reporter.identity:
        return Happening.CUSTOMER_REPLIED
    return Happening.OTHER


def _lines(value: Any, depth: int = 0) -> list[str]:
    """The words of a text: wiki text as it is, an Atlassian Document Format node's blocks each as a line."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict) or depth > _DEEPEST_DOCUMENT:
        return []
    if isinstance(value.get("text"), str):
        return [value["text"]]
    content = value.get("content")
    inner = [_lines(node, depth + 1) for node in content] if isinstance(content, list) else []
    if value.get("type") in ("paragraph", "heading", "codeBlock"):
        return ["".join(line for lines in inner for line in lines)]
    return [line for lines in inner for line in lines]
