"""Columns of a block of tickets are loaded once for one state of its facts, and anew for every other."""

from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from kb_service.reports import kept_columns, repository
from kb_service.reports.kept_columns import KeptColumns
from kb_service.reports.repository import FactRepository
from kb_service.reports.service import ReportService
from kb_service.reports.tables import TicketFactRow
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.reports.autumn import Story
from tests.kb_service.reports.conftest import build_reports


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(start of the stretch, block) of which facts were loaded; a block is of two tickets."""
    loaded: list[tuple[int, int]] = []
    load = FactRepository.load_facts

    def noting(self: FactRepository, low: int, high: int, block: int) -> Any:
        loaded.append((low, block))
        return load(self, low, high, block)

    monkeypatch.setattr(FactRepository, "load_facts", noting)
    monkeypatch.setattr(repository, "BLOCK_TICKETS", 2)
    return loaded


def test_the_same_facts_are_loaded_once(
    reports: ReportService, tickets: TicketService, clock: Clock, loads: list[tuple[int, int]]
) -> None:
    Story(tickets, clock, "11-05 09:00")
    first = reports.report("2026-11")
    assert reports.report("2026-11").model_dump() == first.model_dump()
    assert len(loads) == 1
    # Another stretch, and back.
    reports.report("2026-Q4")
    reports.report("2026-11")
    assert len(loads) == 2


def test_every_step_on_a_ticket_is_seen_at_once(
    engine: Engine, reports: ReportService, tickets: TicketService, clock: Clock
) -> None:
    story = Story(tickets, clock, "11-05 09:00")
    others = build_reports(engine, clock)
    assert [one.report("2026-11").figures.volume.created for one in (reports, others)] == [1, 1]
    story("11-05 09:10", Action.TRIAGE, category="打印", priority="P3")(
        "11-05 09:15", Action.ASSIGN, assignee="工程师甲"
    )
    story("11-05 09:20", Action.RESPOND)
    # The second one finds the facts brought up to date by the first, as by another process.
    assert [one.report("2026-11").figures.response.count for one in (reports, others)] == [1, 1]
    Story(tickets, clock, "11-06 09:00")
    assert [one.report("2026-11").figures.volume.created for one in (others, reports)] == [2, 2]


def test_a_step_on_a_ticket_loads_its_block_alone(
    engine: Engine, reports: ReportService, tickets: TicketService, clock: Clock, loads: list[tuple[int, int]]
) -> None:
    stories = [Story(tickets, clock, f"11-05 0{hour}:00") for hour in range(5)]
    reports.report("2026-11")
    assert [block for _, block in loads] == [0, 1, 2]
    stories[2]("11-05 09:10", Action.TRIAGE, category="打印", priority="P3")
    after = reports.report("2026-11")
    assert [block for _, block in loads] == [0, 1, 2, 1]
    # Counted as by a process that has kept nothing.
    assert after.model_dump() == build_reports(engine, clock).report("2026-11").model_dump()
    assert [(group.key, group.figures.volume.created) for group in after.by_category] == [("打印", 1), (None, 4)]


def test_facts_by_other_rules_are_other_facts(
    reports: ReportService, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    Story(tickets, clock, "11-05 09:00")
    reports.facts.refresh()
    with Session(engine) as session:
        before = FactRepository(session).load_stamps()
    with engine.begin() as connection:
        connection.execute(update(TicketFactRow).values(fingerprint="0-other"))
    with Session(engine) as session:
        assert FactRepository(session).load_stamps() != before


def test_no_more_than_a_few_stretches_are_kept(
    reports: ReportService,
    tickets: TicketService,
    clock: Clock,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    loads: list[tuple[int, int]],
) -> None:
    monkeypatch.setattr(kept_columns, "_MOST_KEPT", 2)
    Story(tickets, clock, "11-05 09:00")
    reports.facts.refresh()
    kept = KeptColumns()
    with Session(engine) as session:
        facts = FactRepository(session)
        for low in (1, 2, 1, 3, 1, 2):
            kept.load(facts, low, 10)
    # 2 was asked for longest ago when 3 came.
    assert [low for low, _ in loads] == [1, 2, 3, 2]


def test_without_tickets_there_are_columns_without_rows(engine: Engine) -> None:
    with Session(engine) as session:
        facts, work = KeptColumns().load(FactRepository(session), 1, 10)
    assert (len(facts["opening"]), len(work["minutes"]), facts.values["channel"]) == (0, 0, [])
