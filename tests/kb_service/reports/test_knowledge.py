"""Figures of knowledge in use, counted by hand, on both databases."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.gaps.tables import SearchLogRow
from kb_service.reports.knowledge import count_knowledge
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import FeedbackRequest
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionRow
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import START


@pytest.fixture
def ledger(engine: Engine, tickets: TicketService, clock: Clock) -> Ledger:
    return Ledger(engine, tickets, "model", 4, clock)


def show(ledger: Ledger, number: str, at: datetime, external_id: str | None, *, answered: bool = True) -> None:
    row = SuggestionRow(
        id=number,
        external_id=external_id,
        at=at,
        title="t",
        query="q",
        answered=answered,
        confidence=0.5,
        vector=np.ones(4, "<f4").tobytes(),
    )
    solution = SuggestedSolutionRow(
        suggestion_id=number, document_id="d", version="1", rank=1, source="faq", title="t", score=1.0, state="shown"
    )
    ledger.note_shown(row, [solution])


def tell(ledger: Ledger, number: str, outcome: Outcome) -> None:
    request = {"document_id": "d", "outcome": outcome, "actor": "老周", "reason": "否"}
    ledger.give_feedback(number, FeedbackRequest.model_validate(request))


def test_suggestions_count_by_ticket_and_by_outcome(engine: Engine, ledger: Ledger, clock: Clock) -> None:
    start, end = START, START + timedelta(days=10)
    show(ledger, "a1", start, "A")
    show(ledger, "a2", start, "A")
    show(ledger, "b", start + timedelta(days=1), "B", answered=False)
    show(ledger, "n", start + timedelta(days=1), None)
    show(ledger, "late", end, "C")
    clock.moment = start + timedelta(days=2)
    tell(ledger, "a2", Outcome.ADOPTED)
    tell(ledger, "a2", Outcome.CONFIRMED)
    tell(ledger, "b", Outcome.REJECTED)
    tell(ledger, "n", Outcome.ADOPTED)
    tell(ledger, "n", Outcome.REOPENED)
    with Session(engine) as session, session.begin():
        for answered in (True, False, False):
            session.add(SearchLogRow(at=start, query="q", answered=answered, confidence=0.1, filtered=False))
        session.add(SearchLogRow(at=end, query="q", answered=False, confidence=0.1, filtered=False))
    with Session(engine) as session:
        figures = count_knowledge(session, start, end)
    assert figures.suggestions == 4
    assert (figures.answered.numerator, figures.answered.denominator) == (3, 4)
    # A, B and the one without a number; only A's is still in use.
    assert (figures.adopted.numerator, figures.adopted.denominator) == (1, 3)
    assert figures.held.value == 0.5
    assert figures.rejected == 1
    assert (figures.searches, figures.unanswered.numerator) == (3, 2)


def test_nothing_is_null_and_not_zero(engine: Engine) -> None:
    with Session(engine) as session:
        figures = count_knowledge(session, START, START + timedelta(days=1))
    assert figures.adopted.value is None
    assert figures.suggestions == 0
