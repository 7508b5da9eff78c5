"""Events reach real subscribers on this machine: signed, in order, again after failures, and in the end given up."""

import base64
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from kb_service.integrations.background import delivering
from kb_service.integrations.clock_alerts import ClockAlerts
from kb_service.integrations.configuration import Subscription
from kb_service.integrations.errors import DeliveryNotFoundError
from kb_service.integrations.event_types import EVENT_TYPES, event_type
from kb_service.integrations.outbound import MOST_ATTEMPTS, SETTLED_AFTER, OutboundService, pause_after
from kb_service.integrations.sending import Sender
from kb_service.integrations.tables import OutboundDeliveryRow, SubscriptionCursorRow
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import Origin, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.conftest import Clock
from tests.kb_service.integrations.conftest import ON_SQLITE_ALONE, Walk
from tests.kb_service.integrations.receiver import Receiver, receiving

KEY = "whsec_" + base64.b64encode(b"\x05" * 32).decode()
OTHER_KEY = "whsec_" + base64.b64encode(b"\x06" * 32).decode()

A = Action
Build = Callable[..., OutboundService]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(KEY) as running:
        yield running


@pytest.fixture
def build(engine: Engine, clock: Clock) -> Iterator[Build]:
    """Makes the service for subscriptions, which learn of what happens from then on."""
    with ExitStack() as stack:

        def make(*subscriptions: dict[str, Any], begin: bool = True) -> OutboundService:
            made = tuple(Subscription.model_validate({"secret": KEY, **one}) for one in subscriptions)
            service = OutboundService(engine, made, Sender(), clock)
            stack.callback(service.close)
            if begin:
                service.begin(clock.moment)
            clock.pass_hours(0.01)
            return service

        yield make


def create(tickets: TicketService, title: str = "打印机不出纸", origin: Origin | None = None) -> Ticket:
    return tickets.create(TicketRequest(title=title, customer="衡川重工", channel="电话", actor="小林"), origin=origin)


