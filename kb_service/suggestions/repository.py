"""Reads and writes the ledger; each method is a part of the session's transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kb_service.suggestions.duplicates import OpenTicket
from kb_service.suggestions.evidence import Judgement
from kb_service.suggestions.outcomes import FAILED_OUTCOMES, Outcome
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionOutcomeRow, SuggestionRow
from kb_service.tickets.lifecycle import FINAL_STATES, TicketState
from kb_service.tickets.presenting import ID_PREFIX
from kb_service.tickets.tables import TicketRow

_RECENT_OUTCOMES = 100
"""Outcomes that are read once more: PostgreSQL may show a higher number before a lower one."""
_CLOSED = [state.value for state in FINAL_STATES | {TicketState.RESOLVED}]


class LedgerRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: SuggestionRow, solutions: Sequence[SuggestedSolutionRow]) -> None:
        self._session.add(row)
        self._session.flush()
        self._session.add_all(solutions)

    def find(self, suggestion_id: str) -> SuggestionRow | None:
        return self._session.get(SuggestionRow, suggestion_id)

    def solutions(self, suggestion_id: str) -> list[SuggestedSolutionRow]:
        """Best first."""
        query = select(SuggestedSolutionRow).where(SuggestedSolutionRow.suggestion_id == suggestion_id)
        return list(self._session.scalars(query.order_by(SuggestedSolutionRow.rank)))

    def find_for_ticket(self, ticket_key: int, limit: int) -> list[SuggestionRow]:
        """The newest first."""
        query = select(SuggestionRow).where(SuggestionRow.ticket_key == ticket_key)
        return list(self._session.scalars(query.order_by(SuggestionRow.at.desc(), SuggestionRow.id).limit(limit)))

    def outcomes(self, suggestion_id: str) -> list[SuggestionOutcomeRow]:
        """In the order they came."""
        query = select(SuggestionOutcomeRow).where(SuggestionOutcomeRow.suggestion_id == suggestion_id)
        return list(self._session.scalars(query.order_by(SuggestionOutcomeRow.id)))

    def find_last_outcome(self, suggestion_id: str, document_id: str) -> SuggestionOutcomeRow | None:
        query = select(SuggestionOutcomeRow).where(
            SuggestionOutcomeRow.suggestion_id == suggestion_id, SuggestionOutcomeRow.document_id == document_id
        )
        return self._session.scalar(query.order_by(SuggestionOutcomeRow.id.desc()).limit(1))

    def find_for_change(self, suggestion_id: str, document_id: str) -> SuggestedSolutionRow | None:
        """The solution, of which nobody else changes the state until the transaction ends.

        The update that changes nothing takes the lock on SQLite and PostgreSQL alike, before anything is read.
        """
        which = (SuggestedSolutionRow.suggestion_id == suggestion_id, SuggestedSolutionRow.document_id == document_id)
        self._session.execute(update(SuggestedSolutionRow).where(*which).values(state=SuggestedSolutionRow.state))
        return self._session.scalar(
            select(SuggestedSolutionRow).where(*which).execution_options(populate_existing=True)
        )

    def append(
        self,
        row: SuggestedSolutionRow,
        outcome: Outcome,
        actor: str,
        at: datetime,
        reason: str | None,
        text: str | None,
    ) -> None:
        """Note an outcome and where it leads."""
        row.state = outcome.value
        self._session.add(
            SuggestionOutcomeRow(
                suggestion_id=row.suggestion_id,
                document_id=row.document_id,
                outcome=outcome.value,
                actor=actor,
                at=at,
                reason=reason,
                text=text,
            )
        )

    def find_in_use(self, ticket_key: int, states: Sequence[Outcome]) -> list[SuggestedSolutionRow]:
        """Solutions suggested for a ticket that are in one of these states."""
        query = (
            select(SuggestedSolutionRow)
            .join(SuggestionRow)
            .where(SuggestionRow.ticket_key == ticket_key, SuggestedSolutionRow.state.in_(states))
            .order_by(SuggestedSolutionRow.suggestion_id, SuggestedSolutionRow.rank)
        )
        return list(self._session.scalars(query))

    def find_failed(self, ticket_key: int | None, external_id: str | None) -> set[str]:
        """Documents that were rejected for this very ticket, or did not hold."""
        if ticket_key is None and external_id is None:
            return set()
        own = (
            SuggestionRow.ticket_key == ticket_key
            if ticket_key is not None
            else SuggestionRow.external_id == external_id
        )
        query = (
            select(SuggestedSolutionRow.document_id)
            .join(SuggestionRow)
            .where(own, SuggestedSolutionRow.state.in_(FAILED_OUTCOMES))
        )
        return set(self._session.scalars(query))

    def last_outcome_id(self) -> int:
        """0 where there is none."""
        return self._session.scalar(select(func.max(SuggestionOutcomeRow.id))) or 0

    def judgements_since(self, outcome_id: int, model: str, most: int) -> list[Judgement]:
        """Where the solutions stand that had an outcome after this one, and a few before it; oldest first.

        Only those whose vectors were made by ``model``; of more than ``most`` the newest.
        """
        last = func.max(SuggestionOutcomeRow.id)
        recent = (
            select(SuggestionOutcomeRow.suggestion_id, SuggestionOutcomeRow.document_id, last.label("last"))
            .where(SuggestionOutcomeRow.id > outcome_id - _RECENT_OUTCOMES)
            .group_by(SuggestionOutcomeRow.suggestion_id, SuggestionOutcomeRow.document_id)
            .order_by(last.desc())
            .limit(most)
            .subquery()
        )
        query = (
            select(SuggestedSolutionRow, SuggestionRow.vector)
            .join(
                recent,
                (SuggestedSolutionRow.suggestion_id == recent.c.suggestion_id)
                & (SuggestedSolutionRow.document_id == recent.c.document_id),
            )
            .join(SuggestionRow, SuggestionRow.id == SuggestedSolutionRow.suggestion_id)
            .where(SuggestionRow.model == model)
            .order_by(recent.c.last)
        )
        return [
            Judgement(
                (row.suggestion_id, row.document_id),
                Outcome(row.state),
                row.rank,
                read_vector(vector),
            )
            for row, vector in self._session.execute(query)
        ]

    def iter_judged(self) -> Iterator[tuple[SuggestionRow, list[SuggestedSolutionRow]]]:
        """Suggestions of which something is known, with those solutions that somebody judged, oldest first."""
        unjudged = (Outcome.SHOWN, Outcome.OPENED)
        query = (
            select(SuggestionRow, SuggestedSolutionRow)
            .join(SuggestedSolutionRow, SuggestedSolutionRow.suggestion_id == SuggestionRow.id)
            .where(SuggestedSolutionRow.state.not_in(unjudged))
            .order_by(SuggestionRow.at, SuggestionRow.id, SuggestedSolutionRow.rank)
        )
        rows = self._session.execute(query.execution_options(yield_per=500))
        for _, pairs in groupby(rows, key=lambda row: row[0].id):
            listed = [(suggestion, solution) for suggestion, solution in pairs]
            yield listed[0][0], [solution for _, solution in listed]

    def find_open(self, since: datetime, model: str, most: int) -> list[OpenTicket]:
        """The newest suggestion of each ticket that is open, here or, for all one knows, elsewhere; newest first."""
        row = SuggestionRow
        # Columns and not rows of the class: hundreds of them come in half of the time.
        query = (
            select(
                row.id,
                row.ticket_key,
                row.external_id,
                row.title,
                TicketRow.state,
                func.coalesce(TicketRow.created_at, row.at),
                row.product,
                row.query,
                row.vector,
            )
            .outerjoin(TicketRow, TicketRow.id == row.ticket_key)
            .where(
                row.at >= since,
                row.model == model,
                (row.ticket_key.is_not(None) & TicketRow.state.not_in(_CLOSED))
                | (row.ticket_key.is_(None) & row.external_id.is_not(None)),
            )
            .order_by(row.at.desc(), row.id)
            .limit(most)
        )
        newest: dict[tuple[int | None, str | None], tuple[str, OpenTicket]] = {}
        for suggestion_id, key, external_id, title, state, created_at, product, asked, vector in self._session.execute(
            query
        ):
            if (key, external_id) not in newest:
                ticket_id = None if key is None else f"{ID_PREFIX}{key}"
                ticket = OpenTicket(
                    ticket_id, external_id, title, state, created_at, product, asked, read_vector(vector)
                )
                newest[key, external_id] = (suggestion_id, ticket)
        solved = self._solved_elsewhere([row_id for row_id, ticket in newest.values() if ticket.ticket_id is None])
        return [ticket for row_id, ticket in newest.values() if row_id not in solved]

    def _solved_elsewhere(self, suggestion_ids: Sequence[str]) -> set[str]:
        solved = (Outcome.RESOLVED_WITH, Outcome.CONFIRMED)
        query = select(SuggestedSolutionRow.suggestion_id).where(
            SuggestedSolutionRow.suggestion_id.in_(suggestion_ids), SuggestedSolutionRow.state.in_(solved)
        )
        return set(self._session.scalars(query)) if suggestion_ids else set()


def read_vector(kept: bytes) -> NDArray[np.float32]:
    return np.frombuffer(kept, dtype="<f4").astype(np.float32)
