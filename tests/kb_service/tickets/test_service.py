"""Tickets on SQLite and PostgreSQL: every change one event, nobody overwrites anybody, nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ingest.tables import Base
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.errors import (
    IllegalActionError,
    MissingFieldsError,
    ReopenTooLateError,
    ReusedKeyError,
    StaleTicketError,
    TakenOverError,
    TicketLinkError,
    TicketNotFoundError,
    UnfittingFieldsError,
)
from kb_service.tickets.follow_ups import FOLLOWING_UP
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState, find_transition
from kb_service.tickets.linking import LINKING
from kb_service.tickets.models import ActionRequest, Origin, Ticket, TicketRequest
from kb_service.tickets.repository import TicketRepository, read_standing
from kb_service.tickets.service import TicketService
from kb_service.tickets.tables import IdempotencyKeyRow
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import FIELDS, START

A, S = Action, TicketState


def request(**more: Any) -> TicketRequest:
    return TicketRequest(**{"title": "打印机不出纸", "customer": "财务部", "channel": "电话", "actor": "小林", **more})


def step(ticket: Ticket, action: Action, **more: Any) -> ActionRequest:
    transition = find_transition(ticket.kind, ticket.state, action)
    fields = {name: FIELDS[name] for name in transition.required} if transition else {}
    actor = "林小禾" if action in FOLLOWING_UP else "工程师甲"
    return ActionRequest(action=action, sequence=ticket.sequence, actor=actor, **(fields | more))


def walk(tickets: TicketService, ticket: Ticket, *actions: Action) -> Ticket:
    for action in actions:
        ticket = tickets.act(ticket.ticket_id, step(ticket, action))
    return ticket


def test_a_request_is_recorded_at_once(tickets: TicketService, clock: Clock) -> None:
    ticket = tickets.create(request(product="衡川ERP", description="一早就这样"))
    assert (ticket.state, ticket.sequence, ticket.level) == (S.NEW, 1, 1)
    assert ticket.created_at == clock.moment
    assert tickets.get(ticket.ticket_id) == ticket
    [event] = tickets.history(ticket.ticket_id).events
    assert (event.action, event.actor, event.at) == (A.CREATE, "小林", clock.moment)
    assert event.fields["customer"] == "财务部"


def test_a_whole_story_is_in_the_history(tickets: TicketService, clock: Clock) -> None:
    ticket = tickets.create(request())
    for action in (A.TRIAGE, A.ASSIGN, A.START, A.ESCALATE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM, A.RATE):
        clock.pass_hours(1)
        ticket = tickets.act(ticket.ticket_id, step(ticket, action))
    assert (ticket.state, ticket.level, ticket.satisfaction, ticket.solution) == (S.CLOSED, 2, 4, "更换搓纸轮")
    events = tickets.history(ticket.ticket_id).events
    assert [event.sequence for event in events] == list(range(1, 11))
    assert events[4].fields == {"to_level": 2, "reason": "按规定", "tried": "清洁搓纸轮"}
    assert events[-1].at == clock.moment


def test_who_has_to_ask_again_is_served_first(tickets: TicketService) -> None:
    ticket = walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM, A.REOPEN)
    assert (ticket.state, ticket.priority, ticket.reopened) == (S.REOPENED, "P2", 1)


def test_a_history_does_not_go_back_with_the_machine_s_clock(tickets: TicketService, clock: Clock) -> None:
    ticket = tickets.create(request())
    begun = clock.moment
    clock.pass_hours(-3)
    assert walk(tickets, ticket, A.TRIAGE).changed_at == begun


def test_promises_are_told_with_the_ticket(tickets: TicketService, clock: Clock) -> None:
    ticket = tickets.create(request())
    assert (ticket.response.target, ticket.response.state) == ("2 工作小时", ClockState.RUNNING)
    assert ticket.response.due_at == clock.moment + timedelta(hours=2)
    assert ticket.resolution.due_at == clock.moment + timedelta(hours=48)
    urgent = tickets.act(ticket.ticket_id, step(ticket, A.TRIAGE, priority="P1"))
    assert urgent.response.due_at == clock.moment + timedelta(minutes=15)
    clock.pass_hours(1)
    assert tickets.get(ticket.ticket_id).response.state is ClockState.BREACHED
    answered = tickets.act(ticket.ticket_id, step(urgent, A.RESPOND))
    assert (answered.response.state, answered.response.used_seconds) == (ClockState.MISSED, 3600)


def test_the_queue_can_be_asked_for_what_is_due(tickets: TicketService, clock: Clock) -> None:
    spoken = walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.RESPOND, A.START)
    silent = tickets.create(request())
    waiting = walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.RESPOND, A.START, A.ASK_CUSTOMER)
    solved = walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.RESPOND, A.START, A.RESOLVE)

    def due(hours: float) -> list[str]:
        return [one.ticket_id for one in tickets.list(due_before=clock.moment + timedelta(hours=hours)).tickets]

    assert due(1) == []
    assert due(3) == [silent.ticket_id]
    assert due(49) == [silent.ticket_id, spoken.ticket_id]
    assert {waiting.resolution.state, solved.resolution.state} == {ClockState.PAUSED, ClockState.MET}
    assert len(tickets.list().tickets) == 4


def test_a_presales_request_is_promised_a_first_proposal(tickets: TicketService, clock: Clock) -> None:
    assert tickets.create(request()).proposal is None
    ticket = tickets.create(request(kind="presales_request"))
    assert ticket.proposal is not None
    # A Wednesday morning: two working days and five.
    assert (ticket.proposal.target, ticket.proposal.due_at) == ("2 工作日", clock.moment + timedelta(days=2))
    assert ticket.resolution.due_at == clock.moment + timedelta(days=7)
    ticket = walk(tickets, ticket, A.TRIAGE, A.ASSIGN, A.RESPOND, A.START)

    def due_by_friday() -> list[str]:
        page = tickets.list(kinds=[TicketKind.PRESALES_REQUEST], due_before=clock.moment + timedelta(days=3))
        return [one.ticket_id for one in page.tickets]

    assert due_by_friday() == [ticket.ticket_id]
    made = walk(tickets, ticket, A.SUBMIT_PROPOSAL)
    assert made.proposal is not None
    assert (made.proposal.state, made.state, made.resolution.met_at) == (ClockState.MET, S.IN_PROGRESS, None)
    assert due_by_friday() == []


def test_a_promise_is_judged_by_what_was_promised_when_it_was_kept(tickets: TicketService, clock: Clock) -> None:
    ticket = walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.START)
    clock.pass_hours(1)
    ticket = walk(tickets, ticket, A.RESPOND)
    clock.pass_hours(1)
    raised = tickets.act(ticket.ticket_id, step(ticket, A.CHANGE_PRIORITY, priority="P1"))
    assert (raised.response.state, raised.response.target) == (ClockState.MET, "2 工作小时")


def test_an_ended_ticket_owes_nothing_any_more(tickets: TicketService, clock: Clock) -> None:
    ticket = walk(tickets, tickets.create(request()), A.TRIAGE)
    clock.pass_hours(100)
    ended = walk(tickets, ticket, A.CANCEL, A.COMMENT)
    assert ended.response.state is ClockState.BREACHED
    assert tickets.list(due_before=clock.moment + timedelta(days=9)).tickets == []


def test_a_closed_ticket_is_reopened_within_a_week(tickets: TicketService, clock: Clock) -> None:
    made = [walk(tickets, tickets.create(request()), A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM) for _ in "ab"]
    clock.pass_hours(7 * 24)
    rated = walk(tickets, made[0], A.RATE)
    assert walk(tickets, rated, A.REOPEN).state is S.REOPENED
    clock.pass_hours(0.1)
    with pytest.raises(ReopenTooLateError, match="新建工单"):
        walk(tickets, made[1], A.REOPEN)


def test_fields_of_another_action_are_refused(tickets: TicketService) -> None:
    ticket = tickets.create(request())
    with pytest.raises(UnfittingFieldsError) as caught:
        tickets.act(ticket.ticket_id, step(ticket, A.COMMENT, priority="P1", satisfaction=5))
    assert caught.value.members == {"fields": ["priority", "satisfaction"]}
    assert caught.value.detail.startswith("操作“备注”不带字段：优先级、满意度。")
    assert tickets.get(ticket.ticket_id) == ticket


def test_what_the_workflow_forbids_changes_nothing(tickets: TicketService) -> None:
    ticket = tickets.create(request())
    with pytest.raises(IllegalActionError) as caught:
        tickets.act(ticket.ticket_id, step(ticket, A.CONFIRM))
    assert caught.value.members == {"state": "new", "allowed_actions": [one.value for one in ticket.allowed_actions]}
    assert caught.value.detail.startswith("工单处于“新建”，不能“客户确认，关闭”。现在可以：分类定级、回复客户、备注、")
    with pytest.raises(MissingFieldsError) as missing:
        tickets.act(ticket.ticket_id, ActionRequest(action=A.TRIAGE, sequence=1, actor="甲", priority="P3"))
    assert missing.value.members == {"fields": ["category"]}
    assert missing.value.detail == "操作“分类定级”还需要字段：分类"
    assert tickets.get(ticket.ticket_id) == ticket
    assert len(tickets.history(ticket.ticket_id).events) == 1


def test_a_change_that_was_not_seen_is_not_overwritten(tickets: TicketService) -> None:
    seen = tickets.create(request())
    walk(tickets, seen, A.TRIAGE)
    with pytest.raises(StaleTicketError) as caught:
        tickets.act(seen.ticket_id, step(seen, A.TRIAGE))
    assert caught.value.members == {"sequence": 2}


@pytest.mark.parametrize("unknown", ["T999", "T0", "T01", "999", "T", "T-1", "Tx", "T١", "T" + "9" * 40, "T2147483648"])
def test_unknown_tickets(tickets: TicketService, unknown: str) -> None:
    with pytest.raises(TicketNotFoundError):
        tickets.get(unknown)
    with pytest.raises(TicketNotFoundError):
        tickets.history(unknown)
    with pytest.raises(TicketNotFoundError):
        tickets.act(unknown, ActionRequest(action=A.CANCEL, sequence=1, actor="甲", reason="误报"))


def test_the_same_request_twice_is_carried_out_once(tickets: TicketService) -> None:
    first = tickets.create(request(), "key-1")
    assert tickets.create(request(), "key-1") == first
    triage = step(first, A.TRIAGE)
    done = tickets.act(first.ticket_id, triage, "key-2")
    assert tickets.act(first.ticket_id, triage, "key-2") == done
    assert tickets.create(request(), "key-1") == done
    assert len(tickets.list().tickets) == 1
    assert len(tickets.history(first.ticket_id).events) == 2
    with pytest.raises(ReusedKeyError):
        tickets.create(request(title="别的问题"), "key-1")
    assert tickets.create(request(), "key-3") != first


def test_a_foreign_ticket_is_taken_over_once(tickets: TicketService) -> None:
    origin = Origin(source="zammad", external_id="81")
    assert tickets.find_by_origin(origin) is None
    ticket = tickets.create(request(), origin=origin)
    assert (ticket.source, ticket.external_id) == ("zammad", "81")
    assert tickets.find_by_origin(origin) == ticket
    with pytest.raises(TakenOverError) as caught:
        tickets.create(request(title="再来一次"), origin=origin)
    assert caught.value.members == {"ticket_id": ticket.ticket_id}
    assert tickets.create(request(), origin=Origin(source="jira", external_id="81")) != ticket
    assert tickets.find_by_origin(Origin(source="zammad", external_id="82")) is None
    assert tickets.create(request()).source is None


def test_what_a_caller_writes_along_is_kept_or_lost_with_the_change(tickets: TicketService, engine: Engine) -> None:
    def note(session: Session, key: int) -> None:
        session.add(IdempotencyKeyRow(key="mine", request_digest="x", ticket_key=key, at=START))

    ticket = tickets.create(request(), also=note)
    for change in (
        lambda: tickets.create(request(), also=note),
        lambda: tickets.act(ticket.ticket_id, step(ticket, A.TRIAGE), also=note),
    ):
        with pytest.raises(IntegrityError):
            change()
    assert tickets.list().tickets == [ticket]
    with Session(engine) as session:
        assert TicketRepository(session).find_request("mine") is not None


def together(work: Callable[[int], Any], count: int = 8) -> list[Any]:
    """What ``count`` threads get that begin at the same moment; errors are results."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except StaleTicketError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_who_change_a_ticket_at_once_one_does(tickets: TicketService) -> None:
    ticket = tickets.create(request())
    results = together(lambda number: tickets.act(ticket.ticket_id, step(ticket, A.TRIAGE, category=f"类{number}")))
    [winner] = [result for result in results if isinstance(result, Ticket)]
    assert all(isinstance(result, StaleTicketError) for result in results if result is not winner)
    assert tickets.get(ticket.ticket_id) == winner
    assert len(tickets.history(ticket.ticket_id).events) == 2


