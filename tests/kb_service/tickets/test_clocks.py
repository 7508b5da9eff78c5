"""Promises over nights, pauses and reopenings: cases by hand, and what holds for every history."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.tickets.calendar import WorkingCalendar
from kb_service.tickets.clocks import (
    ClockState,
    SLATarget,
    find_next_change,
    proposal_status,
    resolution_status,
    response_status,
)
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState
from tests.kb_service.tickets.histories import START, histories, history

A, C, INCIDENT = Action, ClockState, TicketKind.INCIDENT
CALENDAR = WorkingCalendar(ZoneInfo("Asia/Shanghai"), ((time(8, 30), time(12)), (time(13, 30), time(18))))
TWO_WORKING_HOURS = SLATarget(timedelta(hours=2), in_working_time=True)
TWO_DAYS = SLATarget(timedelta(hours=48), in_working_time=False)
TAKEN = ((A.CREATE, 0.0), (A.TRIAGE, 0.1), (A.ASSIGN, 0.2))


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def response(events: list[TicketEvent], hours: float) -> tuple[ClockState, datetime | None]:
    status = response_status(INCIDENT, events, TWO_WORKING_HOURS, CALENDAR, after(hours))
    return status.state, status.due_at


def resolution(events: list[TicketEvent], hours: float) -> tuple[ClockState, datetime | None, timedelta]:
    status = resolution_status(INCIDENT, events, TWO_DAYS, CALENDAR, after(hours))
    return status.state, status.due_at, status.used


@pytest.mark.parametrize(
    ("hours", "state"), [(0.5, C.RUNNING), (1.6, C.WARNING), (2, C.WARNING), (2.1, C.BREACHED), (90, C.BREACHED)]
)
def test_the_response_is_due_after_two_working_hours(hours: float, state: ClockState) -> None:
    assert response(history(*TAKEN), hours) == (state, after(2))


@pytest.mark.parametrize(("spoken", "state"), [(1.9, C.MET), (2.5, C.MISSED)])
def test_only_the_engineers_own_word_is_a_response(spoken: float, state: ClockState) -> None:
    events = history(*TAKEN, (A.START, 0.3), (A.COMMENT, 0.4), (A.RESPOND, spoken))
    assert response(events, 50)[0] is state


def test_a_reopened_ticket_asks_for_a_word_anew() -> None:
    steps = (*TAKEN, (A.RESPOND, 0.5), (A.START, 1.0), (A.RESOLVE, 2.0), (A.CONFIRM, 3.0), (A.REOPEN, 4.5))
    assert response(history(*steps), 5) == (C.RUNNING, after(6.5))
    assert response(history(*steps, (A.RESPOND, 5.0)), 60)[0] is C.MET


def test_waiting_for_the_customer_stops_the_resolution_and_not_the_response() -> None:
    waiting = (*TAKEN, (A.START, 1.0), (A.ASK_CUSTOMER, 10.0))
    assert resolution(history(*waiting), 100) == (C.PAUSED, None, timedelta(hours=10))
    assert response(history(*waiting), 100)[0] is C.BREACHED
    went_on = history(*waiting, (A.CUSTOMER_REPLIED, 100.0))
    assert resolution(went_on, 101) == (C.RUNNING, after(138), timedelta(hours=11))
    assert resolution(went_on, 139)[0] is C.BREACHED


def test_what_was_due_before_a_pause_stays_due_then() -> None:
    late = history(*TAKEN, (A.START, 1.0), (A.ASK_CUSTOMER, 50.0))
    assert resolution(late, 60) == (C.BREACHED, after(48), timedelta(hours=50))
    assert resolution(history(*TAKEN, (A.START, 1.0), (A.ASK_CUSTOMER, 50.0), (A.CUSTOMER_REPLIED, 70.0)), 80)[
        1
    ] == after(48)


def test_the_customers_time_for_the_confirmation_is_not_ours() -> None:
    solved = (*TAKEN, (A.START, 1.0), (A.RESOLVE, 40.0))
    for events in (history(*solved), history(*solved, (A.CONFIRM, 90.0), (A.RATE, 99.0))):
        assert resolution(events, 200) == (C.MET, after(48), timedelta(hours=40))
        assert resolution_status(INCIDENT, events, TWO_DAYS, CALENDAR, after(200)).met_at == after(40)
    reopened = history(*solved, (A.CONFIRM, 90.0), (A.REOPEN, 100.0))
    assert resolution(reopened, 105) == (C.WARNING, after(108), timedelta(hours=45))
    assert resolution(reopened, 109)[0] is C.BREACHED


def test_a_cancelled_ticket_owes_nothing() -> None:
    events = history(*TAKEN, (A.CANCEL, 1.0))
    assert response(events, 100)[0] is C.VOID
    assert resolution(events, 100)[0] is C.VOID
    noted = history(*TAKEN, (A.CANCEL, 1.0), (A.COMMENT, 90.0))
    assert response(noted, 100)[0] is C.VOID
    assert resolution(noted, 100)[0] is C.VOID


def test_a_ticket_that_was_rated_late_does_not_owe_a_word_since() -> None:
    steps = (*TAKEN, (A.START, 0.3), (A.RESOLVE, 0.5), (A.CONFIRM, 1.0), (A.RATE, 200.0))
    assert response(history(*steps), 300)[0] is C.VOID


def test_the_scheme_fulfils_a_presales_request_and_a_revision_asks_for_it_again() -> None:
    kind = TicketKind.PRESALES_REQUEST
    steps = (*TAKEN, (A.START, 1.0), (A.SUBMIT_SCHEME, 30.0), (A.QUOTE, 60.0))
    status = resolution_status(kind, history(*steps, kind=kind), TWO_DAYS, CALENDAR, after(500))
    assert (status.state, status.met_at) == (C.MET, after(30))
    revised = history(*steps, (A.REVISE, 70.0), kind=kind)
    assert resolution_status(kind, revised, TWO_DAYS, CALENDAR, after(80)).due_at == after(88)


def proposal(events: list[TicketEvent], hours: float) -> tuple[ClockState, datetime | None, datetime | None]:
    status = proposal_status(TicketKind.PRESALES_REQUEST, events, TWO_DAYS, CALENDAR, after(hours))
    return status.state, status.due_at, status.met_at


def test_the_first_proposal_is_due_less_the_time_for_which_the_customer_is_waited_for() -> None:
    def presales(*steps: tuple[Action, float]) -> list[TicketEvent]:
        return history(*TAKEN, (A.START, 1.0), *steps, kind=TicketKind.PRESALES_REQUEST)

    assert proposal(presales(), 40) == (C.WARNING, after(48), None)
    assert proposal(presales(), 49) == (C.BREACHED, after(48), None)
    assert proposal(presales((A.ASK_CUSTOMER, 10.0)), 500) == (C.PAUSED, None, None)
    went_on = presales((A.ASK_CUSTOMER, 10.0), (A.CUSTOMER_REPLIED, 100.0))
    assert proposal(went_on, 101) == (C.RUNNING, after(138), None)
    # What comes later changes nothing any more: the scheme has a clock of its own.
    made = presales((A.SUBMIT_PROPOSAL, 30.0), (A.ASK_CUSTOMER, 60.0), (A.CUSTOMER_REPLIED, 90.0))
    assert proposal(made, 500) == (C.MET, after(48), after(30))
    assert proposal(presales((A.SUBMIT_PROPOSAL, 30.0), (A.SUBMIT_PROPOSAL, 60.0)), 500)[2] == after(30)
    assert proposal(presales((A.SUBMIT_PROPOSAL, 50.0)), 60) == (C.MISSED, after(48), after(50))
    assert proposal(presales((A.SUBMIT_SCHEME, 20.0), (A.QUOTE, 30.0)), 500) == (C.MET, after(48), after(20))
    assert proposal(presales((A.CANCEL, 20.0)), 500)[0] is C.VOID
    # The proposal is no scheme.
    status = resolution_status(TicketKind.PRESALES_REQUEST, made, TWO_DAYS, CALENDAR, after(100))
    assert status.met_at is None


def test_the_next_change_of_a_clock_is_the_moment_of_its_next_state() -> None:
    events = history(*TAKEN)
    for status_of, target in ((response_status, TWO_WORKING_HOURS), (resolution_status, TWO_DAYS)):
        for hours in (0.3, 1.0, 1.7, 30.0, 40.0):
            status = status_of(INCIDENT, events, target, CALENDAR, after(hours))
            change = find_next_change(status, CALENDAR, after(hours))
            if status.state is C.BREACHED:
                assert change is None
                continue
            assert change is not None
            for seconds, as_now in ((-1, True), (1, False)):
                then = change + timedelta(seconds=seconds)
                same = status_of(INCIDENT, events, target, CALENDAR, then).state is status.state
                assert same == as_now


TARGETS = st.builds(SLATarget, st.integers(1, 5_000).map(lambda minutes: timedelta(minutes=minutes)), st.booleans())


@given(histories(), TARGETS, st.integers(0, 20_000))
def test_what_holds_for_every_history(
    drawn: tuple[TicketKind, list[TicketEvent]], target: SLATarget, minutes: int
) -> None:
    kind, events = drawn
    standing = replay(kind, events)
    assert standing is not None
    now = standing.changed_at + timedelta(minutes=minutes)
    for status_of in (response_status, proposal_status, resolution_status):
        status = status_of(kind, events, target, CALENDAR, now)
        later = status_of(kind, events, target, CALENDAR, now + timedelta(hours=1))
        assert timedelta() <= status.used <= later.used
        assert (status.due_at is None) == (status.state is C.PAUSED)
        over = status.used > target.amount
        assert over == (status.state in (C.BREACHED, C.MISSED))
        assert (status.met_at is not None) == (status.state in (C.MET, C.MISSED))
        if status.state in (C.RUNNING, C.WARNING):
            assert status.due_at is not None
            assert status.due_at >= now
    proposed = proposal_status(kind, events, target, CALENDAR, now)
    proposing = (A.SUBMIT_PROPOSAL, A.SUBMIT_SCHEME)
    if kind is TicketKind.PRESALES_REQUEST:
        assert proposed.met_at == next((event.at for event in events if event.action in proposing), None)
    resolved = resolution_status(kind, events, target, CALENDAR, now)
    fulfilled = (TicketState.RESOLVED, TicketState.CLOSED, TicketState.SCHEME_READY, TicketState.QUOTED)
    assert (resolved.met_at is not None) == (standing.state in fulfilled)
    if standing.state is TicketState.WAITING_FOR_CUSTOMER:
        assert resolved.state in (C.PAUSED, C.BREACHED)
