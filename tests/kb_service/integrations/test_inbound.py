"""Webhooks on SQLite and PostgreSQL: tickets follow them, each delivery counts once, order does not matter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from starlette.datastructures import Headers

from ingest.tables import Base
from kb_service.integrations.errors import (
    BadSignatureError,
    ConnectionNotFoundError,
    ReplayedError,
    UnreadablePayloadError,
)
from kb_service.integrations.inbound import InboundService
from kb_service.integrations.models import Outcome, WebhookAnswer
from kb_service.integrations.tables import WebhookDeliveryRow
from kb_service.tickets.lifecycle import Action, TicketState
from kb_service.tickets.models import Origin
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.integrations.conftest import ON_SQLITE_ALONE, Walk
from tests.kb_service.integrations.sending_systems import SECRETS, load_payload, sign, to_body

A, S = Action, TicketState


class Foreign:
    """A foreign system that sends its recorded payloads."""

    def __init__(self, inbound: InboundService, clock: Clock) -> None:
        self.inbound, self.clock, self.sent = inbound, clock, 0

    def send(self, name: str, delivery_id: str | None = None, at: datetime | None = None, **changed: Any) -> Any:
        payload = {**load_payload(name), **changed}
        self.sent += 1
        return self.send_body(name.split("_")[0], to_body(payload), delivery_id or f"d-{self.sent}", at)

    def send_body(self, system: str, body: bytes, delivery_id: str, at: datetime | None = None) -> WebhookAnswer:
        headers = Headers(sign(system, body, at or self.clock.moment, delivery_id))
        return self.inbound.receive(f"hc-{system}", headers, body)[0]


@pytest.fixture
def foreign(inbound: InboundService, clock: Clock) -> Foreign:
    return Foreign(inbound, clock)


def count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(WebhookDeliveryRow)) or 0


@pytest.mark.parametrize("system", list(SECRETS))
def test_a_foreign_ticket_s_whole_story(
    foreign: Foreign, tickets: TicketService, walk: Walk, clock: Clock, system: str
) -> None:
    reply = {"jira": "jira_commented", "glpi": "glpi_followup"}.get(system, f"{system}_replied")
    closed = {"chatwoot": "chatwoot_resolved"}.get(system, f"{system}_closed")
    created = foreign.send(f"{system}_created")
    assert (created.outcome, created.reason) == (Outcome.CREATED, None)
    ticket = tickets.get(created.ticket_id)
    assert (ticket.state, ticket.source, ticket.created_at) == (S.NEW, f"hc-{system}", clock.moment)
    walk(ticket.ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.ASK_CUSTOMER)
    assert foreign.send(reply).outcome is Outcome.APPLIED
    assert tickets.get(ticket.ticket_id).state is S.IN_PROGRESS
    walk(ticket.ticket_id, A.RESOLVE)
    assert foreign.send(closed).outcome is Outcome.APPLIED
    assert tickets.get(ticket.ticket_id).state is S.CLOSED
    if system != "glpi":  # which does not tell
        assert foreign.send(f"{system}_reopened").outcome is Outcome.APPLIED
        assert tickets.get(ticket.ticket_id).state is S.REOPENED
    actors = {event.actor for event in tickets.history(ticket.ticket_id).events}
    assert all(actor == "工程师甲" or actor.startswith(f"hc-{system}") for actor in actors)


def test_a_new_ticket_has_the_foreign_one_s_words(foreign: Foreign, tickets: TicketService) -> None:
    answer = foreign.send("generic_created")
    ticket = tickets.get(answer.ticket_id)
    assert ticket.title == "邮箱收不到外部邮件"
    assert ticket.description == "自昨天下午起，外部来信都收不到。\n（原系统分类：邮件）"
    assert (ticket.customer, ticket.channel, ticket.product) == ("衡川重工", "自助台", "企业邮箱")
    assert tickets.history(ticket.ticket_id).events[0].actor == "hc-generic：林小禾"
    assert tickets.find_by_origin(Origin(source="hc-generic", external_id="R-1001")) == ticket


def test_the_same_delivery_again_changes_nothing(foreign: Foreign, tickets: TicketService, engine: Engine) -> None:
    first = foreign.send("zammad_created", "d-1")
    assert foreign.send("zammad_created", "d-1") == first
    replied = foreign.send("zammad_replied", "d-2")
    before = tickets.history(first.ticket_id)
    assert foreign.send("zammad_replied", "d-2") == replied
    assert tickets.history(first.ticket_id) == before
    assert count(engine) == 2


def test_a_retry_s_answer_is_told_from_the_first(inbound: InboundService, clock: Clock) -> None:
    body = to_body(load_payload("generic_created"))
    headers = Headers(sign("generic", body, clock.moment))
    first, again = inbound.receive("hc-generic", headers, body), inbound.receive("hc-generic", headers, body)
    assert (first[1], again[1]) == (True, False)
    assert first[0] == again[0]


def test_chatwoot_signs_a_retry_anew(foreign: Foreign, tickets: TicketService, clock: Clock) -> None:
    first = foreign.send("chatwoot_created", "d-1")
    clock.pass_hours(1)
    assert foreign.send("chatwoot_created", "d-1") == first
    assert len(tickets.list().tickets) == 1


def test_a_recorded_body_under_another_id_is_refused(foreign: Foreign, tickets: TicketService) -> None:
    for name in ("zammad_created", "jira_created", "chatwoot_created"):
        foreign.send(name, "d-1")
        with pytest.raises(ReplayedError, match="d-1"):
            foreign.send(name, "d-2")
    assert len(tickets.list().tickets) == 3


def test_the_generic_format_may_say_the_same_twice(foreign: Foreign, tickets: TicketService) -> None:
    answer = foreign.send("generic_created")
    for _ in range(2):
        assert foreign.send("generic_replied").outcome is Outcome.COMMENTED
    assert len(tickets.history(answer.ticket_id).events) == 3


def together(work: Any, count: int = 8) -> list[Any]:
    """What ``count`` threads get that begin at the same moment; errors are results."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except ReplayedError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_delivery_many_times_at_once_counts_once(foreign: Foreign, tickets: TicketService, engine: Engine) -> None:
    created = together(lambda _: foreign.send("zammad_created", "same"))
    assert all(answer == created[0] for answer in created)
    assert len(tickets.list().tickets) == 1
    replied = together(lambda _: foreign.send("zammad_replied", "again"))
    assert all(answer == replied[0] for answer in replied)
    assert len(tickets.history(created[0].ticket_id).events) == 2
    assert count(engine) == 2