def test_one_request_sent_many_times_at_once_makes_one_ticket(tickets: TicketService) -> None:
    results = together(lambda _: tickets.create(request(), "same"))
    assert len({ticket.ticket_id for ticket in results}) == 1
    assert len(tickets.list().tickets) == 1


def test_one_step_sent_many_times_at_once_is_taken_once(tickets: TicketService) -> None:
    ticket = tickets.create(request())
    triage = step(ticket, A.TRIAGE)
    results = together(lambda _: tickets.act(ticket.ticket_id, triage, "same"))
    assert all(result == results[0] for result in results)
    assert isinstance(results[0], Ticket)
    assert len(tickets.history(ticket.ticket_id).events) == 2


def test_the_queue_comes_in_pages_and_by_what_is_asked(tickets: TicketService) -> None:
    made = [tickets.create(request(title=f"第 {number} 个")) for number in range(7)]
    walk(tickets, made[2], A.TRIAGE, A.ASSIGN)
    walk(tickets, made[4], A.TRIAGE)
    asked = tickets.create(request(kind="question"))
    pages, cursor = [], None
    while True:
        page = tickets.list(cursor=cursor, limit=3)
        pages.append([ticket.ticket_id for ticket in page.tickets])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [found for page in pages for found in page] == [ticket.ticket_id for ticket in [asked, *reversed(made)]]
    found = tickets.list(states=[S.ASSIGNED, S.TRIAGED]).tickets
    assert [ticket.ticket_id for ticket in found] == [made[4].ticket_id, made[2].ticket_id]
    assert [ticket.ticket_id for ticket in tickets.list(assignee="工程师甲").tickets] == [made[2].ticket_id]
    assert [ticket.ticket_id for ticket in tickets.list(kinds=[TicketKind.QUESTION]).tickets] == [asked.ticket_id]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.data())
