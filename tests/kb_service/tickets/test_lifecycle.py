"""The table says what the regulations say, and every history that follows it replays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from kb_service.tickets.history import FIRST_LINE, IllegalEventError, TicketEvent, advance, replay
from kb_service.tickets.lifecycle import (
    FINAL_STATES,
    TRANSITIONS,
    Action,
    TicketKind,
    TicketState,
    allowed_actions,
    find_transition,
)
from tests.kb_service.tickets.histories import event, histories, history

A, K, S = Action, TicketKind, TicketState


@pytest.mark.parametrize("kind", TicketKind)
def test_every_state_of_a_kind_is_reached_and_left(kind: TicketKind) -> None:
    states, frontier = {S.NEW}, [S.NEW]
    while frontier:
        state = frontier.pop()
        targets = {find_transition(kind, state, action).target for action in allowed_actions(kind, state)}  # type: ignore[union-attr]
        new = {target for target in targets if target is not None} - states
        states |= new
        frontier.extend(new)
        if state not in FINAL_STATES:
            assert any(target not in (None, state) for target in targets), state
    only = {S.AWAITING_APPROVAL, S.APPROVED, S.REJECTED}, {S.SCHEME_READY, S.QUOTED}
    missing = {
        K.SERVICE_REQUEST: only[1],
        K.PRESALES_REQUEST: {*only[0], S.RESOLVED},
        K.INCIDENT: only[0] | only[1],
        K.QUESTION: only[0] | only[1],
    }
    assert states == set(TicketState) - missing[kind]


@pytest.mark.parametrize(
    ("kind", "state", "action"),
    [
        (K.INCIDENT, S.NEW, A.ASSIGN),  # classified first
        (K.INCIDENT, S.IN_PROGRESS, A.CONFIRM),  # nothing to confirm yet
        (K.INCIDENT, S.RESOLVED, A.CANCEL),
        (K.INCIDENT, S.RESOLVED, A.REOPEN),  # it is not closed yet: not solved
        (K.INCIDENT, S.CLOSED, A.RESOLVE),
        (K.INCIDENT, S.TRIAGED, A.REQUEST_APPROVAL),
        (K.SERVICE_REQUEST, S.TRIAGED, A.ASSIGN),  # no work without an approval
        (K.SERVICE_REQUEST, S.AWAITING_APPROVAL, A.ASSIGN),
        (K.SERVICE_REQUEST, S.REJECTED, A.REOPEN),
        (K.PRESALES_REQUEST, S.IN_PROGRESS, A.QUOTE),  # the scheme comes before the quotation
        (K.PRESALES_REQUEST, S.IN_PROGRESS, A.RESOLVE),
    ],
)
def test_what_the_rules_forbid(kind: TicketKind, state: TicketState, action: Action) -> None:
    assert find_transition(kind, state, action) is None


def test_no_action_has_two_meanings_in_one_place() -> None:
    places = [
        (kind, state, transition.action)
        for transition in TRANSITIONS
        for kind in transition.kinds
        for state in transition.sources
    ]
    assert len(places) == len(set(places))


def test_a_whole_story() -> None:
    events = history(
        *((A.CREATE, 0), (A.TRIAGE, 0.1), (A.ASSIGN, 0.2), (A.RESPOND, 0.5), (A.START, 0.6), (A.ASK_CUSTOMER, 1)),
        *(
            (A.CUSTOMER_REPLIED, 20),
            (A.ESCALATE, 22),
            (A.ASSIGN, 23),
            (A.START, 23),
            (A.RESOLVE, 30),
            (A.NOT_SOLVED, 31),
        ),
        *(
            (A.RESOLVE, 35),
            (A.CONFIRM, 38),
            (A.REOPEN, 40),
            (A.START, 41),
            (A.RESOLVE, 42),
            (A.CONFIRM, 50),
            (A.RATE, 60),
        ),
    )
    standing = replay(K.INCIDENT, events)
    assert standing is not None
    assert (standing.state, standing.level, standing.reopened) == (S.CLOSED, 2, 1)
    assert (standing.minutes_worked, standing.satisfaction, standing.solution) == (90, 4, "更换搓纸轮")
    assert standing.created_at == events[0].at


@given(histories())
def test_every_history_by_the_table_replays_to_the_same_place(drawn: tuple[TicketKind, list[TicketEvent]]) -> None:
    kind, events = drawn
    standing = None
    for number, one in enumerate(events, start=1):
        standing = advance(kind, standing, one)
        assert standing == replay(kind, events[:number])
        assert standing.level >= FIRST_LINE
    assert standing is not None
    assert standing.sequence == len(events)
    assert standing.reopened == sum(one.action is A.REOPEN for one in events)


@given(histories(longest=8))
def test_what_the_table_does_not_allow_is_refused_everywhere(drawn: tuple[TicketKind, list[TicketEvent]]) -> None:
    kind, events = drawn
    standing = replay(kind, events)
    assert standing is not None
    for action in set(Action) - set(allowed_actions(kind, standing.state)):
        with pytest.raises(IllegalEventError):
            advance(kind, standing, event(standing.sequence + 1, action, standing.changed_at, kind))


@given(histories(longest=8))
def test_order_time_and_fields_are_checked(drawn: tuple[TicketKind, list[TicketEvent]]) -> None:
    kind, events = drawn
    *before, last = events
    standing = replay(kind, before)
    for wrong in (last.sequence - 1, last.sequence + 1):
        with pytest.raises(IllegalEventError, match="follows"):
            advance(kind, standing, replace(last, sequence=wrong))
    if standing is not None:
        with pytest.raises(IllegalEventError, match="before"):
            advance(kind, standing, replace(last, at=standing.changed_at - timedelta(seconds=1)))
    for name in last.fields:
        with pytest.raises(IllegalEventError) as caught:
            advance(kind, standing, replace(last, fields={**last.fields, name: ""}))
        assert caught.value.missing == (name,)
    with pytest.raises(IllegalEventError) as unfitting:
        advance(kind, standing, replace(last, fields={**last.fields, "colour": "red"}))
    assert unfitting.value.unfitting == ("colour",)


def test_an_action_changes_only_what_is_its_own() -> None:
    events = history((A.CREATE, 0), (A.TRIAGE, 1))
    standing = replay(K.INCIDENT, events)
    for fields in ({"priority": "P1"}, {"assignee": "乙"}, {"to_level": 3}, {"satisfaction": 5}, {"solution": "x"}):
        note = TicketEvent(3, A.COMMENT, "甲", events[-1].at, {"text": "备注", **fields})
        with pytest.raises(IllegalEventError) as caught:
            advance(K.INCIDENT, standing, note)
        assert caught.value.unfitting == tuple(fields)
    told = TicketEvent(3, A.COMMENT, "甲", events[-1].at, {"text": "备注", "minutes_worked": 15})
    assert advance(K.INCIDENT, standing, told).minutes_worked == 15


def test_who_takes_over_while_the_customer_has_the_word_leaves_it_there() -> None:
    waiting = history((A.CREATE, 0), (A.TRIAGE, 1), (A.ASSIGN, 1), (A.START, 1), (A.ASK_CUSTOMER, 2), (A.ASSIGN, 3))
    standing = replay(K.INCIDENT, waiting)
    assert standing is not None
    assert standing.state is S.WAITING_FOR_CUSTOMER


def test_no_events_are_no_ticket() -> None:
    assert replay(K.INCIDENT, []) is None
