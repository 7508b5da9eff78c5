"""Subscribers are told of each clock once when it warns and once when it is breached, however often we are stopped."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb_service.integrations.clock_alerts import ClockAlerts
from kb_service.integrations.configuration import Subscription
from kb_service.integrations.outbound import OutboundService
from kb_service.integrations.sending import Sender
from kb_service.integrations.tables import ClockAlertRow
from kb_service.tickets.lifecycle import Action, TicketKind
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketRow
from tests.kb_service.conftest import Clock
from tests.kb_service.integrations.conftest import Walk
from tests.kb_service.integrations.receiver import Receiver, receiving
from tests.kb_service.integrations.test_outbound import KEY

A = Action
LEVELS = ServiceLevels.build("Asia/Shanghai")
WARNING, BREACHED = "ticket.clock_warning", "ticket.clock_breached"


class Service:
    """The parts of a service that tells of clocks; a new one knows nothing of the one before."""

    def __init__(self, engine: Engine, clock: Clock, subscriptions: tuple[Subscription, ...]) -> None:
        self.alerts = ClockAlerts(engine, LEVELS, subscriptions)
        self.outbound = OutboundService(engine, subscriptions, Sender(), clock)
        self._now = clock
        self.outbound.begin(clock.moment)
        self.alerts.begin(clock.moment)

    def work(self) -> int:
        noted = self.alerts.note_due(self._now.moment)
        self.outbound.deliver_due(self._now.moment)
        return noted


Start = Callable[..., Service]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(KEY) as running:
        yield running


@pytest.fixture
def start(engine: Engine, clock: Clock, receiver: Receiver) -> Iterator[Start]:
    """Starts the service with one subscription, to the clocks alone unless told otherwise."""
    with ExitStack() as stack:

        def make(events: tuple[str, ...] = (WARNING, BREACHED)) -> Service:
            one = {"name": "erp", "url": receiver.url, "secret": KEY, "events": events}
            service = Service(engine, clock, (Subscription.model_validate(one),))
            stack.callback(service.outbound.close)
            return service

        yield make


def create(tickets: TicketService) -> Ticket:
    return tickets.create(TicketRequest(title="打印机不出纸", customer="衡川重工", channel="电话", actor="小林"))


def told(receiver: Receiver) -> list[tuple[str, str, str]]:
    bodies = [json.loads(body) for _, _, _, body in receiver.requests]
    return [(body["type"], body["data"]["ticket_id"], body["data"]["clock"]) for body in bodies]


def test_a_clock_is_told_once_when_it_warns_and_once_when_it_is_breached(
    start: Start, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    service = start()
    begun = clock.moment
    create(tickets)
    noted = []
    for _ in range(150):
        noted.append(service.work())
        clock.pass_hours(1 / 60)
    # Two working hours: a warning after 96 minutes, a breach after 120.
    assert [minute for minute, count in enumerate(noted) if count] == [97, 121]
    assert told(receiver) == [(WARNING, "T1", "response"), (BREACHED, "T1", "response")]
    _, _, headers, body = receiver.requests[0]
    receiver.check_signature(headers, body)
    due = begun.replace(hour=begun.hour + 2).isoformat()
    assert json.loads(body)["data"] == {
        "ticket_id": "T1",
        "clock": "response",
        "target": "2 工作小时",
        "due_at": due,
        "priority": None,
        "assignee": None,
        "ticket": {
            "kind": "incident",
            "title": "打印机不出纸",
            "customer": "衡川重工",
            "source": None,
            "external_id": None,
        },
    }


def test_a_restart_neither_repeats_nor_loses_one(
    start: Start, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    create(tickets)
    start().work()
    clock.pass_hours(1.7)
    assert start().work() == 1
    assert start().work() == 0
    # Noted before the stop, not yet delivered.
    clock.pass_hours(0.5)
    assert start().alerts.note_due(clock.moment) == 1
    assert len(receiver.requests) == 1
    start().work()
    # Breached while nothing ran.
    clock.pass_hours(60)
    assert start().work() == 1
    assert told(receiver) == [(WARNING, "T1", "response"), (BREACHED, "T1", "response"), (BREACHED, "T1", "resolution")]
    assert len(set(receiver.ids)) == 3


def test_a_pause_that_moves_the_due_moment_may_warn_again(
    start: Start, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    service = start()
    walk(create(tickets).ticket_id, A.TRIAGE, A.ASSIGN, A.START)
    ticket = tickets.get("T1")
    tickets.act("T1", ActionRequest(action=A.RESPOND, sequence=ticket.sequence, actor="甲", text="您好"))
    clock.pass_hours(40)
    service.work()
    walk("T1", A.ASK_CUSTOMER)
    clock.pass_hours(100)
    assert service.work() == 0
    walk("T1", A.CUSTOMER_REPLIED)
    assert [service.work(), service.work()] == [1, 0]
    clock.pass_hours(9)
    assert service.work() == 1
    assert told(receiver) == [(kind, "T1", "resolution") for kind in (WARNING, WARNING, BREACHED)]
    dues = [json.loads(body)["data"]["due_at"] for _, _, _, body in receiver.requests]
    assert dues[0] < dues[1] == dues[2]


def test_what_is_kept_paused_or_ended_is_not_told(
    start: Start, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock, engine: Engine
) -> None:
    service = start()
    for ends in ((A.RESOLVE, A.CONFIRM), (A.ASK_CUSTOMER,)):
        walk(create(tickets).ticket_id, A.TRIAGE, A.ASSIGN, A.START)
        ticket = tickets.list(limit=1).tickets[0]
        tickets.act(
            ticket.ticket_id, ActionRequest(action=A.RESPOND, sequence=ticket.sequence, actor="甲", text="您好")
        )
        walk(ticket.ticket_id, *ends)
    ended = create(tickets)
    tickets.act(ended.ticket_id, ActionRequest(action=A.CANCEL, sequence=1, actor="甲", reason="误报"))
    clock.pass_hours(500)
    assert service.work() == 0
    assert receiver.requests == []
    with Session(engine) as session:
        assert {session.get_one(TicketRow, key).check_at for key in (1, 2, 3)} == {None}


def test_a_first_proposal_is_told_of_too(
    start: Start, receiver: Receiver, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    service = start()
    request = TicketRequest(
        kind=TicketKind.PRESALES_REQUEST, title="选型", customer="衡川重工", channel="电话", actor="小林"
    )
    tickets.create(request)
    ticket = tickets.act("T1", ActionRequest(action=A.RESPOND, sequence=1, actor="甲", text="您好"))
    walk(ticket.ticket_id, A.TRIAGE, A.ASSIGN, A.START)
    # From Thursday morning over the weekend to Monday morning.
    clock.pass_hours(47)
    assert service.work() == 1
    clock.pass_hours(50)
    assert service.work() == 1
    assert told(receiver) == [(WARNING, "T1", "proposal"), (BREACHED, "T1", "proposal")]


def test_only_who_asked_for_it_is_told(start: Start, receiver: Receiver, tickets: TicketService, clock: Clock) -> None:
    service = start(events=(BREACHED,))
    create(tickets)
    clock.pass_hours(1.7)
    assert service.work() == 1
    clock.pass_hours(1)
    assert service.work() == 1
    assert told(receiver) == [(BREACHED, "T1", "response")]
    # Somebody new learns of what happens from then on.
    start(events=()).work()
    assert [kind for kind, *_ in told(receiver)] == [BREACHED]


def test_alerts_do_not_wait_for_events_that_are_not_taken(
    start: Start, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    service = start(events=())
    clock.pass_hours(0.01)
    create(tickets)
    receiver.refuse = {"ticket.created"}
    clock.pass_hours(1.7)
    service.work()
    assert receiver.events == [("T1", WARNING), ("T1", "ticket.created")]


def test_an_alert_that_nobody_takes_becomes_a_dead_letter(
    start: Start, receiver: Receiver, tickets: TicketService, clock: Clock
) -> None:
    service = start(events=(WARNING,))
    create(tickets)
    clock.pass_hours(1.7)
    receiver.status = 500
    for _ in range(10):
        service.work()
        clock.pass_hours(9)
    [letter] = service.outbound.list_dead_letters().dead_letters
    assert (letter.type, letter.ticket_id, letter.attempts) == (WARNING, "T1", 10)
    receiver.status = 200
    service.outbound.retry(letter.id)
    service.outbound.deliver_due(clock.moment)
    assert service.outbound.list_dead_letters().dead_letters == []


def test_many_at_once_and_two_at_it(start: Start, tickets: TicketService, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr("kb_service.integrations.clock_alerts._BATCH", 3)
    for _ in range(7):
        create(tickets)
    clock.pass_hours(3)
    services = [start(), start()]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(Service.work, services)) == 7


def test_new_service_levels_are_seen_at_the_next_start(
    start: Start, receiver: Receiver, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    create(tickets)
    service = start()
    service.work()
    stricter = {"levels": [{"response": "30 分钟"}]}
    clock.pass_hours(1)
    assert service.work() == 0
    service.alerts = ClockAlerts(engine, ServiceLevels.build("Asia/Shanghai", stricter), service.outbound.subscriptions)
    service.alerts.begin(clock.moment)
    assert service.work() == 1
    assert told(receiver) == [(BREACHED, "T1", "response")]
    due = clock.moment.replace(minute=45)
    assert [one.ticket_id for one in tickets.list(due_before=due).tickets] == ["T1"]


def test_the_database_itself_refuses_the_same_alert_twice(engine: Engine, tickets: TicketService, clock: Clock) -> None:
    create(tickets)
    fields = {"ticket_key": 1, "clock": "response", "state": "warning", "due_at": clock.moment, "at": clock.moment}

    def add() -> None:
        with Session(engine) as session, session.begin():
            session.add(ClockAlertRow(**fields, target="2 工作小时"))

    add()
    with pytest.raises(IntegrityError):
        add()
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbound_deliveries (subscription, ticket_key, webhook_id, state, attempts, "
                "next_attempt_at) SELECT 'erp', 1, 'm', 'pending', 0, created_at FROM tickets"
            )
        )
