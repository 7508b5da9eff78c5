"""A line of the sheet of details: one opening of a ticket."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb_service.reports.tables import TicketFactRow
from kb_service.tickets.lifecycle import TicketKind, TicketState
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.tables import TicketRow
from kb_service.tickets.wording import KIND_NAMES, STATE_NAMES

OPEN = "在办"


@dataclass(frozen=True)
class OpeningLine:
    """Moments are those of the zone's clocks. ``minutes`` are the working time noted in the period."""

    ticket_id: str
    opening: int
    title: str
    customer: str
    kind: str
    channel: str
    product: str | None
    category: str | None
    priority: str | None
    assignee: str | None
    opened_at: datetime
    response_at: datetime | None
    response_met: bool | None
    resolution_at: datetime | None
    resolution_met: bool | None
    resolution_working_seconds: int | None
    ended_at: datetime | None
    outcome: str
    escalated: bool
    came_back: bool
    satisfaction: int | None
    minutes: int


def build_opening_line(fact: TicketFactRow, ticket: TicketRow, minutes: int, zone: ZoneInfo) -> OpeningLine:
    def moment(seconds: int | None) -> datetime | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, zone)

    return OpeningLine(
        ticket_id=f"{ID_PREFIX}{ticket.id}",
        opening=fact.opening,
        title=ticket.title,
        customer=ticket.customer,
        kind=KIND_NAMES[TicketKind(fact.kind)],
        channel=fact.channel,
        product=fact.product,
        category=fact.category,
        priority=fact.priority,
        assignee=fact.assignee,
        opened_at=datetime.fromtimestamp(fact.opened_epoch, zone),
        response_at=moment(fact.response_epoch),
        response_met=fact.response_met,
        resolution_at=moment(fact.resolution_epoch),
        resolution_met=fact.resolution_met,
        resolution_working_seconds=fact.resolution_working_seconds,
        ended_at=moment(fact.ended_epoch),
        outcome=STATE_NAMES[TicketState(fact.end_state)] if fact.end_state else OPEN,
        escalated=fact.escalated,
        came_back=fact.came_back,
        satisfaction=fact.satisfaction,
        minutes=minutes,
    )


def sum_minutes(work: Iterable[Sequence[Any]]) -> Counter[tuple[int, int]]:
    """Minutes per ticket's key and opening, of rows like those of `FactRepository.load_work`."""
    found: Counter[tuple[int, int]] = Counter()
    for _, _, _, ticket_key, opening, _, minutes in work:
        found[ticket_key, opening] += minutes
    return found
