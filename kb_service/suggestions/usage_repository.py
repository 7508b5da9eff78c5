"""Reads from the ledger how suggested solutions fared: changed before they helped, failed, replaced by others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, Outcome
from kb_service.suggestions.repository import read_vector
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionOutcomeRow, SuggestionRow
from kb_service.tickets.lifecycle import Action, TicketState
from kb_service.tickets.tables import TicketEventRow, TicketRow

_SOLVED = (TicketState.RESOLVED, TicketState.CLOSED)
_PROVEN = (Outcome.CONFIRMED, Outcome.RESOLVED_WITH)


@dataclass(frozen=True)
class Edit:
    """A solution as somebody changed it to use it, which did not fail since.

    Attributes:
        state: where the solution stands now.
        ticket_key: None where it was used for another system's ticket.
    """

    suggestion_id: str
    document_id: str
    title: str
    state: Outcome
    text: str
    actor: str
    at: datetime
    ticket_key: int | None
    external_id: str | None


@dataclass(frozen=True)
class Judged:
    """A suggested solution that is in use or has failed.

    Attributes:
        version: of the document, as it was suggested.
        state, at, reason: what was said of it last.
        model: digest of what made ``vector``, the symptom vector of the ticket.
    """

    document_id: str
    version: str
    source: str
    title: str
    state: Outcome
    at: datetime
    reason: str | None
    ticket_key: int | None
    external_id: str | None
    product: str | None
    model: str
    vector: NDArray[np.float32]


@dataclass(frozen=True)
class OwnSolution:
    """How a ticket was solved without any suggested solution; ``confirmed`` by the customer."""

    ticket_key: int
    title: str
    at: datetime
    confirmed: bool


class UsageRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find_edits(self, document_ids: Collection[str]) -> list[Edit]:
        """How these solutions were changed, the best proven first, then the newest."""
        return self._edits(SuggestedSolutionRow.document_id.in_(document_ids)) if document_ids else []

    def find_edits_for(self, ticket_keys: Collection[int]) -> list[Edit]:
        """How solutions were changed for these tickets; order as of `find_edits`."""
        return self._edits(SuggestionRow.ticket_key.in_(ticket_keys)) if ticket_keys else []

    def find_edits_below(self, prefix: str) -> list[Edit]:
        """How solutions were changed whose ids begin so; order as of `find_edits`."""
        return self._edits(SuggestedSolutionRow.document_id.startswith(prefix, autoescape=True))

    def find_judged(self, states: Collection[Outcome], most: int, document_id: str | None = None) -> list[Judged]:
        """Solutions in one of these states, or that one alone; of more than ``most`` those that were judged last."""
        last = _last_outcomes(set(Outcome)).subquery()
        query = (
            select(SuggestionRow, SuggestedSolutionRow, SuggestionOutcomeRow.at, SuggestionOutcomeRow.reason)
            .join(SuggestedSolutionRow, SuggestedSolutionRow.suggestion_id == SuggestionRow.id)
            .join(last, _same_solution(last.c))
            .join(SuggestionOutcomeRow, SuggestionOutcomeRow.id == last.c.last)
            .where(SuggestedSolutionRow.state.in_(states))
            .order_by(last.c.last.desc())
            .limit(most)
        )
        if document_id is not None:
            query = query.where(SuggestedSolutionRow.document_id == document_id)
        return [_judged(*row) for row in self._session.execute(query)]

    def find_own_solutions(self, ticket_keys: Collection[int]) -> dict[int, OwnSolution]:
        """Of these tickets those that are solved though none of their suggested solutions is in use."""
        in_use = (
            select(SuggestionRow.ticket_key)
            .join(SuggestedSolutionRow)
            .where(SuggestionRow.ticket_key.in_(ticket_keys), SuggestedSolutionRow.state.in_(ADOPTED_OUTCOMES))
        )
        query = (
            select(TicketRow.id, TicketRow.title, TicketEventRow.at, TicketEventRow.action)
            .join(TicketEventRow, TicketEventRow.ticket_key == TicketRow.id)
            .where(
                TicketRow.id.in_(ticket_keys),
                TicketRow.id.not_in(in_use),
                TicketRow.state.in_(_SOLVED),
                TicketRow.solution.is_not(None),
                TicketEventRow.action.in_((Action.RESOLVE, Action.CONFIRM)),
            )
            .order_by(TicketEventRow.sequence)
        )
        rows = self._session.execute(query) if ticket_keys else ()
        return {key: OwnSolution(key, title, at, action == Action.CONFIRM) for key, title, at, action in rows}

    def _edits(self, which: ColumnElement[bool]) -> list[Edit]:
        last = (
            _last_outcomes({Outcome.ADOPTED, Outcome.EDITED})
            .join(SuggestedSolutionRow, _same_solution(SuggestionOutcomeRow))
            .join(SuggestionRow, SuggestionRow.id == SuggestedSolutionRow.suggestion_id)
            .where(which, SuggestedSolutionRow.state.in_(ADOPTED_OUTCOMES))
            .subquery()
        )
        query = (
            select(SuggestionOutcomeRow, SuggestedSolutionRow, SuggestionRow.ticket_key, SuggestionRow.external_id)
            .join(last, last.c.last == SuggestionOutcomeRow.id)
            .join(SuggestedSolutionRow, _same_solution(SuggestionOutcomeRow))
            .join(SuggestionRow, SuggestionRow.id == SuggestedSolutionRow.suggestion_id)
            # Those of former releases may have come without a text.
            .where(SuggestionOutcomeRow.outcome == Outcome.EDITED, SuggestionOutcomeRow.text.is_not(None))
        )
        return _best_first(_edit(*row) for row in self._session.execute(query))


def _last_outcomes(among: Collection[Outcome]) -> Select[str, str, int]:
    """Of each suggested solution the number of its last outcome ``among`` these."""
    row = SuggestionOutcomeRow
    query = select(row.suggestion_id, row.document_id, func.max(row.id).label("last"))
    return query.where(row.outcome.in_(among)).group_by(row.suggestion_id, row.document_id)


def _same_solution(row: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = (SuggestedSolutionRow.suggestion_id == row.suggestion_id) & (
        SuggestedSolutionRow.document_id == row.document_id
    )
    return same


def _edit(
    outcome: SuggestionOutcomeRow, solution: SuggestedSolutionRow, ticket_key: int | None, external_id: str | None
) -> Edit:
    return Edit(
        suggestion_id=outcome.suggestion_id,
        document_id=outcome.document_id,
        title=solution.title,
        state=Outcome(solution.state),
        text=outcome.text or "",
        actor=outcome.actor,
        at=outcome.at,
        ticket_key=ticket_key,
        external_id=external_id,
    )


def _judged(suggestion: SuggestionRow, solution: SuggestedSolutionRow, at: datetime, reason: str | None) -> Judged:
    return Judged(
        document_id=solution.document_id,
        version=solution.version,
        source=solution.source,
        title=solution.title,
        state=Outcome(solution.state),
        at=at,
        reason=reason,
        ticket_key=suggestion.ticket_key,
        external_id=suggestion.external_id,
        product=suggestion.product,
        model=suggestion.model,
        vector=read_vector(suggestion.vector),
    )


def _best_first(edits: Iterable[Edit]) -> list[Edit]:
    newest = sorted(edits, key=lambda edit: edit.at, reverse=True)
    return sorted(newest, key=lambda edit: _PROVEN.index(edit.state) if edit.state in _PROVEN else len(_PROVEN))
