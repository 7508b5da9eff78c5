"""Reads searches, solved tickets and decisions; each method is a part of the session's transaction."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from kb_service.articles.tables import ArticleTicketRow
from kb_service.gaps.tables import GapDecisionRow, SearchLogRow
from kb_service.tickets.lifecycle import TicketState
from kb_service.tickets.tables import TicketRow

_SOLVED = (TicketState.RESOLVED.value, TicketState.CLOSED.value)


@dataclass(frozen=True)
class Asked:
    """A query that found no answer, all searches with this text together; ``key`` is that of the first."""

    key: int
    query: str
    count: int
    first_at: datetime
    last_at: datetime
    best_confidence: float


class GapRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find_unanswered(self, since: datetime, limit: int) -> list[Asked]:
        """The ``limit`` queries asked last that nothing was found for, in the order in which they first came.

        Left out is what has been answered since. Limited searches say nothing: the answer may lie outside.
        """
        log = SearchLogRow
        last = func.max(log.id)
        answered = select(log.query, last.label("last")).where(
            log.answered.is_(True), log.filtered.is_(False), log.at >= since
        )
        later = answered.group_by(log.query).subquery()
        query = (
            select(
                func.min(log.id),
                log.query,
                func.count(),
                func.min(log.at),
                func.max(log.at),
                func.max(log.confidence),
            )
            .outerjoin(later, later.c.query == log.query)
            .where(log.answered.is_(False), log.filtered.is_(False), log.at >= since)
            .group_by(log.query, later.c.last)
            .having(later.c.last.is_(None) | (last > later.c.last))
            .order_by(last.desc())
            .limit(limit)
        )
        return sorted((Asked(*row) for row in self._session.execute(query)), key=lambda asked: asked.key)

    def find_query(self, key: int) -> str | None:
        row = self._session.get(SearchLogRow, key)
        return row.query if row else None

    def decisions(self) -> list[GapDecisionRow]:
        """In the order they were made."""
        return list(self._session.scalars(select(GapDecisionRow).order_by(GapDecisionRow.at, GapDecisionRow.gap_key)))

    def find_decision(self, key: int) -> GapDecisionRow | None:
        return self._session.get(GapDecisionRow, key)

    def add_decision(self, row: GapDecisionRow) -> None:
        self._session.add(row)

    def drop_decision(self, row: GapDecisionRow) -> None:
        self._session.delete(row)

    def find_unwritten(self, since: datetime) -> dict[tuple[str | None, str | None], list[int]]:
        """Keys of the tickets solved ``since`` then that no article has to do with, the newest first, by product and
        category."""
        written = exists().where(ArticleTicketRow.ticket_key == TicketRow.id)
        query = (
            select(TicketRow.product, TicketRow.category, TicketRow.id)
            .where(TicketRow.state.in_(_SOLVED), TicketRow.solution.is_not(None), TicketRow.changed_at >= since)
            .where(~written)
            .order_by(TicketRow.id.desc())
        )
        groups: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
        for product, category, key in self._session.execute(query):
            groups[product, category].append(key)
        return dict(groups)
