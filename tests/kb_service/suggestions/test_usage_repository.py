"""How solutions were changed before they helped, on SQLite and PostgreSQL."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.repository import LedgerRepository
from kb_service.suggestions.usage_repository import Edit, UsageRepository
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import feedback, new_ticket, show, walk

A, O = Action, Outcome  # noqa: E741
Edits = Callable[..., list[Edit]]


@pytest.fixture
def edits(engine: Engine) -> Edits:
    def find(*documents: str) -> list[Edit]:
        with Session(engine) as session:
            return UsageRepository(session).find_edits(documents)

    return find


def test_a_changed_solution_is_told_with_where_it_came_from(
    ledger: Ledger, clock: Clock, tickets: TicketService, edits: Edits, engine: Engine
) -> None:
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket)
    ledger.give_feedback(suggestion, feedback("edited", text="初稿"))
    clock.pass_hours(1)
    ledger.give_feedback(suggestion, feedback("edited", text="先停服务再换"))
    [edit] = edits("TK-1", "TK-2")
    assert (edit.text, edit.at, edit.actor, edit.title) == ("先停服务再换", clock.moment, "工程师甲", "标题 TK-1")
    assert (edit.ticket_key, edit.external_id, edit.state) == (1, None, O.EDITED)
    with Session(engine) as session:
        repository = UsageRepository(session)
        assert repository.find_edits_for([1]) == [edit]
        assert repository.find_edits_for([2]) == repository.find_edits_for([]) == repository.find_edits([]) == []


def test_the_best_proven_come_first_then_the_newest(
    ledger: Ledger, clock: Clock, tickets: TicketService, edits: Edits
) -> None:
    for name, steps in {
        "确认": (A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.CONFIRM),
        "解决": (A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE),
        "旧": (),
        "新": (),
        "重开": (A.TRIAGE, A.ASSIGN, A.START, A.RESOLVE, A.NOT_SOLVED),
    }.items():
        ticket = tickets.create(new_ticket())
        ledger.give_feedback(show(ledger, clock, ticket), feedback("edited", text=name))
        walk(tickets, ticket, *steps)
        clock.pass_hours(1)
    assert [edit.text for edit in edits("TK-1")] == ["确认", "解决", "新", "旧"]


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        ([feedback("edited", text="改"), feedback("rejected")], []),
        ([feedback("edited", text="改"), feedback("rejected"), feedback("adopted")], []),
        ([feedback("adopted"), feedback("edited", text="改")], ["改"]),
        ([feedback("edited", text="改"), feedback("rejected"), feedback("edited", text="再改")], ["再改"]),
        ([feedback("adopted")], []),
    ],
)
def test_only_what_was_used_as_changed_counts(
    ledger: Ledger, clock: Clock, edits: Edits, said: list[object], texts: list[str]
) -> None:
    suggestion = show(ledger, clock, external_id="INC-1")
    for one in said:
        ledger.give_feedback(suggestion, one)  # type: ignore[arg-type]
    assert [(edit.text, edit.external_id) for edit in edits("TK-1")] == [(one, "INC-1") for one in texts]


def test_changes_of_former_releases_that_came_without_a_text_tell_nothing(
    ledger: Ledger, clock: Clock, edits: Edits, engine: Engine
) -> None:
    suggestion = show(ledger, clock)
    with Session(engine) as session, session.begin():
        repository = LedgerRepository(session)
        solution = repository.find_for_change(suggestion, "TK-1")
        assert solution is not None
        repository.append(solution, O.EDITED, "工程师甲", clock(), None, None)
    assert edits("TK-1") == []


def test_of_each_solution_a_few_are_shown_without_personal_data(ledger: Ledger, clock: Clock) -> None:
    for number in range(4):
        text = f"第 {number} 次：请回电 13812345678"
        ledger.give_feedback(show(ledger, clock), feedback("edited", text=text))
        clock.pass_hours(1)
    found = ledger.find_edits(["TK-1", "FAQ-1"])
    assert {name: [one.text for one in edits] for name, edits in found.items()} == {
        "TK-1": [f"第 {number} 次：请回电 [电话]" for number in (3, 2, 1)]
    }
