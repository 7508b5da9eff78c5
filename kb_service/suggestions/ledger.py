"""Keeps what was suggested and what became of it, and tells it to tickets and to later suggestions."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.suggestions.duplicates import OpenTicket
from kb_service.suggestions.errors import (
    IllegalOutcomeError,
    MissingReasonError,
    MissingTextError,
    SolutionNotSuggestedError,
    SuggestionNotFoundError,
)
from kb_service.suggestions.evidence import MOST_JUDGEMENTS, EvidenceMemory, Recollection
from kb_service.suggestions.models import FeedbackRequest, SuggestionRecord, UsedEdit
from kb_service.suggestions.outcomes import Outcome, find_step, possible_outcomes
from kb_service.suggestions.presenting import build_edit, build_record
from kb_service.suggestions.repository import LedgerRepository, read_vector
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionRow
from kb_service.suggestions.usage_repository import UsageRepository
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.repository import TicketRepository
from kb_service.tickets.service import TicketService

_NOTED = {
    Outcome.ADOPTED: Action.ADOPT_SOLUTION,
    Outcome.EDITED: Action.ADOPT_SOLUTION,
    Outcome.REJECTED: Action.REJECT_SOLUTION,
}
"""Outcomes that become part of the ticket's own history."""

_MOST_EDITS = 3


class Ledger:
    """Safe to call from several threads."""

    def __init__(
        self, engine: Engine, tickets: TicketService, model: str, dimension: int, now: Callable[[], datetime]
    ) -> None:
        """``model`` is a digest of what makes the vectors."""
        self._engine = engine
        self._tickets = tickets
        self.model = model
        self._dimension = dimension
        self._now = now
        self._memory = EvidenceMemory(dimension)
        self._learned = 0
        self._lock = threading.Lock()

    def note_shown(self, row: SuggestionRow, solutions: Sequence[SuggestedSolutionRow]) -> None:
        """Keep a suggestion that is about to be given out."""
        row.model = self.model
        with Session(self._engine) as session, session.begin():
            LedgerRepository(session).add(row, solutions)

    def read_vector(self, row: SuggestionRow) -> NDArray[np.float32]:
        """The symptom vector of a suggestion; nought, near to nothing, where another model made it."""
        return read_vector(row.vector) if row.model == self.model else np.zeros(self._dimension, np.float32)

    def recall(self, vector: NDArray[np.float32]) -> Recollection:
        """What became of all solutions before; see `EvidenceMemory.recall`."""
        with self._lock:
            self._learn()
            return self._memory.recall(vector)

    def find_edits(self, document_ids: Sequence[str]) -> dict[str, list[UsedEdit]]:
        """How these solutions were changed to be used, at most three of each, see `UsageRepository.find_edits`."""
        found: dict[str, list[UsedEdit]] = {}
        with Session(self._engine) as session:
            for edit in UsageRepository(session).find_edits(document_ids):
                of_document = found.setdefault(edit.document_id, [])
                if len(of_document) < _MOST_EDITS:
                    of_document.append(build_edit(edit))
        return found

    def find_failed(self, ticket_key: int | None, external_id: str | None) -> set[str]:
        """Documents that need not be suggested for this ticket again: they were rejected for it, or did not hold."""
        with Session(self._engine) as session:
            return LedgerRepository(session).find_failed(ticket_key, external_id)

    def find_open(self, since: datetime, most: int) -> list[OpenTicket]:
        """Open tickets for which something was suggested ``since`` then; see `LedgerRepository.find_open`."""
        with Session(self._engine) as session:
            return LedgerRepository(session).find_open(since, self.model, most)

    def give_feedback(self, suggestion_id: str, request: FeedbackRequest) -> SuggestionRecord:
        """Note what became of a solution, in the ledger and in its ticket's history; saying the same twice is once.

        Raises:
            SuggestionNotFoundError
            SolutionNotSuggestedError: the suggestion has no such solution.
            IllegalOutcomeError: the outcome cannot follow what is known.
            MissingReasonError: a rejection without a reason.
            MissingTextError: a changed solution without its text.
        """
        outcome = Outcome(request.outcome)
        with Session(self._engine) as session, session.begin():
            ledger = LedgerRepository(session)
            suggestion = _found(ledger.find(suggestion_id), suggestion_id)
            if suggestion.ticket_key is not None:
                # As a ticket's step does: the ticket first, then its solutions, so that neither waits for the other.
                TicketRepository(session).find_for_change(suggestion.ticket_key)
            solution = ledger.find_for_change(suggestion_id, request.document_id)
            if solution is None:
                suggested = [row.document_id for row in ledger.solutions(suggestion_id)]
                raise SolutionNotSuggestedError(suggestion_id, request.document_id, suggested)
            if not self._is_repeated(ledger, solution, outcome, request):
                self._step(ledger, solution, outcome, request)
                action = _NOTED.get(outcome)
                if action is not None and suggestion.ticket_key is not None:
                    fields = {
                        "suggestion_id": suggestion_id,
                        "document_id": solution.document_id,
                        "document_title": solution.title,
                        "reason": request.reason,
                        "text": request.text,
                    }
                    self._tickets.note(session, suggestion.ticket_key, action, request.actor, fields)
            session.flush()
            return _record(suggestion, ledger)

    def get(self, suggestion_id: str) -> SuggestionRecord:
        """
        Raises:
            SuggestionNotFoundError
        """
        with Session(self._engine) as session:
            ledger = LedgerRepository(session)
            return _record(_found(ledger.find(suggestion_id), suggestion_id), ledger)

    def _is_repeated(
        self, ledger: LedgerRepository, solution: SuggestedSolutionRow, outcome: Outcome, request: FeedbackRequest
    ) -> bool:
        if outcome is Outcome.OPENED and solution.state != Outcome.SHOWN:
            return True
        if solution.state != outcome:
            return False
        last = ledger.find_last_outcome(solution.suggestion_id, solution.document_id)
        return last is not None and (outcome is not Outcome.EDITED or last.text == request.text)

    def _step(
        self, ledger: LedgerRepository, solution: SuggestedSolutionRow, outcome: Outcome, request: FeedbackRequest
    ) -> None:
        state = Outcome(solution.state)
        step = find_step(state, outcome)
        if step is None:
            raise IllegalOutcomeError(outcome, state, possible_outcomes(state))
        if step.needs_reason and not request.reason:
            raise MissingReasonError
        if step.needs_text and not request.text:
            raise MissingTextError
        ledger.append(solution, outcome, request.actor, self._now(), request.reason, request.text)

    def _learn(self) -> None:
        with Session(self._engine) as session:
            ledger = LedgerRepository(session)
            last = ledger.last_outcome_id()
            if last > self._learned:
                self._memory.learn(ledger.judgements_since(self._learned, self.model, MOST_JUDGEMENTS))
                self._learned = last


def _found(row: SuggestionRow | None, suggestion_id: str) -> SuggestionRow:
    if row is None:
        raise SuggestionNotFoundError(suggestion_id)
    return row


def _record(row: SuggestionRow, ledger: LedgerRepository) -> SuggestionRecord:
    return build_record(row, ledger.solutions(row.id), ledger.outcomes(row.id))