def test_one_recorded_body_many_times_at_once_counts_once(foreign: Foreign, tickets: TicketService) -> None:
    results = together(lambda number: foreign.send("zammad_created", f"d-{number}"))
    assert sum(isinstance(result, ReplayedError) for result in results) == 7
    assert len(tickets.list().tickets) == 1


def test_different_deliveries_at_once_all_arrive(foreign: Foreign, tickets: TicketService, engine: Engine) -> None:
    created = together(lambda number: foreign.send("generic_created", f"c-{number}"))
    assert [answer.outcome for answer in created].count(Outcome.CREATED) == 1
    assert {answer.ticket_id for answer in created} == {"T1"}
    together(lambda number: foreign.send("generic_replied", f"r-{number}"))
    assert len(tickets.history("T1").events) == 9
    assert count(engine) == 16


def test_a_reply_before_the_ticket_is_passed_over(foreign: Foreign, tickets: TicketService) -> None:
    answer = foreign.send("zammad_replied", "d-0")
    assert (answer.ticket_id, answer.outcome) == (None, Outcome.PASSED_OVER)
    assert "登记" in answer.reason
    assert foreign.send("zammad_replied", "d-0") == answer
    assert foreign.send("zammad_created").outcome is Outcome.CREATED
    assert len(tickets.list().tickets) == 1


def test_a_state_older_than_what_is_known_is_passed_over(foreign: Foreign, tickets: TicketService, walk: Walk) -> None:
    ticket_id = foreign.send("generic_created").ticket_id
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE)
    assert foreign.send("generic_closed").outcome is Outcome.APPLIED
    assert foreign.send("generic_reopened").outcome is Outcome.APPLIED
    walk(ticket_id, A.START, A.RESOLVE)
    late = foreign.send("generic_closed", timestamp="2026-11-25T14:30:00+08:00")
    assert (late.outcome, late.ticket_id) == (Outcome.PASSED_OVER, ticket_id)
    assert "更早" in late.reason
    assert tickets.get(ticket_id).state is S.RESOLVED


def test_a_late_reply_s_words_are_kept(foreign: Foreign, tickets: TicketService, walk: Walk) -> None:
    ticket_id = foreign.send("generic_created").ticket_id
    foreign.send("generic_closed")
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.ASK_CUSTOMER)
    assert foreign.send("generic_replied").outcome is Outcome.COMMENTED
    assert tickets.get(ticket_id).state is S.WAITING_FOR_CUSTOMER
    assert tickets.history(ticket_id).events[-1].fields == {"text": "发件人说收到退信 550"}


def test_a_clock_that_is_ahead_does_not_shut_out_what_follows(foreign: Foreign, walk: Walk, clock: Clock) -> None:
    ticket_id = foreign.send("generic_created", timestamp="2036-01-01T00:00:00+08:00").ticket_id
    clock.pass_hours(1)
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE)
    later = (clock.moment - timedelta(minutes=1)).isoformat()
    assert foreign.send("generic_closed", timestamp=later).outcome is Outcome.APPLIED


