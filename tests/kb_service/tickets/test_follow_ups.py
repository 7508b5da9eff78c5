"""Closed tickets are followed up by others than their handlers, and low scores are reviewed, as the rules have it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from kb_service.tickets.errors import IllegalActionError, MissingFieldsError, OwnFollowUpError
from kb_service.tickets.follow_ups import FollowUpKind, find_follow_up, find_pointless
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.people import is_same_person
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import FIELDS, histories

A = Action
LEVELS = ServiceLevels.build("Asia/Shanghai")
LIN = "林小禾"


def act(tickets: TicketService, ticket_id: str, action: Action, actor: str = LIN, **fields: object) -> Ticket:
    sequence = tickets.get(ticket_id).sequence
    return tickets.act(ticket_id, ActionRequest(action=action, sequence=sequence, actor=actor, **fields))


def close(tickets: TicketService) -> Ticket:
    """A ticket that 工程师甲 has, 工程师乙 has solved and the customer has confirmed."""
    made = tickets.create(TicketRequest(title="打印机不出纸", customer="财务部", channel="电话", actor="小林"))
    act(tickets, made.ticket_id, A.TRIAGE, category="打印", priority="P3")
    act(tickets, made.ticket_id, A.ASSIGN, assignee="工程师甲")
    return close_again(tickets, made.ticket_id)


def close_again(tickets: TicketService, ticket_id: str) -> Ticket:
    act(tickets, ticket_id, A.START, "工程师甲")
    act(tickets, ticket_id, A.RESOLVE, "工程师乙", cause="搓纸轮打滑", solution="更换", minutes_worked=30)
    return act(tickets, ticket_id, A.CONFIRM)


def owed(ticket: Ticket) -> tuple[str, datetime] | None:
    return (ticket.follow_up.kind.value, ticket.follow_up.due_at) if ticket.follow_up else None


def listed(tickets: TicketService) -> list[str]:
    return [one.ticket_id for one in tickets.list(follow_up=True).tickets]


def test_a_closed_ticket_is_followed_up_within_three_working_days(tickets: TicketService, clock: Clock) -> None:
    ticket = close(tickets)
    # A Wednesday morning: over the weekend to Monday.
    assert owed(ticket) == ("rating", clock.moment + timedelta(days=5))
    still_open = tickets.create(TicketRequest(title="别的", customer="财务部", channel="电话", actor="小林"))
    assert owed(still_open) is None
    assert listed(tickets) == [ticket.ticket_id]
    clock.pass_hours(200)
    assert listed(tickets) == [ticket.ticket_id]
    rated = act(tickets, ticket.ticket_id, A.RATE, satisfaction=4)
    assert owed(rated) is None
    assert listed(tickets) == []


@pytest.mark.parametrize("handler", ["工程师甲", "工程师乙", " 工程师 乙"])
def test_the_handler_does_not_ask(tickets: TicketService, handler: str) -> None:
    ticket = close(tickets)
    for action, fields in (
        (A.RATE, {"satisfaction": 1}),
        (A.MISS_FOLLOW_UP, {"text": "打过三次"}),
        (A.REVIEW_RATING, {"reason": "慢", "text": "改派"}),
    ):
        if action is A.REVIEW_RATING:
            act(tickets, ticket.ticket_id, A.RATE, satisfaction=1)
        with pytest.raises(OwnFollowUpError, match="其他同事") as caught:
            act(tickets, ticket.ticket_id, action, handler, **fields)
        assert caught.value.members == {"handlers": ["工程师乙", "工程师甲"]}
    assert listed(tickets) == [ticket.ticket_id]


def test_who_cannot_be_reached_is_noted_and_gives_no_score(tickets: TicketService) -> None:
    ticket = close(tickets)
    with pytest.raises(MissingFieldsError):
        act(tickets, ticket.ticket_id, A.MISS_FOLLOW_UP)
    missed = act(tickets, ticket.ticket_id, A.MISS_FOLLOW_UP, text="25 日三次未接，已发邮件")
    assert (owed(missed), missed.satisfaction, listed(tickets)) == (None, None, [])
    assert A.MISS_FOLLOW_UP not in missed.allowed_actions
    # The customer answers the mail.
    assert act(tickets, ticket.ticket_id, A.RATE, satisfaction=5).satisfaction == 5


@pytest.mark.parametrize(
    ("score", "must", "may"), [(1, True, True), (2, True, True), (3, False, True), (4, False, False)]
)
def test_a_low_score_is_reviewed_within_two_working_days(
    tickets: TicketService, clock: Clock, score: int, must: bool, may: bool
) -> None:
    ticket = close(tickets)
    clock.pass_hours(24)
    rated = act(tickets, ticket.ticket_id, A.RATE, satisfaction=score)
    # A Thursday morning: to Monday.
    assert owed(rated) == (("review", clock.moment + timedelta(days=4)) if must else None)
    assert (A.REVIEW_RATING in rated.allowed_actions) == may
    assert listed(tickets) == ([ticket.ticket_id] if must else [])
    if may:
        reviewed = act(tickets, ticket.ticket_id, A.REVIEW_RATING, reason="上门晚了", text="改派，已告知")
        assert (owed(reviewed), listed(tickets)) == (None, [])
        assert A.REVIEW_RATING not in reviewed.allowed_actions
    with pytest.raises(IllegalActionError):
        act(tickets, ticket.ticket_id, A.REVIEW_RATING, reason="再来", text="一次")


def test_a_reopened_ticket_s_low_score_is_reviewed_nevertheless(tickets: TicketService, clock: Clock) -> None:
    ticket = close(tickets)
    act(tickets, ticket.ticket_id, A.RATE, satisfaction=2)
    reopened = act(tickets, ticket.ticket_id, A.REOPEN, reason="回访时仍不出纸")
    assert owed(reopened) == ("review", clock.moment + timedelta(days=2))
    close_again(tickets, ticket.ticket_id)
    reviewed = act(tickets, ticket.ticket_id, A.REVIEW_RATING, reason="没修好", text="已换新机")
    # And the customer is asked once more, since it was closed once more.
    assert owed(reviewed) == ("rating", clock.moment + timedelta(days=5))


def test_what_nobody_closed_is_not_followed_up(tickets: TicketService) -> None:
    made = tickets.create(TicketRequest(title="误报", customer="财务部", channel="电话", actor="小林"))
    assert owed(act(tickets, made.ticket_id, A.CANCEL, reason="误报")) is None
    reopened = close(tickets)
    assert owed(act(tickets, reopened.ticket_id, A.REOPEN, reason="又坏了")) is None
    assert listed(tickets) == []


def test_names_are_compared_however_they_are_typed() -> None:
    assert is_same_person("Li Lei", "ｌｉｌｅｉ")
    assert not is_same_person("李雷", "李磊")


@given(histories())
def test_what_holds_for_every_history(drawn: tuple[TicketKind, list[TicketEvent]]) -> None:
    kind, events = drawn
    standing = replay(kind, events)
    assert standing is not None
    found = find_follow_up(events, LEVELS.add_working_days)
    assert FIELDS["satisfaction"] > 3
    assert A.REVIEW_RATING in find_pointless(events)
    if standing.state is not TicketState.CLOSED:
        assert found is None
        return
    done = [event.action for event in events]
    last = max(index for index, action in enumerate(done) if action in (A.CONFIRM, A.CLOSE_UNREACHABLE))
    asked = {A.RATE, A.MISS_FOLLOW_UP} & set(done[last:])
    assert (found is None) == bool(asked)
    assert (A.MISS_FOLLOW_UP in find_pointless(events)) == bool(asked)
    if found is not None:
        assert found.kind is FollowUpKind.RATING
        working = LEVELS.calendar.working_time(events[last].at, found.due_at)
        assert working == timedelta(hours=24)