def states(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        row = OutboundDeliveryRow
        counted = session.execute(select(row.state, func.count()).group_by(row.state))
        return {row[0]: row[1] for row in counted}


def test_every_action_has_a_name_for_others() -> None:
    assert set(EVENT_TYPES) == set(A)
    assert all(name.startswith("ticket.") for name in EVENT_TYPES.values())
    assert event_type(A.CONFIRM) == event_type(A.CLOSE_UNREACHABLE) == "ticket.closed"


def test_events_arrive_signed_and_in_order(
    build: Build, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    outbound = build({"name": "erp", "url": receiver.url + "/hooks"})
    ticket = create(tickets, origin=Origin(source="hc-zammad", external_id="81"))
    walk(ticket.ticket_id, A.TRIAGE, A.ASSIGN)
    assert outbound.deliver_due(clock.moment) == 3
    assert receiver.events == [("T1", "ticket.created"), ("T1", "ticket.triaged"), ("T1", "ticket.assigned")]
    for method, path, headers, body in receiver.requests:
        assert (method, path, headers["content-type"]) == ("POST", "/hooks", "application/json; charset=utf-8")
        receiver.check_signature(headers, body)
    assert json.loads(receiver.requests[2][3]) == {
        "type": "ticket.assigned",
        "timestamp": clock.moment.isoformat(),
        "data": {
            "ticket_id": "T1",
            "sequence": 3,
            "action": "assign",
            "actor": "工程师甲",
            "fields": {"assignee": "工程师甲"},
            "ticket": {
                "kind": "incident",
                "title": "打印机不出纸",
                "customer": "衡川重工",
                "source": "hc-zammad",
                "external_id": "81",
            },
        },
    }
    assert len(set(receiver.ids)) == 3
    assert outbound.deliver_due(clock.moment) == 0


def test_only_what_was_asked_for_is_sent(build: Build, receiver: Receiver, tickets: TicketService, walk: Walk) -> None:
    outbound = build({"name": "erp", "url": receiver.url, "events": ["ticket.created", "ticket.closed"]})
    walk(create(tickets).ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM)
    outbound.deliver_due(tickets.get("T1").changed_at)
    assert [kind for _, kind in receiver.events] == ["ticket.created", "ticket.closed"]


def test_a_new_subscription_learns_of_what_happens_from_now_on(
    build: Build, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    create(tickets)
    clock.pass_hours(0.01)
    outbound = build({"name": "erp", "url": receiver.url})
    walk("T1", A.TRIAGE)
    outbound.deliver_due(clock.moment)
    # What a stop of the service cut off is made up for, by a service that knows nothing of the one before.
    walk("T1", A.ASSIGN)
    build({"name": "erp", "url": receiver.url}).deliver_due(clock.moment)
    assert [kind for _, kind in receiver.events] == ["ticket.triaged", "ticket.assigned"]


def test_a_failed_attempt_is_made_again_with_the_same_id_and_body(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    receiver.statuses = [500, 404]
    assert outbound.deliver_due(clock.moment) == 0
    assert outbound.deliver_due(clock.moment + pause_after(1) - timedelta(seconds=1)) == 0
    assert len(receiver.requests) == 1
    assert outbound.deliver_due(clock.moment + pause_after(1)) == 0
    assert outbound.deliver_due(clock.moment + pause_after(1) + pause_after(2)) == 1
    assert len(receiver.requests) == 3
    assert len(set(receiver.ids)) == 1
    assert len({body for _, _, _, body in receiver.requests}) == 1
    assert len({headers["webhook-timestamp"] for _, _, headers, _ in receiver.requests}) == 3
    receiver.check_signature(receiver.requests[2][2], receiver.requests[2][3])


def test_pauses_grow_to_a_limit() -> None:
    pauses = [pause_after(number).total_seconds() for number in range(1, MOST_ATTEMPTS + 1)]
    assert pauses[:4] == [10, 40, 160, 640]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 8 * 3600
    assert pause_after(10_000).total_seconds() == 8 * 3600


def test_a_ticket_s_later_events_wait_and_other_tickets_do_not(
    build: Build, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    create(tickets)
    walk("T1", A.TRIAGE)
    receiver.statuses = [503]
    outbound.deliver_due(clock.moment)
    assert receiver.events == [("T1", "ticket.created")]
    outbound.deliver_due(clock.moment)
    assert receiver.events[1:] == [("T2", "ticket.created")]
    outbound.deliver_due(clock.moment + pause_after(1))
    assert receiver.events[2:] == [("T1", "ticket.created"), ("T1", "ticket.triaged")]


def test_a_failing_subscription_does_not_block_others(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        outbound = build({"name": "gone", "url": nobody}, {"name": "erp", "url": receiver.url})
        create(tickets)
        assert outbound.deliver_due(clock.moment) == 1
    assert receiver.events == [("T1", "ticket.created")]
    assert states(engine) == {"pending": 1, "delivered": 1}


@ON_SQLITE_ALONE
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock, status: int
) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    receiver.status = status
    assert outbound.deliver_due(clock.moment) == 0
    assert [path for _, path, _, _ in receiver.requests] == ["/"]


def give_up(outbound: OutboundService, clock: Clock) -> None:
    for _ in range(MOST_ATTEMPTS):
        outbound.deliver_due(clock.moment)
        clock.pass_hours(9)


def test_what_is_never_taken_becomes_a_dead_letter_and_lets_others_by(
    build: Build, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock, engine: Engine
) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    walk("T1", A.TRIAGE)
    receiver.refuse = {"ticket.created"}
    give_up(outbound, clock)
    assert [kind for _, kind in receiver.events] == ["ticket.created"] * MOST_ATTEMPTS
    [letter] = outbound.list_dead_letters().dead_letters
    assert (letter.subscription, letter.ticket_id, letter.type) == ("erp", "T1", "ticket.created")
    assert (letter.attempts, letter.last_error, letter.webhook_id) == (MOST_ATTEMPTS, "HTTP 500", receiver.ids[0])
    outbound.deliver_due(clock.moment)
    assert receiver.events[-1] == ("T1", "ticket.triaged")
    receiver.refuse = set()
    outbound.deliver_due(clock.moment)
    assert states(engine) == {"dead": 1, "delivered": 1}
    assert outbound.retry(letter.id).attempts == 0
    assert outbound.deliver_due(clock.moment) == 1
    assert receiver.ids[-1] == letter.webhook_id
    assert outbound.list_dead_letters().dead_letters == []
    for key in (letter.id, 999):
        with pytest.raises(DeliveryNotFoundError):
            outbound.retry(key)


def test_what_was_taken_is_forgotten_in_time_and_never_sent_again(
    build: Build, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock, engine: Engine
) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    receiver.refuse = {"ticket.triaged"}
    walk("T1", A.TRIAGE)
    give_up(outbound, clock)
    assert states(engine) == {"delivered": 1, "dead": 1}
    clock.pass_hours(24 * 85)
    assert outbound.purge_delivered(clock.moment) == 0
    clock.pass_hours(24 * 5)
    assert outbound.purge_delivered(clock.moment) == 1
    assert states(engine) == {"dead": 1}
    sent = len(receiver.requests)
    assert outbound.deliver_due(clock.moment) == 0
    assert len(receiver.requests) == sent
    # Once an hour is enough.
    walk("T1", A.ASSIGN)
    outbound.deliver_due(clock.moment)
    assert outbound.purge_delivered(clock.moment + timedelta(minutes=59)) == 0


def test_a_delivery_that_tells_what_is_planned_already_is_kept(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    """Of a subscription that is taken out of the configuration, and put back much later."""
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    outbound.deliver_due(clock.moment)
    clock.pass_hours(24 * 100)
    assert outbound.purge_delivered(clock.moment) == 0
    assert build({"name": "erp", "url": receiver.url}).deliver_due(clock.moment) == 0
    assert len(receiver.requests) == 1
    assert build().purge_delivered(clock.moment) == 1


def test_dead_letters_come_in_pages(build: Build, receiver: Receiver, tickets: TicketService, clock: Clock) -> None:
    outbound = build({"name": "erp", "url": receiver.url})
    receiver.status = 500
    for _ in range(3):
        create(tickets)
    for _ in range(3):
        give_up(outbound, clock)
    first = outbound.list_dead_letters(limit=2)
    second = outbound.list_dead_letters(first.next_cursor, 2)
    assert [letter.ticket_id for letter in first.dead_letters + second.dead_letters] == ["T3", "T2", "T1"]
    assert second.next_cursor is None


def test_an_event_that_is_committed_late_is_not_passed_over(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    """As on PostgreSQL, where a transaction may commit after a later one: its number is lower than those seen."""
    outbound = build({"name": "erp", "url": receiver.url})
    create(tickets)
    create(tickets)
    with engine.begin() as connection:
        # Numbers 3 and 4: the first is taken by somebody who has not committed yet.
        connection.execute(
            text(
                "INSERT INTO ticket_events (id, ticket_key, sequence, action, actor, at, fields) "
                "SELECT 4, 2, 2, 'comment', '甲', at, '{\"text\": \"后\"}' FROM ticket_events WHERE id = 2"
            )
        )
    begun = clock.moment
    outbound.deliver_due(begun + timedelta(minutes=3))
    assert len(receiver.events) == 3
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO ticket_events (id, ticket_key, sequence, action, actor, at, fields) "
                "SELECT 3, 1, 2, 'comment', '甲', at, '{\"text\": \"先\"}' FROM ticket_events WHERE id = 1"
            )
        )
    outbound.deliver_due(begun + SETTLED_AFTER - timedelta(seconds=1))
    assert receiver.events[3:] == [("T1", "ticket.commented")]


def test_the_cursor_follows_what_is_settled(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    outbound = build({"name": "erp", "url": receiver.url, "events": ["ticket.closed"]})

    def cursor() -> int | None:
        with Session(engine) as session:
            return session.scalar(select(SubscriptionCursorRow.event_key))

    create(tickets)
    outbound.deliver_due(clock.moment)
    assert cursor() == 0
    clock.pass_hours(1)
    create(tickets)
    outbound.deliver_due(clock.moment)
    assert cursor() == 1
    clock.pass_hours(1)
    outbound.deliver_due(clock.moment)
    assert cursor() == 2


def test_a_long_backlog_is_sent_whole(
    build: Build, receiver: Receiver, tickets: TicketService, clock: Clock, engine: Engine, monkeypatch: Any
) -> None:
    monkeypatch.setattr("kb_service.integrations.outbound._BATCH", 3)
    outbound = build({"name": "erp", "url": receiver.url})
    for _ in range(7):
        create(tickets)
    assert outbound.deliver_due(clock.moment) == 7
    assert [ticket for ticket, _ in receiver.events] == [f"T{number}" for number in range(1, 8)]
    assert states(engine) == {"delivered": 7}


def test_two_services_at_once_send_once(build: Build, receiver: Receiver, tickets: TicketService, clock: Clock) -> None:
    first, second = (build({"name": "erp", "url": receiver.url}) for _ in "ab")
    create(tickets)
    clock.pass_hours(0.01)
    [subscription] = first.subscriptions
    first._plan(subscription, clock.moment)
    [row] = second._find_due(subscription, clock.moment)
    receiver.statuses = [500]
    for taken in (0, 1):
        assert first.deliver_due(clock.moment + taken * pause_after(1)) == taken
        assert second._attempt(subscription, row, clock.moment) is None
        assert len(receiver.requests) == taken + 1


def test_threads_deliver_while_the_service_runs(
    build: Build,
    receiver: Receiver,
    tickets: TicketService,
    clock: Clock,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb_service.integrations.background._PAUSE_SECONDS", 0.01)
    arrived = Event()
    answer = receiver.answer

    def note(*arguments: Any) -> int:
        arrived.set()
        return answer(*arguments)

    monkeypatch.setattr(receiver, "answer", note)
    outbound = build({"name": "gone", "url": "http://127.0.0.1:1/"}, {"name": "erp", "url": receiver.url}, begin=False)
    alerts = ClockAlerts(engine, ServiceLevels.build("Asia/Shanghai"), outbound.subscriptions)
    with delivering(outbound, alerts, clock):
        clock.pass_hours(0.01)
        create(tickets)
        assert arrived.wait(30)
        arrived.clear()
        clock.pass_hours(1.7)
        assert arrived.wait(30)
    assert receiver.events == [("T1", "ticket.created"), ("T1", "ticket.clock_warning")]
