"""Name in the configuration -> the system's file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb_service.integrations.changes import InboundChange
from kb_service.integrations.configuration import SystemName
from kb_service.integrations.signatures import Headers
from kb_service.integrations.systems import chatwoot, generic, glpi, jira, zammad, znuny

DEFAULT_TOLERANCE_SECONDS = 300.0


@dataclass(frozen=True)
class ForeignSystem:
    """How one system's webhooks are checked and read.

    Attributes:
        verify: ``(headers, body, secret, now, tolerance_seconds)``; raises BadSignatureError or StaleWebhookError.
        read: ``(headers, payload)``; raises UnreadablePayloadError.
        id_is_trusted: the delivery id is signed or follows from the body, so that nobody on the way can change it.
    """

    verify: Callable[[Headers, bytes, str, datetime, float], None]
    read: Callable[[Headers, dict[str, Any]], InboundChange]
    id_is_trusted: bool
    tolerance_seconds: float = DEFAULT_TOLERANCE_SECONDS


SYSTEMS: dict[SystemName, ForeignSystem] = {
    "zammad": ForeignSystem(zammad.verify, zammad.read, id_is_trusted=False),
    "chatwoot": ForeignSystem(chatwoot.verify, chatwoot.read, id_is_trusted=False),
    "jira": ForeignSystem(jira.verify, jira.read, id_is_trusted=False),
    "glpi": ForeignSystem(glpi.verify, glpi.read, id_is_trusted=True, tolerance_seconds=glpi.TOLERANCE_SECONDS),
    "znuny": ForeignSystem(znuny.verify, znuny.read, id_is_trusted=True),
    "generic": ForeignSystem(generic.verify, generic.read, id_is_trusted=True),
}
