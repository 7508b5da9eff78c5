"""Tickets and suggestions in any order: whatever is asked for, rows are what their histories replay to."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kb_service.database import build_engine, migrate
from kb_service.errors import ServiceError
from kb_service.suggestions.following import follow_ticket
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, FAILED_OUTCOMES, Outcome
from kb_service.suggestions.tables import SuggestedSolutionRow
from kb_service.tickets.history import replay
from kb_service.tickets.lifecycle import Action, TicketKind
from kb_service.tickets.models import ActionRequest, Ticket
from kb_service.tickets.repository import TicketRepository, read_standing
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import (
    DIMENSION,
    DOCUMENTS,
    MODEL,
    assert_replays,
    feedback,
    new_ticket,
    show,
    symptom,
    walk,
)

_DECIDED = ADOPTED_OUTCOMES | FAILED_OUTCOMES
_STATES = select(SuggestedSolutionRow.state)


@cache
def _database() -> Engine:
    """One for all examples, each of which has tickets of its own."""
    engine = build_engine("sqlite:///:memory:")
    migrate(engine)
    return engine


class TicketsAndSuggestions(RuleBasedStateMachine):
    tickets = Bundle("tickets")
    suggestions = Bundle("suggestions")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.engine = _database()
        self.service = TicketService(self.engine, ServiceLevels.build("Asia/Shanghai"), self.clock)
        self.service.tell(follow_ticket)
        self.ledger = Ledger(self.engine, self.service, MODEL, DIMENSION, self.clock)
        self.made: list[Ticket] = []
        self.shown: list[str] = []

    def attempt(self, ask: Callable[[], Any]) -> None:
        try:
            ask()
        except ServiceError as error:
            refused = error
        else:
            return
        # 403: who handled a ticket does not follow it up.
        assert refused.status in (403, 404, 409, 422)
        assert refused.detail

    @rule(target=tickets, kind=st.sampled_from(TicketKind))
    def create(self, kind: TicketKind) -> Ticket:
        self.made.append(self.service.create(new_ticket(kind=kind)))
        return self.made[-1]

    @rule(target=tickets)
    def create_one_in_work(self) -> Ticket:
        ticket = self.service.create(new_ticket())
        self.made.append(walk(self.service, ticket, Action.TRIAGE, Action.ASSIGN, Action.START))
        return self.made[-1]

    @rule(ticket=tickets, number=st.integers(0, 30))
    def take_a_step(self, ticket: Ticket, number: int) -> None:
        now = self.service.get(ticket.ticket_id)
        self.attempt(lambda: walk(self.service, ticket, now.allowed_actions[number % len(now.allowed_actions)]))

    @rule(ticket=tickets, action=st.sampled_from(Action), stale=st.integers(0, 1))
    def ask_for_anything(self, ticket: Ticket, action: Action, stale: int) -> None:
        sequence = max(1, self.service.get(ticket.ticket_id).sequence - stale)
        request = ActionRequest(action=action, sequence=sequence, actor="乙", reason="试试")
        self.attempt(lambda: self.service.act(ticket.ticket_id, request))

    @rule(ticket=tickets)
    def solve(self, ticket: Ticket) -> None:
        self.attempt(lambda: walk(self.service, ticket, Action.RESOLVE, Action.CONFIRM))

    @rule(target=suggestions, ticket=st.none() | tickets, cosine=st.floats(-1, 1))
    def suggest(self, ticket: Ticket | None, cosine: float) -> Any:
        if ticket is not None and ticket not in self.made:
            return multiple()
        self.shown.append(show(self.ledger, self.clock, ticket, vector=symptom(cosine)))
        return self.shown[-1]

    @rule(
        suggestion=suggestions,
        document=st.sampled_from([*DOCUMENTS, "TK-0"]),
        outcome=st.sampled_from([one for one in Outcome if one is not Outcome.SHOWN]),
        reason=st.sampled_from([None, "无效"]),
    )
    def judge(self, suggestion: str, document: str, outcome: Outcome, reason: str | None) -> None:
        self.attempt(lambda: self.ledger.give_feedback(suggestion, feedback(outcome, document, reason=reason)))

    @rule(hours=st.floats(-2, 200))
    def time_passes(self, hours: float) -> None:
        self.clock.pass_hours(hours)

    @rule()
    def recall(self) -> None:
        records = [self.ledger.recall(symptom()).record(name) for name in DOCUMENTS]
        assert all(record.success_rate is None or 0 < record.success_rate < 1 for record in records)

    @invariant()
    def tickets_replay(self) -> None:
        with Session(self.engine) as session:
            repository = TicketRepository(session)
            for ticket in self.made:
                row = repository.find(int(ticket.ticket_id[1:]))
                assert row is not None
                assert read_standing(row) == replay(ticket.kind, repository.events(row.id))

    @invariant()
    def solutions_replay(self) -> None:
        for suggestion in self.shown:
            assert_replays(self.engine, suggestion)

    def teardown(self) -> None:
        """What was learned step by step is what a service that is started anew learns."""
        anew = Ledger(self.engine, self.service, MODEL, DIMENSION, self.clock)
        learned, whole = ([one.recall(symptom()).record(name) for name in DOCUMENTS] for one in (self.ledger, anew))
        assert [(one.adopted, one.rejected) for one in learned] == [(one.adopted, one.rejected) for one in whole]
        with Session(self.engine) as session:
            states = [row for row in session.execute(_STATES).all() if row.state in _DECIDED]
        assert sum(one.adopted + one.rejected for one in whole) == len(states)


TestTicketsAndSuggestions = TicketsAndSuggestions.TestCase
TestTicketsAndSuggestions.settings = settings(max_examples=20, stateful_step_count=20)
