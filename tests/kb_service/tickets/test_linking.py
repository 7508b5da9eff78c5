"""Linked tickets: in the history of both, seen from either side, and undone from either side."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.tickets.errors import (
    MissingFieldsError,
    StaleTicketError,
    TicketLinkError,
    TicketNotFoundError,
    UnfittingFieldsError,
)
from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.linking import SEEN_FROM_THERE, Relation, build_links
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import START

A, R = Action, Relation


def create(tickets: TicketService, title: str) -> Ticket:
    return tickets.create(TicketRequest(title=title, customer="财务部", channel="电话", actor="小林"))


@pytest.fixture
def pair(tickets: TicketService) -> tuple[Ticket, Ticket]:
    return create(tickets, "打印机不出纸"), create(tickets, "还是不出纸")


def link(tickets: TicketService, ticket_id: str, other_id: str, relation: str = "duplicate_of", **more: Any) -> Ticket:
    sequence = tickets.get(ticket_id).sequence
    fields = {"relation": relation, "other_ticket_id": other_id, **more}
    return tickets.act(ticket_id, ActionRequest(action=A.LINK, sequence=sequence, actor="甲", **fields))


def unlink(tickets: TicketService, ticket_id: str, other_id: str) -> Ticket:
    sequence = tickets.get(ticket_id).sequence
    return tickets.act(
        ticket_id, ActionRequest(action=A.UNLINK, sequence=sequence, actor="乙", other_ticket_id=other_id)
    )


def linked(ticket: Ticket) -> list[tuple[str, str, str]]:
    return [(one.relation.value, one.ticket_id, one.title) for one in ticket.links]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("duplicate_of", "has_duplicate"),
        ("follow_up_of", "has_follow_up"),
        ("caused_by", "cause_of"),
        ("related", "related"),
    ],
)
def test_a_link_is_seen_from_both_sides(
    tickets: TicketService, pair: tuple[Ticket, Ticket], clock: Clock, here: str, there: str
) -> None:
    clock.pass_hours(1)
    assert linked(link(tickets, "T2", "T1", here, text="同一台打印机")) == [(here, "T1", "打印机不出纸")]
    assert linked(tickets.get("T1")) == [(there, "T2", "还是不出纸")]
    events = [tickets.history(one.ticket_id).events[-1] for one in pair]
    assert [(event.action, event.actor, event.at, event.sequence) for event in events] == [
        (A.LINK, "甲", clock.moment, 2)
    ] * 2
    assert events[0].fields == {
        "relation": there,
        "other_ticket_id": "T2",
        "other_title": "还是不出纸",
        "text": "同一台打印机",
    }
    assert tickets.get("T1").state is pair[0].state
    # From the side that did not ask for it, too.
    assert linked(unlink(tickets, "T1", "T2")) == []
    assert linked(tickets.get("T2")) == []
    assert [event.action for event in tickets.history("T2").events] == [A.CREATE, A.LINK, A.UNLINK]
    assert linked(link(tickets, "T1", "T2", here)) == [(here, "T2", "还是不出纸")]


def test_what_cannot_be_linked_is_refused_and_changes_nothing(
    tickets: TicketService, pair: tuple[Ticket, Ticket]
) -> None:
    for other, told in (("T2", "不能与自己关联"), ("T99", "没有编号为“T99”的工单"), ("打印机", "没有编号")):
        with pytest.raises(TicketLinkError, match=told):
            link(tickets, "T2", other)
    with pytest.raises(TicketNotFoundError):
        tickets.act(
            "T99",
            ActionRequest(action=A.LINK, sequence=1, actor="甲", relation="related", other_ticket_id="T1"),
        )
    with pytest.raises(TicketLinkError, match="没有与 T1 关联"):
        unlink(tickets, "T2", "T1")
    assert [tickets.get(one.ticket_id) for one in pair] == list(pair)
    link(tickets, "T2", "T1")
    for ticket_id, other, relation in (("T2", "T1", "duplicate_of"), ("T2", "T1", "related"), ("T1", "T2", "related")):
        with pytest.raises(TicketLinkError, match=r"已经与 T\d 关联（.*重复.*先解除"):
            link(tickets, ticket_id, other, relation)
    assert [len(tickets.history(one.ticket_id).events) for one in pair] == [2, 2]


def test_fields_are_checked_like_those_of_any_step(tickets: TicketService, pair: tuple[Ticket, Ticket]) -> None:
    for fields, missing in (({"relation": "related"}, "other_ticket_id"), ({"other_ticket_id": "T1"}, "relation")):
        with pytest.raises(MissingFieldsError) as caught:
            tickets.act("T2", ActionRequest(action=A.LINK, sequence=1, actor="甲", **fields))
        assert caught.value.members == {"fields": [missing]}
    with pytest.raises(UnfittingFieldsError):
        tickets.act("T2", ActionRequest(action=A.COMMENT, sequence=1, actor="甲", text="见", other_ticket_id="T1"))
    with pytest.raises(StaleTicketError):
        tickets.act(
            "T2", ActionRequest(action=A.LINK, sequence=2, actor="甲", relation="related", other_ticket_id="T1")
        )
    assert [tickets.get(one.ticket_id) for one in pair] == list(pair)


@pytest.mark.usefixtures("pair")
def test_the_minutes_of_linking_count_once(tickets: TicketService) -> None:
    assert link(tickets, "T2", "T1", minutes_worked=5).minutes_worked == 5
    assert tickets.get("T1").minutes_worked == 0


def test_unlinking_is_offered_where_something_is_linked(tickets: TicketService, pair: tuple[Ticket, Ticket]) -> None:
    assert A.LINK in pair[0].allowed_actions
    assert A.UNLINK not in pair[0].allowed_actions
    assert A.UNLINK in link(tickets, "T1", "T2").allowed_actions
    assert A.UNLINK in tickets.get("T2").allowed_actions


@pytest.mark.usefixtures("pair")
def test_an_ended_ticket_is_linked_too(tickets: TicketService) -> None:
    tickets.act("T1", ActionRequest(action=A.CANCEL, sequence=1, actor="甲", reason="误报"))
    assert linked(link(tickets, "T2", "T1", "follow_up_of"))[0][:2] == ("follow_up_of", "T1")


def test_two_who_link_each_other_at_once_do_not_wait_forever(tickets: TicketService) -> None:
    for number in range(5):
        first, second = create(tickets, f"甲{number}"), create(tickets, f"乙{number}")
        barrier = Barrier(2)

        def work(ids: tuple[str, str], barrier: Barrier = barrier) -> bool:
            barrier.wait()
            try:
                link(tickets, *ids, "related")
            except (TicketLinkError, StaleTicketError):
                return False
            return True

        orders = [(first.ticket_id, second.ticket_id), (second.ticket_id, first.ticket_id)]
        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(work, orders)) == 1
        assert len(tickets.get(first.ticket_id).links) == len(tickets.get(second.ticket_id).links) == 1


def test_each_relation_has_another_side() -> None:
    assert set(SEEN_FROM_THERE) == set(Relation)
    assert all(SEEN_FROM_THERE[SEEN_FROM_THERE[relation]] is relation for relation in Relation)


@given(st.lists(st.tuples(st.sampled_from(["T1", "T2", "T3"]), st.one_of(st.none(), st.sampled_from(Relation)))))
def test_the_last_word_about_each_ticket_counts(words: list[tuple[str, Relation | None]]) -> None:
    events = [
        TicketEvent(number, A.UNLINK, "甲", START, {"other_ticket_id": other})
        if relation is None
        else TicketEvent(number, A.LINK, "甲", START, {"other_ticket_id": other, "relation": relation.value})
        for number, (other, relation) in enumerate(words, start=2)
    ]
    last = dict(words)
    assert {key: one.relation for key, one in build_links(events).items()} == {
        other: relation for other, relation in last.items() if relation is not None
    }
