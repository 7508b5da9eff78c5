"""Reads and writes articles; each method is a part of the session's transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from kb_service.articles.history import ArticleEvent, Content, Flag, Publication, Standing
from kb_service.articles.lifecycle import CONTENT_FIELDS, REVIEWS, ArticleAction, ArticleState
from kb_service.articles.tables import ArticleEventRow, ArticleRequestRow, ArticleRow, ArticleTicketRow
from kb_service.tickets.tables import TicketRow

_LIVE = TypeAdapter(Publication)
_FLAGS = TypeAdapter(tuple[Flag, ...])
_AS_THEY_ARE = (
    "sequence",
    "changed_sequence",
    "author",
    "created_at",
    "changed_at",
    "publications",
    "review_due_at",
    "last_used_at",
)
_LISTS = ("source_tickets", "writers", "linked_tickets")


class ArticleRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: int) -> ArticleRow | None:
        return self._session.get(ArticleRow, key)

    def find_for_change(self, key: int) -> ArticleRow | None:
        """The article, which nobody else changes until the transaction ends.

        The update that changes nothing takes the lock on SQLite and PostgreSQL alike, before anything is read.
        """
        self._session.execute(update(ArticleRow).where(ArticleRow.id == key).values(sequence=ArticleRow.sequence))
        return self._session.get(ArticleRow, key, populate_existing=True)

    def add(self, event: ArticleEvent, standing: Standing, sources: Sequence[int]) -> ArticleRow:
        row = ArticleRow()
        write_standing(row, standing)
        self._session.add(row)
        self._session.flush()
        self._add_event(row, event)
        self._session.add_all(
            ArticleTicketRow(article_key=row.id, ticket_key=key, role="source") for key in dict.fromkeys(sources)
        )
        return row

    def append(self, row: ArticleRow, event: ArticleEvent, standing: Standing) -> None:
        """Note an event and where it leads."""
        write_standing(row, standing)
        self._add_event(row, event)

    def link(self, row: ArticleRow, ticket_key: int) -> None:
        self._session.add(ArticleTicketRow(article_key=row.id, ticket_key=ticket_key, role="linked"))

    def unlink(self, row: ArticleRow, ticket_key: int) -> None:
        linked = (ArticleTicketRow.article_key == row.id) & (ArticleTicketRow.ticket_key == ticket_key)
        self._session.execute(delete(ArticleTicketRow).where(linked, ArticleTicketRow.role == "linked"))

    def events(self, key: int) -> list[ArticleEvent]:
        """In the order they happened."""
        rows = self._session.scalars(
            select(ArticleEventRow).where(ArticleEventRow.article_key == key).order_by(ArticleEventRow.sequence)
        )
        return [
            ArticleEvent(row.sequence, ArticleAction(row.action), row.actor, row.at, dict(row.fields)) for row in rows
        ]

    def find_written_from(self, ticket_key: int) -> list[int]:
        """Keys of the articles, not archived, that came from a ticket, from which nobody else drafts until the
        transaction ends.
        """
        # Of two who draft at once, the second waits here, and finds the first one's article.
        self._session.execute(update(TicketRow).where(TicketRow.id == ticket_key).values(sequence=TicketRow.sequence))
        query = select(ArticleRow.id).where(_came_from(ticket_key), ArticleRow.state != ArticleState.ARCHIVED)
        return list(self._session.scalars(query.order_by(ArticleRow.id)))

    def find_page(
        self,
        *,
        states: Sequence[ArticleState] = (),
        live: bool | None = None,
        source: int | None = None,
        before: int | None = None,
        limit: int,
    ) -> list[ArticleRow]:
        """The newest first; ``source`` is the key of a ticket that they came from, ``before`` the key of the last one
        of the page ahead.
        """
        query = select(ArticleRow).order_by(ArticleRow.id.desc()).limit(limit)
        if states:
            query = query.where(ArticleRow.state.in_(state.value for state in states))
        if live is not None:
            query = query.where(ArticleRow.live_number.is_not(None) if live else ArticleRow.live_number.is_(None))
        if source is not None:
            query = query.where(_came_from(source))
        if before is not None:
            query = query.where(ArticleRow.id < before)
        return list(self._session.scalars(query))

    def iter_live(self) -> Iterable[ArticleRow]:
        """All that searches should find, in the order they were made."""
        return self._session.scalars(
            select(ArticleRow).where(ArticleRow.live_number.is_not(None)).order_by(ArticleRow.id)
        )

    def find_unindexed(self) -> list[int]:
        """Keys of the articles that the index was not yet told of as they are."""
        differs = ArticleRow.live_number.is_distinct_from(ArticleRow.indexed_number)
        return list(self._session.scalars(select(ArticleRow.id).where(differs).order_by(ArticleRow.id)))

    def note_indexed(self, key: int, number: int | None) -> None:
        self._session.execute(update(ArticleRow).where(ArticleRow.id == key).values(indexed_number=number))

    def find_overdue(self, now: datetime, limit: int) -> list[ArticleRow]:
        """Live ones whose review is due, the longest due first."""
        return self._find_live(ArticleRow.review_due_at < now, ArticleRow.review_due_at.asc(), limit)

    def find_flagged(self, limit: int) -> list[ArticleRow]:
        """Live ones that somebody doubts, the most doubted first."""
        return self._find_live(ArticleRow.flag_count > 0, ArticleRow.flag_count.desc(), limit)

    def find_unused(self, since: datetime, limit: int) -> list[ArticleRow]:
        """Live ones, published before ``since``, that have helped to solve no ticket from then on."""
        idle = (ArticleRow.published_at < since) & (
            ArticleRow.last_used_at.is_(None) | (ArticleRow.last_used_at < since)
        )
        return self._find_live(idle, ArticleRow.published_at.asc(), limit)

    def vouched_at(self, keys: Collection[int]) -> dict[int, datetime]:
        """When somebody last published or confirmed each of these articles; nothing for those that nobody did."""
        row = ArticleEventRow
        query = select(row.article_key, func.max(row.at).label("at")).where(
            row.article_key.in_(keys), row.action.in_(action.value for action in REVIEWS)
        )
        return {one.article_key: one.at for one in self._session.execute(query.group_by(row.article_key))}

    def find_request(self, key: str) -> ArticleRequestRow | None:
        return self._session.get(ArticleRequestRow, key)

    def keep_request(self, key: str, digest: str, row: ArticleRow, at: datetime) -> None:
        self._session.add(ArticleRequestRow(key=key, request_digest=digest, article_key=row.id, at=at))

    def _find_live(self, condition: ColumnElement[bool], order: ColumnElement[Any], limit: int) -> list[ArticleRow]:
        query = select(ArticleRow).where(ArticleRow.live_number.is_not(None), condition)
        return list(self._session.scalars(query.order_by(order, ArticleRow.id).limit(limit)))

    def _add_event(self, row: ArticleRow, event: ArticleEvent) -> None:
        self._session.add(
            ArticleEventRow(
                article_key=row.id,
                sequence=event.sequence,
                action=event.action.value,
                actor=event.actor,
                at=event.at,
                fields=event.fields,
            )
        )


def _came_from(ticket_key: int) -> ColumnElement[bool]:
    row = ArticleTicketRow
    return ArticleRow.id.in_(select(row.article_key).where(row.ticket_key == ticket_key, row.role == "source"))


def read_standing(row: ArticleRow) -> Standing:
    """Where the row says that the article stands."""
    values = {name: getattr(row, name) for name in _AS_THEY_ARE}
    lists = {name: tuple(getattr(row, name)) for name in _LISTS}
    return Standing(
        state=ArticleState(row.state),
        content=Content(**{name: getattr(row, name) for name in CONTENT_FIELDS}),
        live=read_live(row),
        flags=read_flags(row),
        **{**values, **lists},
    )


def read_live(row: ArticleRow) -> Publication | None:
    return _LIVE.validate_python(row.live) if row.live is not None else None


def read_flags(row: ArticleRow) -> tuple[Flag, ...]:
    return _FLAGS.validate_python(row.flags)


def write_standing(row: ArticleRow, standing: Standing) -> None:
    row.state = standing.state.value
    for name in _AS_THEY_ARE:
        setattr(row, name, getattr(standing, name))
    for name in _LISTS:
        setattr(row, name, list(getattr(standing, name)))
    for name, value in asdict(standing.content).items():
        setattr(row, name, value)
    row.live = _LIVE.dump_python(standing.live, mode="json") if standing.live else None
    row.live_number = standing.live.number if standing.live else None
    row.published_at = standing.live.at if standing.live else None
    row.flags = _FLAGS.dump_python(standing.flags, mode="json")
    row.flag_count = len(standing.flags)
    row.reuse_count = len(standing.linked_tickets)
