"""Histories of tickets: written out, and drawn at random by following the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from kb_service.tickets.history import TicketEvent, advance
from kb_service.tickets.lifecycle import Action, TicketKind, allowed_actions, find_transition

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""A Wednesday, nine in the morning in Shanghai."""

FIELDS: dict[str, Any] = {
    "title": "打印机不出纸",
    "customer": "财务部",
    "channel": "电话",
    "category": "打印",
    "priority": "P3",
    "assignee": "工程师甲",
    "reason": "按规定",
    "text": "已联系客户",
    "to_level": 2,
    "tried": "清洁搓纸轮",
    "cause": "搓纸轮打滑",
    "solution": "更换搓纸轮",
    "minutes_worked": 30,
    "satisfaction": 4,
    "relation": "related",
    "other_ticket_id": "T2",
}


def event(sequence: int, action: Action, at: datetime, kind: TicketKind, state: Any = None) -> TicketEvent:
    transition = find_transition(kind, state, action)
    required = transition.required if transition else ()
    return TicketEvent(sequence, action, "工程师甲", at, {name: FIELDS[name] for name in required})


def history(*steps: tuple[Action, float], kind: TicketKind = TicketKind.INCIDENT) -> list[TicketEvent]:
    """Events at hours after `START`; the fields that they need are filled in."""
    events: list[TicketEvent] = []
    standing = None
    for action, hours in steps:
        new = event(len(events) + 1, action, START + timedelta(hours=hours), kind, standing.state if standing else None)
        standing = advance(kind, standing, new)
        events.append(new)
    return events


@st.composite
def histories(draw: st.DrawFn, longest: int = 25) -> tuple[TicketKind, list[TicketEvent]]:
    kind = draw(st.sampled_from(TicketKind))
    events = history((Action.CREATE, 0), kind=kind)
    standing = advance(kind, None, events[0])
    for _ in range(draw(st.integers(0, longest))):
        action = draw(st.sampled_from(allowed_actions(kind, standing.state)))
        at = standing.changed_at + timedelta(minutes=draw(st.integers(0, 3 * 24 * 60)))
        events.append(event(standing.sequence + 1, action, at, kind, standing.state))
        standing = advance(kind, standing, events[-1])
    return kind, events
