"""Facts follow the tickets: what is brought up to date is what would be made anew."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kb_service.reports.facts import TicketFacts
from kb_service.reports.tables import TicketFactRow, TicketWorkRow
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import Action, TicketKind
from kb_service.tickets.repository import TicketRepository, write_standing
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketRow
from tests.kb_service.conftest import Clock
from tests.kb_service.reports.autumn import Story
from tests.kb_service.tickets.histories import histories

LEVELS = ServiceLevels.build("Asia/Shanghai")


def rows(engine: Engine) -> list[list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (TicketFactRow.__table__, TicketWorkRow.__table__)
        ]


def record(engine: Engine, kind: TicketKind, events: list[TicketEvent], key: int | None = None) -> int:
    """Take up a ticket with events, or events that follow those it has."""
    with Session(engine) as session, session.begin():
        tickets = TicketRepository(session)
        found = tickets.find(key) if key is not None else None
        before = tickets.events(found.id) if found else []
        row = found or TicketRow(kind=kind.value, title="标题", description="", customer="客户", channel="电话")
        for number, event in enumerate(events, start=1):
            standing = replay(kind, [*before, *events[:number]])
            assert standing is not None
            write_standing(row, standing)
            if row.id is None:
                tickets.add(row, event)
            else:
                tickets.append(row, event, standing)
        return row.id


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(st.tuples(histories(longest=20), st.integers(1, 20)), min_size=1, max_size=3))
def test_brought_up_to_date_is_what_is_made_anew(
    engine: Engine, drawn: list[tuple[tuple[TicketKind, list[TicketEvent]], int]]
) -> None:
    facts = TicketFacts(engine, LEVELS)
    keys = [record(engine, kind, events[:cut]) for (kind, events), cut in drawn]
    assert facts.refresh() == len(keys)
    changed = 0
    for key, ((kind, events), cut) in zip(keys, drawn, strict=True):
        if later := events[cut:]:
            record(engine, kind, later, key)
            changed += 1
    assert facts.refresh() == changed
    assert facts.refresh() == 0
    followed = rows(engine)
    facts.rebuild()
    assert rows(engine) == followed


def test_only_what_changed_is_looked_at_again(engine: Engine, tickets: TicketService, clock: Clock) -> None:
    facts = TicketFacts(engine, LEVELS)
    stories = [Story(tickets, clock, "11-03 09:00") for _ in range(3)]
    assert facts.refresh() == 3
    stories[1]("11-03 10:00", Action.COMMENT)
    assert facts.refresh() == 1
    assert facts.rebuild() == 3


def test_other_promises_have_all_of_it_derived_anew(engine: Engine, tickets: TicketService, clock: Clock) -> None:
    Story(tickets, clock, "11-03 09:00")
    assert TicketFacts(engine, LEVELS).refresh() == 1
    assert TicketFacts(engine, ServiceLevels.build("Asia/Shanghai", {})).refresh() == 0
    stricter = ServiceLevels.build("Asia/Shanghai", {"levels": [{"response": "1 工作小时"}]})
    assert TicketFacts(engine, stricter).refresh() == 1
    with Session(engine) as session:
        assert session.scalars(select(TicketFactRow.response_target_seconds)).one() == 3600


def test_more_tickets_than_a_batch_holds(
    engine: Engine, tickets: TicketService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb_service.reports.facts._BATCH", 2)
    for _ in range(4):
        Story(tickets, clock, "11-03 09:00")
    assert TicketFacts(engine, LEVELS).refresh() == 4
    assert len(rows(engine)[0]) == 4