def test_rows_say_what_their_events_replay_to(tickets: TicketService, engine: Engine, data: st.DataObject) -> None:
    kinds = st.sampled_from(TicketKind)
    ticket, other = [tickets.create(request(kind=data.draw(kinds))) for _ in range(2)]
    for _ in range(data.draw(st.integers(0, 8))):
        action = data.draw(st.sampled_from(ticket.allowed_actions))
        more = {"other_ticket_id": other.ticket_id} if action in LINKING else {}
        with suppress(TicketLinkError):  # linked already
            ticket = tickets.act(ticket.ticket_id, step(ticket, action, **more))
    with Session(engine) as session:
        repository = TicketRepository(session)
        for one in (ticket, other):
            row = repository.find(int(one.ticket_id[1:]))
            assert row is not None
            events: list[TicketEvent] = repository.events(row.id)
            assert read_standing(row) == replay(one.kind, events)


@pytest.mark.parametrize("change", ["UPDATE ticket_events SET actor = '别人'", "DELETE FROM ticket_events"])
def test_the_database_keeps_events_as_they_are(tickets: TicketService, engine: Engine, change: str) -> None:
    tickets.create(request())
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.execute(text(change))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ticket_events WHERE actor = '小林'")) == 1


@pytest.mark.parametrize(
    "wrong", ["state = 'lost'", "kind = 'joke'", "satisfaction = 6", "sequence = 0", "source = 'x'"]
)
def test_the_database_refuses_what_cannot_be(tickets: TicketService, engine: Engine, wrong: str) -> None:
    tickets.create(request())
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE tickets SET {wrong}"))


def test_migrations_make_the_declared_schema_here_too(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
