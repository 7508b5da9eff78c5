"""Openings of tickets: what each of them tells, and what holds for every history."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from kb_service.reports.columns import build_fact_columns, build_work_columns
from kb_service.reports.derivation import Derived, derive
from kb_service.reports.figures import Stretch, build_figures, count_volume
from kb_service.reports.repository import FACT_NUMBERS, FACT_TEXTS
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import FINAL_STATES, Action, TicketKind
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketRow
from tests.kb_service.tickets.histories import START, histories, history

A = Action
LEVELS = ServiceLevels.build("Asia/Shanghai")
TAKEN = ((A.CREATE, 0.0), (A.TRIAGE, 0.1), (A.ASSIGN, 0.2))
EPOCH = int(START.timestamp())


def derived(events: list[TicketEvent], kind: TicketKind = TicketKind.INCIDENT) -> Derived:
    return derive(TicketRow(id=7, kind=kind.value, channel="电话", product=None, contract=None), events, LEVELS)


def test_a_solution_that_was_none_does_not_count() -> None:
    steps = (*TAKEN, (A.START, 1.0), (A.RESOLVE, 2.0), (A.NOT_SOLVED, 3.0))
    [fact] = derived(history(*steps)).facts
    assert (fact["resolution_epoch"], fact["resolution_met"]) == (None, None)
    assert fact["resolution_due_epoch"] == EPOCH + 49 * 3600  # one hour stood still
    [fact] = derived(history(*steps, (A.RESOLVE, 4.0))).facts
    assert (fact["resolution_epoch"], fact["resolution_used_seconds"]) == (EPOCH + 4 * 3600, 3 * 3600)


def test_an_opening_keeps_its_figures_when_the_ticket_comes_back() -> None:
    closed = (*TAKEN, (A.RESPOND, 0.5), (A.START, 1.0), (A.RESOLVE, 2.0), (A.CONFIRM, 3.0), (A.RATE, 4.0))
    [before] = derived(history(*closed)).facts
    first, second = derived(history(*closed, (A.REOPEN, 5.0), (A.ESCALATE, 6.0))).facts
    assert {**first, "came_back": False} == before
    assert (first["came_back"], second["came_back"]) == (True, False)
    assert (first["escalated"], second["escalated"]) == (False, True)
    assert (first["satisfaction"], second["satisfaction"]) == (4, None)
    assert (second["opened_epoch"], second["ended_epoch"]) == (EPOCH + 5 * 3600, None)
    assert second["response_epoch"] is None


def test_what_ended_in_time_is_owed_no_more_and_what_ended_too_late_was() -> None:
    [fact] = derived(history(*TAKEN, (A.CANCEL, 1.0))).facts
    assert (fact["response_due_epoch"], fact["resolution_due_epoch"], fact["end_state"]) == (None, None, "cancelled")
    [fact] = derived(history(*TAKEN, (A.CANCEL, 2.5), (A.COMMENT, 90.0))).facts
    assert (fact["response_due_epoch"], fact["resolution_due_epoch"]) == (EPOCH + 2 * 3600, None)
    assert (fact["ended_epoch"], fact["last_epoch"]) == (EPOCH + 9000, EPOCH + 90 * 3600)


def test_what_stands_still_falls_due_at_no_known_time() -> None:
    [fact] = derived(history(*TAKEN, (A.START, 1.0), (A.ASK_CUSTOMER, 2.0))).facts
    assert fact["resolution_due_epoch"] is None


def test_work_belongs_to_who_did_it_when_they_did() -> None:
    events = history(*TAKEN, (A.START, 1.0), (A.RESOLVE, 2.0))
    [piece] = derived(events).work
    assert piece == {
        "ticket_key": 7,
        "sequence": 5,
        "opening": 1,
        "person": "工程师甲",
        "worked_epoch": EPOCH + 2 * 3600,
        "minutes": 30,
    }


def columns(facts: list[dict[str, Any]]) -> Any:
    return build_fact_columns([[fact[name] for name in (*FACT_TEXTS, *FACT_NUMBERS)] for fact in facts])


@settings(max_examples=60)
@given(histories())
def test_what_holds_for_every_history(drawn: tuple[TicketKind, list[TicketEvent]]) -> None:
    kind, events = drawn
    standing = replay(kind, events)
    assert standing is not None
    told = derived(events, kind)
    assert len(told.facts) == standing.reopened + 1
    assert sum(piece["minutes"] for piece in told.work) == standing.minutes_worked
    assert (told.facts[-1]["ended_epoch"] is not None) == (standing.state in FINAL_STATES)
    assert [fact["came_back"] for fact in told.facts] == [True] * standing.reopened + [False]
    whole = columns(told.facts)
    end = standing.changed_at
    low, cut, high = (moment.timestamp() for moment in (START, START + (end - START) / 2, end + timedelta(seconds=1)))
    volumes = [count_volume(whole, Stretch(*ends)) for ends in ((low, cut), (cut, high), (low, high))]
    for one in volumes:
        assert one.open_at_end == one.open_at_start + one.created + one.reopened - one.closed - one.cancelled
    first, second, both = volumes
    assert first.open_at_end == second.open_at_start
    for name in ("created", "reopened", "closed", "cancelled"):
        assert getattr(first, name) + getattr(second, name) == getattr(both, name)
    figures = build_figures(whole, build_work_columns([]), Stretch(low, high))
    for rate in (figures.resolution_rate, figures.reopening_rate, figures.response.within_target):
        assert rate.value is None if rate.denominator == 0 else 0 <= rate.numerator <= rate.denominator


@pytest.mark.parametrize("minutes", [1, 60 * 24 * 40])
def test_the_moment_of_deriving_does_not_matter(minutes: int) -> None:
    """An open ticket's facts say when it falls due, not whether it has by now."""
    events = history(*TAKEN, (A.COMMENT, 0.2 + minutes / 60))
    [fact] = derived(events).facts
    assert fact["response_due_epoch"] == EPOCH + 2 * 3600
    assert fact["resolution_due_epoch"] == EPOCH + 48 * 3600
