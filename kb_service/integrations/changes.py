"""What a foreign system says has happened to one of its tickets, in our own terms."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    CREATED = "created"
    CUSTOMER_REPLIED = "customer_replied"
    CLOSED = "closed"
    REOPENED = "reopened"
    OTHER = "other"


@dataclass(frozen=True)
class InboundChange:
    """One webhook, read.

    Attributes:
        delivery_id: the same each time the foreign system sends the same webhook again.
        external_id: of the ticket in the foreign system.
        description: plain text: the ticket's when created, else what was said; may be empty.
        who: did it there.
        at: aware moment of the change by the foreign system's clock; None where it does not tell.
    """

    delivery_id: str
    external_id: str
    happening: Happening
    title: str
    description: str
    customer: str
    channel: str
    who: str
    product: str | None = None
    category: str | None = None
    at: datetime | None = None