def test_a_change_without_a_time_happened_when_it_came(foreign: Foreign, walk: Walk, clock: Clock) -> None:
    ticket_id = foreign.send("generic_created", timestamp=None).ticket_id
    clock.pass_hours(1)
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE)
    assert foreign.send("generic_closed", timestamp=None).outcome is Outcome.APPLIED


def test_what_the_workflow_does_not_allow_becomes_a_comment(
    foreign: Foreign, tickets: TicketService, walk: Walk, clock: Clock
) -> None:
    ticket_id = foreign.send("generic_created").ticket_id
    closed = foreign.send("generic_closed")
    assert (closed.outcome, closed.reason) == (Outcome.COMMENTED, "工单尚未解决，不能关闭")
    assert tickets.get(ticket_id).state is S.NEW
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM)
    assert foreign.send("generic_closed").outcome is Outcome.PASSED_OVER
    clock.pass_hours(8 * 24)
    reopened = foreign.send("generic_reopened", timestamp=clock.moment.isoformat())
    assert reopened.outcome is Outcome.COMMENTED
    assert "7 天" in reopened.reason
    assert tickets.get(ticket_id).state is S.CLOSED
    assert "又收不到了" in tickets.history(ticket_id).events[-1].fields["text"]


def test_a_reopened_ticket_that_was_only_resolved_is_not_solved(
    foreign: Foreign, tickets: TicketService, walk: Walk
) -> None:
    ticket_id = foreign.send("generic_created").ticket_id
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE)
    assert foreign.send("generic_reopened").outcome is Outcome.APPLIED
    event = tickets.history(ticket_id).events[-1]
    assert (event.action, event.fields) == (A.NOT_SOLVED, {"reason": "又收不到了"})


def test_a_million_characters_are_cut_and_say_so(foreign: Foreign, tickets: TicketService, walk: Walk) -> None:
    ticket = {"id": "R-2", "title": "长" * 900, "customer": "户" * 900, "channel": "道" * 90, "category": "类" * 300}
    ticket["description"] = "日" * 1_000_000
    ticket_id = foreign.send("generic_created", data={"ticket": ticket, "who": "人" * 900}).ticket_id
    made = tickets.get(ticket_id)
    assert len(made.description) <= 100_000
    assert "原文共 1,000,000 字，此处截断" in made.description
    assert (len(made.title), len(made.customer), len(made.channel)) == (500, 200, 32)
    walk(ticket_id, A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE)
    closed = foreign.send("generic_closed", data={"ticket": {"id": "R-2"}, "text": "话" * 300_000})
    assert closed.outcome is Outcome.APPLIED


def test_what_cannot_be_kept_is_left_out(foreign: Foreign, tickets: TicketService) -> None:
    ticket = {"id": "R-3", "title": "a\0b\n第二行", "customer": "\0 衡川", "description": "\0"}
    made = tickets.get(foreign.send("generic_created", data={"ticket": ticket, "who": "\0"}).ticket_id)
    assert (made.title, made.customer, made.description, made.channel) == ("ab", "衡川", "", "hc-generic")
    blank = foreign.send("generic_replied", data={"ticket": {"id": "R-3"}, "text": " \0\n "})
    assert blank.outcome is Outcome.PASSED_OVER


@pytest.mark.parametrize("bad", ["", " ", "x" * 201, "a\0b"])
def test_a_ticket_s_number_that_cannot_be_kept_is_refused(foreign: Foreign, bad: str, engine: Engine) -> None:
    with pytest.raises(UnreadablePayloadError, match="工单编号"):
        foreign.send("generic_created", data={"ticket": {"id": bad, "title": "x", "customer": "y"}})
    assert count(engine) == 0


@ON_SQLITE_ALONE
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"a": "\\ud800"}', b"[" * 200_000, b'{"a":' * 100_000, b"\xff", b'{"a": NaN}']
)
def test_signed_rubbish_is_refused(foreign: Foreign, body: bytes, engine: Engine) -> None:
    with pytest.raises(UnreadablePayloadError):
        foreign.send_body("zammad", body, "d-1")
    assert count(engine) == 0


def test_who_has_no_connection_or_another_secret_changes_nothing(
    inbound: InboundService, tickets: TicketService, clock: Clock, engine: Engine
) -> None:
    body = to_body(load_payload("zammad_created"))
    headers = Headers(sign("zammad", body, clock.moment))
    with pytest.raises(ConnectionNotFoundError):
        inbound.receive("nobody", headers, body)
    for other in ("hc-jira", "hc-chatwoot", "hc-glpi", "hc-znuny", "hc-generic"):
        with pytest.raises(BadSignatureError):
            inbound.receive(other, headers, body)
    # What is not signed is not even looked into.
    with pytest.raises(BadSignatureError):
        inbound.receive("hc-zammad", headers, b"{")
    assert tickets.list().tickets == []
    assert count(engine) == 0


def test_migrations_make_the_declared_schema_here_too(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
