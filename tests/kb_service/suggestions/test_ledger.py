"""What became of suggestions, on SQLite and PostgreSQL: kept once, told to the ticket, learned from."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from kb_service.errors import ServiceError
from kb_service.suggestions import repository
from kb_service.suggestions.errors import (
    IllegalOutcomeError,
    MissingReasonError,
    MissingTextError,
    SolutionNotSuggestedError,
    SuggestionNotFoundError,
)
from kb_service.suggestions.evidence import Record
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.outcomes import Outcome
from kb_service.tickets.history import TicketEvent, replay
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import ActionRequest, Ticket
from kb_service.tickets.repository import TicketRepository, read_standing
from kb_service.tickets.service import TicketService
from kb_service.tickets.tables import TicketRow
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import (
    DOCUMENTS,
    MODEL,
    assert_replays,
    feedback,
    new_ticket,
    show,
    states,
    symptom,
    walk,
)
from tests.kb_service.tickets.histories import FIELDS

A, O = Action, Outcome  # noqa: E741
TO_WORK = (A.TRIAGE, A.ASSIGN, A.START)


def test_what_was_shown_is_kept(ledger: Ledger, clock: Clock) -> None:
    shown = ledger.get(show(ledger, clock, external_id="INC-1"))
    assert (shown.ticket_id, shown.external_id, shown.at, shown.answered) == (None, "INC-1", clock.moment, True)
    assert [(one.rank, one.document_id, one.title, one.state) for one in shown.solutions] == [
        (rank, document, f"标题 {document}", O.SHOWN) for rank, document in enumerate(DOCUMENTS, start=1)
    ]
    assert shown.solutions[0].possible == [O.OPENED, O.ADOPTED, O.EDITED, O.REJECTED, O.RESOLVED_WITH]
    assert shown.outcomes == []


def test_feedback_is_kept_in_order_with_all_that_was_said(ledger: Ledger, clock: Clock, engine: Engine) -> None:
    suggestion = show(ledger, clock)
    ledger.give_feedback(suggestion, feedback("opened"))
    clock.pass_hours(1)
    ledger.give_feedback(suggestion, feedback("edited", text="先停服务再换"))
    clock.pass_hours(1)
    record = ledger.give_feedback(suggestion, feedback("rejected", "FAQ-1", reason="型号不对"))
    assert [(one.document_id, one.rank, one.outcome, one.reason, one.text) for one in record.outcomes] == [
        ("TK-1", 1, O.OPENED, None, None),
        ("TK-1", 1, O.EDITED, None, "先停服务再换"),
        ("FAQ-1", 3, O.REJECTED, "型号不对", None),
    ]
    assert record.outcomes[-1].at == clock.moment
    assert record.outcomes[-1].actor == "工程师甲"
    assert states(ledger, suggestion) == {"TK-1": "edited", "TK-2": "shown", "FAQ-1": "rejected"}
    assert record == ledger.get(suggestion)
    assert_replays(engine, suggestion)


@pytest.mark.parametrize(
    "said", [feedback("opened"), feedback("adopted"), feedback("rejected"), feedback("edited", text="改过")]
)
def test_saying_the_same_twice_is_once(ledger: Ledger, clock: Clock, tickets: TicketService, said: Any) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    first = ledger.give_feedback(suggestion, said)
    events = tickets.history(ticket.ticket_id).events
    clock.pass_hours(1)
    assert ledger.give_feedback(suggestion, said) == first
    assert len(first.outcomes) == 1
    assert tickets.history(ticket.ticket_id).events == events


def test_another_text_is_another_edit(ledger: Ledger, clock: Clock) -> None:
    suggestion = show(ledger, clock)
    for said in ("一", "二", "二"):
        record = ledger.give_feedback(suggestion, feedback("edited", text=said))
    assert [one.text for one in record.outcomes] == ["一", "二"]


def test_opening_what_was_decided_tells_nothing(ledger: Ledger, clock: Clock) -> None:
    suggestion = show(ledger, clock)
    decided = ledger.give_feedback(suggestion, feedback("adopted"))
    assert ledger.give_feedback(suggestion, feedback("opened")) == decided


def test_what_cannot_follow_is_refused_and_leaves_nothing(ledger: Ledger, clock: Clock) -> None:
    suggestion = show(ledger, clock)
    before = ledger.give_feedback(suggestion, feedback("rejected"))
    with pytest.raises(IllegalOutcomeError, match="现在可以记为：已采用、修改后采用") as caught:
        ledger.give_feedback(suggestion, feedback("confirmed"))
    assert caught.value.members == {"state": "rejected", "possible": ["adopted", "edited"]}
    assert ledger.get(suggestion) == before


def test_a_rejection_says_why(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    with pytest.raises(MissingReasonError, match="reason") as caught:
        ledger.give_feedback(suggestion, feedback("rejected", reason=None))
    assert caught.value.members == {"fields": ["reason"]}
    assert ledger.get(suggestion).outcomes == []
    assert tickets.get(ticket.ticket_id) == ticket


@pytest.mark.parametrize("before", [[], [feedback("edited", text="改过")]])
def test_a_changed_solution_comes_with_its_text(
    ledger: Ledger, clock: Clock, tickets: TicketService, before: list[Any]
) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    for said in before:
        ledger.give_feedback(suggestion, said)
    known = ledger.get(suggestion), tickets.get(ticket.ticket_id)
    with pytest.raises(MissingTextError, match="text") as caught:
        ledger.give_feedback(suggestion, feedback("edited"))
    assert caught.value.members == {"fields": ["text"]}
    assert (ledger.get(suggestion), tickets.get(ticket.ticket_id)) == known


def test_what_was_not_suggested(ledger: Ledger, clock: Clock) -> None:
    suggestion = show(ledger, clock)
    with pytest.raises(SolutionNotSuggestedError, match="TK-1、TK-2、FAQ-1") as caught:
        ledger.give_feedback(suggestion, feedback("adopted", "TK-9"))
    assert caught.value.members == {"document_ids": list(DOCUMENTS)}
    for ask in (lambda: ledger.get("x"), lambda: ledger.give_feedback("x", feedback("adopted"))):
        with pytest.raises(SuggestionNotFoundError, match="suggestion_id"):
            ask()
    with pytest.raises(SolutionNotSuggestedError, match="没有方案"):
        ledger.give_feedback(show(ledger, clock, documents=[]), feedback("adopted"))


@pytest.mark.parametrize("change", ["UPDATE suggestion_outcomes SET actor = '别人'", "DELETE FROM suggestion_outcomes"])
def test_the_database_keeps_outcomes_as_they_are(ledger: Ledger, clock: Clock, engine: Engine, change: str) -> None:
    suggestion = show(ledger, clock)
    before = ledger.give_feedback(suggestion, feedback("adopted"))
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.execute(text(change))
    assert ledger.get(suggestion) == before


@pytest.mark.parametrize("wrong", ["state = 'loved'", "rank = 0"])
def test_the_database_refuses_what_cannot_be(ledger: Ledger, clock: Clock, engine: Engine, wrong: str) -> None:
    show(ledger, clock, documents=["TK-1"])
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE suggested_solutions SET {wrong}"))


def test_a_suggestion_comes_whole_or_not_at_all(ledger: Ledger, clock: Clock, engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        show(ledger, clock, documents=["TK-1", "TK-1"])
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM suggestions")) == 0


# --- The ticket's own history


def test_what_was_tried_is_in_the_ticket_s_history(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    suggestion = show(ledger, clock, ticket)
    clock.pass_hours(1)
    ledger.give_feedback(suggestion, feedback("opened"))
    ledger.give_feedback(suggestion, feedback("rejected", reason="没有这个选项"))
    ledger.give_feedback(suggestion, feedback("edited", "TK-2", text="改用 USB 口"))
    noted = tickets.history(ticket.ticket_id).events[ticket.sequence :]
    common = {"suggestion_id": suggestion}
    assert [(event.action, event.fields) for event in noted] == [
        (A.REJECT_SOLUTION, {**common, "document_id": "TK-1", "document_title": "标题 TK-1", "reason": "没有这个选项"}),
        (A.ADOPT_SOLUTION, {**common, "document_id": "TK-2", "document_title": "标题 TK-2", "text": "改用 USB 口"}),
    ]
    assert {(event.actor, event.at) for event in noted} == {("工程师甲", clock.moment)}
    after = tickets.get(ticket.ticket_id)
    assert (after.state, after.sequence) == (ticket.state, ticket.sequence + 2)


def test_second_line_hears_what_was_tried_and_how_it_ended(
    ledger: Ledger, clock: Clock, tickets: TicketService
) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    suggestion = show(ledger, clock, ticket)
    ledger.give_feedback(suggestion, feedback("adopted", "TK-2"))
    ledger.give_feedback(suggestion, feedback("adopted"))
    ledger.give_feedback(suggestion, feedback("rejected", reason="换过，无效"))
    walk(tickets, ticket, A.ESCALATE)
    event = tickets.history(ticket.ticket_id).events[-1]
    assert event.fields["solutions"] == [
        {"document_id": "TK-2", "document_title": "标题 TK-2", "outcome": "adopted", "reason": None},
        {"document_id": "TK-1", "document_title": "标题 TK-1", "outcome": "rejected", "reason": "换过，无效"},
    ]
    # What was adopted and did not hold is told as such.
    back = walk(tickets, tickets.get(ticket.ticket_id), A.ASSIGN, A.START, A.RESOLVE, A.NOT_SOLVED, A.ESCALATE)
    [first, second] = tickets.history(back.ticket_id).events[-1].fields["solutions"]
    assert (first["outcome"], second["outcome"]) == ("failed", "rejected")
    other = walk(tickets, tickets.create(new_ticket()), *TO_WORK, A.ESCALATE)
    assert "solutions" not in tickets.history(other.ticket_id).events[-1].fields


def test_the_ticket_s_steps_tell_how_its_solutions_did(
    ledger: Ledger, clock: Clock, tickets: TicketService, engine: Engine
) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    first, second, other = (show(ledger, clock, ticket), show(ledger, clock, ticket), show(ledger, clock))
    ledger.give_feedback(first, feedback("adopted"))
    ledger.give_feedback(first, feedback("rejected", "TK-2"))
    ledger.give_feedback(second, feedback("edited", "FAQ-1", text="略有改动"))
    ledger.give_feedback(other, feedback("adopted"))
    for action, state in (
        (A.RESOLVE, "resolved_with"),
        (A.CONFIRM, "confirmed"),
        (A.RATE, "confirmed"),
        (A.REOPEN, "reopened"),
        (A.START, "reopened"),
        # Solved by something else this time: nobody took them up again.
        (A.RESOLVE, "reopened"),
        (A.CONFIRM, "reopened"),
    ):
        clock.pass_hours(1)
        ticket = walk(tickets, ticket, action)
        assert states(ledger, first) == {"TK-1": state, "TK-2": "rejected", "FAQ-1": "shown"}, action
        assert states(ledger, second) == {"TK-1": "shown", "TK-2": "shown", "FAQ-1": state}, action
    assert states(ledger, other)["TK-1"] == "adopted"
    reopened = ledger.get(first).outcomes[-1]
    assert (reopened.outcome, reopened.actor, reopened.reason) == (O.REOPENED, "工程师甲", FIELDS["reason"])
    for suggestion in (first, second, other):
        assert_replays(engine, suggestion)


def test_not_solved_is_a_failure_too(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    suggestion = show(ledger, clock, ticket)
    ledger.give_feedback(suggestion, feedback("adopted"))
    walk(tickets, ticket, A.RESOLVE, A.NOT_SOLVED)
    assert states(ledger, suggestion)["TK-1"] == "reopened"
    ledger.give_feedback(suggestion, feedback("adopted"))
    walk(tickets, ticket, A.RESOLVE, A.CONFIRM)
    assert states(ledger, suggestion)["TK-1"] == "confirmed"


def test_reopening_cancels_the_success(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    ledger.give_feedback(show(ledger, clock, ticket), feedback("adopted"))
    walk(tickets, ticket, A.RESOLVE, A.CONFIRM)
    good = ledger.recall(symptom()).record("TK-1")
    assert (good.adopted, good.rejected, good.boost > 0) == (1, 0, True)
    assert ledger.recall(symptom()).find_proven(3) == ["TK-1"]
    walk(tickets, ticket, A.REOPEN)
    bad = ledger.recall(symptom()).record("TK-1")
    assert (bad.adopted, bad.rejected, bad.boost < 0) == (0, 1, True)
    assert ledger.recall(symptom()).find_proven(3) == []


class _RefusedError(Exception):
    pass


def test_who_refuses_a_step_undoes_all_of_it(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    suggestion = show(ledger, clock, ticket)
    ledger.give_feedback(suggestion, feedback("adopted"))
    ticket, history, record = tickets.get(ticket.ticket_id), tickets.history(ticket.ticket_id), ledger.get(suggestion)
    seen: list[Action] = []

    def refuse(_: Session, row: TicketRow, event: TicketEvent) -> None:
        seen.append(event.action)
        assert row.sequence == event.sequence
        raise _RefusedError

    tickets.tell(refuse)
    with pytest.raises(_RefusedError):
        walk(tickets, ticket, A.RESOLVE)
    with pytest.raises(_RefusedError):
        tickets.create(new_ticket())
    assert seen == [A.RESOLVE, A.CREATE]
    assert tickets.get(ticket.ticket_id) == ticket
    assert tickets.history(ticket.ticket_id) == history
    assert ledger.get(suggestion) == record
    assert len(tickets.list().tickets) == 1


def test_a_ticket_that_cannot_be_told_keeps_the_ledger_as_it_is(
    ledger: Ledger, clock: Clock, tickets: TicketService, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggestion = show(ledger, clock, tickets.create(new_ticket()))
    before = ledger.get(suggestion)

    def fail(*_: object) -> None:
        raise _RefusedError

    monkeypatch.setattr(tickets, "note", fail)
    with pytest.raises(_RefusedError):
        ledger.give_feedback(suggestion, feedback("adopted"))
    assert ledger.get(suggestion) == before


@pytest.mark.parametrize("action", [A.ADOPT_SOLUTION, A.REJECT_SOLUTION])
def test_what_the_service_notes_by_itself_cannot_be_asked_for(tickets: TicketService, action: Action) -> None:
    ticket = tickets.create(new_ticket())
    assert action not in ticket.allowed_actions
    with pytest.raises(ServiceError) as caught:
        tickets.act(ticket.ticket_id, ActionRequest(action=action, sequence=1, actor="甲", reason="无效"))
    assert caught.value.status == 409
    assert tickets.get(ticket.ticket_id) == ticket


# --- Several at once


def together(*work: Callable[[], Any]) -> list[Any]:
    """What the threads get that begin at the same moment; typed errors are results, others are raised."""
    barrier = Barrier(len(work))

    def run(one: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return one()
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def assert_ticket_replays(engine: Engine, ticket: Ticket) -> None:
    with Session(engine) as session:
        repo = TicketRepository(session)
        row = repo.find(int(ticket.ticket_id[1:]))
        assert row is not None
        assert read_standing(row) == replay(ticket.kind, repo.events(row.id))


def test_many_who_judge_at_once_leave_a_ledger_that_replays(
    ledger: Ledger, clock: Clock, tickets: TicketService, engine: Engine
) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    said = [feedback("adopted"), feedback("rejected")] * 4
    together(*(lambda one=one: ledger.give_feedback(suggestion, one) for one in said))
    assert_replays(engine, suggestion)
    assert_ticket_replays(engine, ticket)
    outcomes = [one.outcome for one in ledger.get(suggestion).outcomes]
    assert all(one is not other for one, other in itertools.pairwise(outcomes))
    noted = [event.action for event in tickets.history(ticket.ticket_id).events[1:]]
    assert noted == [{O.ADOPTED: A.ADOPT_SOLUTION, O.REJECTED: A.REJECT_SOLUTION}[one] for one in outcomes]


def test_many_who_adopt_at_once_adopt_once(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    results = together(*[lambda: ledger.give_feedback(suggestion, feedback("adopted"))] * 8)
    assert {len(result.outcomes) for result in results} == {1}
    assert len(tickets.history(ticket.ticket_id).events) == 2


def test_judging_and_working_on_the_ticket_go_on_at_once(
    ledger: Ledger, clock: Clock, tickets: TicketService, engine: Engine
) -> None:
    for _ in range(6):
        ticket = walk(tickets, tickets.create(new_ticket()), *TO_WORK)
        suggestion = show(ledger, clock, ticket)
        for document in DOCUMENTS:
            ledger.give_feedback(suggestion, feedback("adopted", document))
        seen = tickets.get(ticket.ticket_id)
        resolve = ActionRequest(
            action=A.RESOLVE, sequence=seen.sequence, actor="乙", cause="打滑", solution="更换", minutes_worked=5
        )
        together(
            lambda seen=seen, resolve=resolve: tickets.act(seen.ticket_id, resolve),
            *(
                lambda one=one, said=said, suggestion=suggestion: ledger.give_feedback(
                    suggestion, feedback(said, one, text=said)
                )
                for one in reversed(DOCUMENTS)
                for said in ("rejected", "edited")
            ),
        )
        assert_replays(engine, suggestion)
        assert_ticket_replays(engine, ticket)


# --- What is learned


def test_what_others_said_is_learned(ledger: Ledger, clock: Clock, engine: Engine, tickets: TicketService) -> None:
    first, second = show(ledger, clock), show(ledger, clock)
    assert ledger.recall(symptom()).record("TK-1") == Record()
    ledger.give_feedback(first, feedback("adopted"))
    assert ledger.recall(symptom()).record("TK-1").adopted == 1
    ledger.give_feedback(second, feedback("rejected"))
    ledger.give_feedback(first, feedback("resolved_with"))
    record = ledger.recall(symptom()).record("TK-1")
    assert (record.adopted, record.rejected) == (1, 1)
    # A service that is started anew, or another process, knows the same.
    assert Ledger(engine, tickets, MODEL, 4, clock).recall(symptom()).record("TK-1") == record


def test_an_outcome_that_became_visible_late_is_learned(ledger: Ledger, clock: Clock, engine: Engine) -> None:
    suggestions = [show(ledger, clock) for _ in range(3)]
    ledger.give_feedback(suggestions[0], feedback("adopted"))
    ledger.recall(symptom())
    row = {"suggestion_id": suggestions[1], "at": clock.moment}
    with engine.begin() as connection:
        # As on PostgreSQL, where a lower number may be committed after a higher one.
        connection.execute(
            text(
                "INSERT INTO suggestion_outcomes (id, suggestion_id, document_id, outcome, actor, at) "
                "SELECT 1000, suggestion_id, document_id, 'adopted', 'a', at FROM suggestion_outcomes WHERE id = 1"
            )
        )
    ledger.recall(symptom())
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO suggestion_outcomes (id, suggestion_id, document_id, outcome, actor, at) "
                "SELECT 999, :suggestion_id, document_id, 'rejected', 'a', at FROM suggestion_outcomes WHERE id = 1"
            ),
            {"suggestion_id": row["suggestion_id"]},
        )
        connection.execute(
            text(
                "UPDATE suggested_solutions SET state = 'rejected' WHERE suggestion_id = :id AND document_id = 'TK-1'"
            ),
            {"id": row["suggestion_id"]},
        )
        connection.execute(
            text(
                "INSERT INTO suggestion_outcomes (id, suggestion_id, document_id, outcome, actor, at) "
                "SELECT 1001, :id, 'TK-2', 'opened', 'a', at FROM suggestion_outcomes WHERE id = 1"
            ),
            {"id": suggestions[2]},
        )
    assert ledger.recall(symptom()).record("TK-1").rejected == 1


def test_vectors_of_another_model_say_nothing(
    ledger: Ledger, clock: Clock, engine: Engine, tickets: TicketService
) -> None:
    ledger.give_feedback(show(ledger, clock), feedback("adopted"))
    other = Ledger(engine, tickets, "f" * 64, 4, clock)
    assert other.recall(symptom()).record("TK-1") == Record()
    assert other.find_open(clock.moment - timedelta(days=1), 10) == []


def test_more_judgements_than_are_read_at_once(ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "_RECENT_OUTCOMES", 2)
    for number in range(8):
        ledger.give_feedback(show(ledger, clock), feedback("adopted" if number % 2 else "rejected"))
        if number % 3 == 0:
            ledger.recall(symptom())
    record = ledger.recall(symptom()).record("TK-1")
    assert (record.adopted, record.rejected) == (4, 4)


# --- What is open


def open_names(ledger: Ledger, clock: Clock, days: float = 1, most: int = 10) -> list[str | None]:
    found = ledger.find_open(clock.moment - timedelta(days=days), most)
    return [one.ticket_id or one.external_id for one in found]


def test_open_are_tickets_nobody_solved(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    made = [tickets.create(new_ticket(title=f"第 {number} 个")) for number in range(3)]
    for ticket in made:
        show(ledger, clock, ticket)
        clock.pass_hours(0.1)
    show(ledger, clock)  # stateless and nameless: nobody could be pointed to it
    show(ledger, clock, external_id="INC-1")
    clock.pass_hours(0.1)
    solved = show(ledger, clock, external_id="INC-2")
    walk(tickets, made[0], *TO_WORK, A.RESOLVE)
    walk(tickets, made[1], A.TRIAGE, A.CANCEL)
    assert open_names(ledger, clock) == ["INC-2", "INC-1", made[2].ticket_id]
    ledger.give_feedback(solved, feedback("resolved_with"))
    assert open_names(ledger, clock) == ["INC-1", made[2].ticket_id]
    walk(tickets, made[0], A.NOT_SOLVED)
    assert open_names(ledger, clock) == ["INC-1", made[2].ticket_id, made[0].ticket_id]
    assert open_names(ledger, clock, most=2) == ["INC-1"]


def test_of_each_open_ticket_the_newest_counts(ledger: Ledger, clock: Clock, tickets: TicketService) -> None:
    ticket = tickets.create(new_ticket())
    for query in ("旧", "新"):
        show(ledger, clock, ticket, query=query, vector=symptom(0.5))
        show(ledger, clock, external_id="INC-1", query=query, product="衡川ERP")
        clock.pass_hours(1)
    mine, theirs = sorted(ledger.find_open(clock.moment - timedelta(days=1), 10), key=lambda one: one.ticket_id is None)
    assert (mine.query, theirs.query, theirs.product) == ("新", "新", "衡川ERP")
    assert (mine.state, mine.created_at, theirs.state) == ("new", ticket.created_at, None)
    assert mine.vector == pytest.approx(symptom(0.5))


def test_what_was_not_heard_of_for_long_is_not_open(ledger: Ledger, clock: Clock) -> None:
    show(ledger, clock, external_id="INC-1")
    clock.pass_hours(48)
    assert open_names(ledger, clock, days=1) == []
    assert open_names(ledger, clock, days=2) == ["INC-1"]
