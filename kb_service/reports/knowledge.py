"""How knowledge was used in a period: suggestions and what became of them, articles, searches."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import Session

from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.tables import ArticleEventRow
from kb_service.gaps.tables import SearchLogRow
from kb_service.reports.models import KnowledgeFigures, Rate
from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, Outcome
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionOutcomeRow, SuggestionRow

_TICKET = func.coalesce(cast(SuggestionRow.ticket_key, String), SuggestionRow.external_id, SuggestionRow.id)
"""Whom a suggestion was for; one without a number counts for itself."""


def count_knowledge(session: Session, start: datetime, end: datetime) -> KnowledgeFigures:
    """Figures of ``start`` (inclusive) to ``end`` (exclusive)."""

    def count(query: Select[Any]) -> int:
        return session.scalar(query) or 0

    def within(column: Any) -> ColumnElement[bool]:
        inside: ColumnElement[bool] = (column >= start) & (column < end)
        return inside

    made = within(SuggestionRow.at)
    told = within(SuggestionOutcomeRow.at)
    tickets = count(select(func.count(_TICKET.distinct())).where(made))
    in_use = SuggestedSolutionRow.state.in_(ADOPTED_OUTCOMES)
    with_adoption = select(func.count(_TICKET.distinct())).join(
        SuggestedSolutionRow, SuggestedSolutionRow.suggestion_id == SuggestionRow.id
    )
    suggestions = count(select(func.count()).select_from(SuggestionRow).where(made))
    answered = count(select(func.count()).select_from(SuggestionRow).where(made, SuggestionRow.answered.is_(True)))
    outcomes = {
        outcome: count(
            select(func.count()).select_from(SuggestionOutcomeRow).where(told, SuggestionOutcomeRow.outcome == outcome)
        )
        for outcome in (Outcome.CONFIRMED, Outcome.REJECTED, Outcome.REOPENED)
    }
    actions = {
        action: count(
            select(func.count())
            .select_from(ArticleEventRow)
            .where(within(ArticleEventRow.at), ArticleEventRow.action == action)
        )
        for action in (ArticleAction.PUBLISH, ArticleAction.LINK)
    }
    searched = within(SearchLogRow.at)
    searches = count(select(func.count()).select_from(SearchLogRow).where(searched))
    unanswered = count(select(func.count()).select_from(SearchLogRow).where(searched, SearchLogRow.answered.is_(False)))
    held = outcomes[Outcome.CONFIRMED]
    return KnowledgeFigures(
        suggestions=suggestions,
        answered=Rate.of(answered, suggestions),
        adopted=Rate.of(count(with_adoption.where(made, in_use)), tickets),
        held=Rate.of(held, held + outcomes[Outcome.REOPENED]),
        rejected=outcomes[Outcome.REJECTED],
        articles_published=actions[ArticleAction.PUBLISH],
        articles_reused=actions[ArticleAction.LINK],
        searches=searches,
        unanswered=Rate.of(unanswered, searches),
    )
