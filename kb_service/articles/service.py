"""Drafts articles and takes them through their life; every change is one event in one transaction."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb_service.articles.anonymizing import anonymized
from kb_service.articles.drafting import draft_content
from kb_service.articles.errors import (
    ArticleExistsError,
    ArticleNotFoundError,
    IllegalArticleActionError,
    LinkedTicketError,
    OwnArticleError,
    StaleArticleError,
)
from kb_service.articles.history import ArticleEvent, IllegalEventError, LinkError, OwnReviewError, Standing, advance
from kb_service.articles.lifecycle import REVIEWS, UNSEEN_IS_FINE, ArticleAction, ArticleState, allowed_actions
from kb_service.articles.models import (
    Article,
    ArticleActionRequest,
    ArticleEventItem,
    ArticleHistory,
    ArticlePage,
    ArticleRequest,
)
from kb_service.articles.presenting import article_id, article_key, build_article
from kb_service.articles.repository import ArticleRepository, read_standing
from kb_service.articles.tables import ArticleRow
from kb_service.articles.wording import ACTION_NAMES, FIELD_NAMING
from kb_service.tickets.errors import MissingFieldsError, ReusedKeyError, UnfittingFieldsError
from kb_service.tickets.presenting import ticket_key
from kb_service.tickets.service import TicketService

_OTHER_FIELDS = {"reason", "flag", "ticket_id", "review_due_at"}


class ArticleIndex(Protocol):
    """Where published texts are found."""

    def follow(self, key: int) -> None:
        """Bring the index in line with an article whose published text has changed."""


class ArticleService:
    """``now`` gives the moment at which something happens. Safe to call from several threads."""

    def __init__(
        self,
        engine: Engine,
        tickets: TicketService,
        index: ArticleIndex,
        now: Callable[[], datetime],
        *,
        review_after: timedelta,
    ) -> None:
        self._engine = engine
        self._tickets = tickets
        self._index = index
        self._now = now
        self._review_after = review_after

    def create(self, request: ArticleRequest, idempotency_key: str | None = None) -> Article:
        """Draft an article; with a key that was used before, nothing is, and its article comes as it stands.

        Raises:
            TicketNotFoundError: a ticket that it is to come from is not there.
            TicketNotSolvedError: that ticket has nothing to tell yet.
            ArticleExistsError: an article that is not archived was written from that ticket before.
            ReusedKeyError: the key came with another request.
        """
        digest = _digest("create", request)
        named = [*([request.ticket_id] if request.ticket_id else []), *request.source_tickets]
        sources = [self._tickets.get(ticket_id) for ticket_id in dict.fromkeys(named)]
        fields = draft_content(sources[0] if request.ticket_id else None, request.stated(), sources)
        if sources:
            fields["source_tickets"] = [ticket.ticket_id for ticket in sources]

        def record(articles: ArticleRepository) -> ArticleRow:
            if request.ticket_id and (known := articles.find_written_from(ticket_key(request.ticket_id))):
                raise ArticleExistsError(request.ticket_id, [article_id(key) for key in known])
            event = ArticleEvent(1, ArticleAction.CREATE, request.actor, self._now(), fields)
            return articles.add(event, advance(None, event), [ticket_key(ticket.ticket_id) for ticket in sources])

        return self._once(record, digest, idempotency_key)

    def act(self, article: str, request: ArticleActionRequest, idempotency_key: str | None = None) -> Article:
        """Take an article one step on; one that changes what is published has changed the index too on return, or
        the article says that it is not ``searchable`` yet and becomes so by itself.

        Raises:
            ArticleNotFoundError: no such article.
            StaleArticleError: it has changed since the caller looked.
            IllegalArticleActionError: its state does not allow the action now.
            OwnArticleError: the actor reviews what they wrote.
            MissingFieldsError: the action needs more fields.
            UnfittingFieldsError: it comes with fields that have no place in it.
            TicketNotFoundError, LinkedTicketError: of the ticket to be linked.
            ReusedKeyError: the key came with another request.
        """
        digest = _digest(article, request)
        ticket = self._tickets.get(request.ticket_id) if request.ticket_id else None
        fields = self._fields(article, request)

        def record(articles: ArticleRepository) -> ArticleRow:
            row = articles.find_for_change(article_key(article))
            if row is None:
                raise ArticleNotFoundError(article)
            standing = read_standing(row)
            # The clock of the machine may be put back; a history never goes back.
            at = max(self._now(), standing.changed_at)
            if request.action in REVIEWS:
                fields.setdefault("review_due_at", (at + self._review_after).isoformat())
            _check_seen(article, request, standing)
            event = ArticleEvent(standing.sequence + 1, request.action, request.actor, at, fields)
            articles.append(row, event, _advanced(article, standing, event))
            if ticket is not None:
                change = articles.link if request.action is ArticleAction.LINK else articles.unlink
                change(row, ticket_key(ticket.ticket_id))
            return row

        return self._once(record, digest, idempotency_key)

    def get(self, article: str) -> Article:
        """
        Raises:
            ArticleNotFoundError: no such article.
        """
        with Session(self._engine) as session:
            return build_article(_found(ArticleRepository(session).find(article_key(article)), article))

    def history(self, article: str) -> ArticleHistory:
        """
        Raises:
            ArticleNotFoundError: no such article.
        """
        with Session(self._engine) as session:
            articles = ArticleRepository(session)
            row = _found(articles.find(article_key(article)), article)
            items = [
                ArticleEventItem(
                    sequence=event.sequence, action=event.action, actor=event.actor, at=event.at, fields=event.fields
                )
                for event in articles.events(row.id)
            ]
        return ArticleHistory(article_id=article, events=items)

    def list(
        self,
        *,
        states: Sequence[ArticleState] = (),
        live: bool | None = None,
        source_ticket: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ArticlePage:
        """The newest first; ``cursor`` is the ``next_cursor`` of the page ahead.

        ``live``: with a published text. ``source_ticket``: that came from this ticket.
        """
        source = ticket_key(source_ticket) if source_ticket else None
        before = article_key(cursor) if cursor else None
        with Session(self._engine) as session:
            rows = ArticleRepository(session).find_page(
                states=states, live=live, source=source, before=before, limit=limit + 1
            )
            shown = [build_article(row) for row in rows[:limit]]
        return ArticlePage(articles=shown, next_cursor=shown[-1].article_id if len(rows) > limit else None)

    def _fields(self, article: str, request: ArticleActionRequest) -> dict[str, Any]:
        stated = request.stated()
        told = request.model_dump(mode="json", include=_OTHER_FIELDS, exclude_none=True)
        # What an article came from never changes, so it may be looked up before the transaction.
        sources = self.get(article).source_tickets
        customers = [self._tickets.get(ticket_id).customer for ticket_id in sources] if stated or told else []
        return anonymized({**stated, **told}, customers)

    def _once(self, record: Callable[[ArticleRepository], ArticleRow], digest: str, key: str | None) -> Article:
        """Carry out ``record`` in a transaction, unless a request with this key was carried out before."""
        if key is not None and (before := self._carried_out(key, digest)) is not None:
            return before
        try:
            with Session(self._engine) as session, session.begin():
                articles = ArticleRepository(session)
                row = record(articles)
                if key is not None:
                    articles.keep_request(key, digest, row, row.changed_at)
                article = build_article(row)
        except (IntegrityError, StaleArticleError, ArticleExistsError):
            # The same request came twice at once: the other one has been carried out.
            if key is not None and (before := self._carried_out(key, digest)) is not None:
                return before
            raise
        if article.searchable:
            return article
        self._index.follow(article_key(article.article_id))
        return self.get(article.article_id)

    def _carried_out(self, key: str, digest: str) -> Article | None:
        with Session(self._engine) as session:
            articles = ArticleRepository(session)
            kept = articles.find_request(key)
            if kept is None:
                return None
            if kept.request_digest != digest:
                raise ReusedKeyError(key)
            return build_article(_found(articles.find(kept.article_key), article_id(kept.article_key)))


def _check_seen(article: str, request: ArticleActionRequest, standing: Standing) -> None:
    seen = request.sequence
    if seen is None and request.action in UNSEEN_IS_FINE:
        return
    if seen is None or not standing.changed_sequence <= seen <= standing.sequence:
        raise StaleArticleError(article, seen, standing.sequence)


def _advanced(article: str, standing: Standing, event: ArticleEvent) -> Standing:
    try:
        return advance(standing, event)
    except OwnReviewError as error:
        is_new = event.action is ArticleAction.PUBLISH
        writers = standing.writers if is_new or standing.live is None else standing.live.writers
        raise OwnArticleError(event.actor, writers) from error
    except LinkError as error:
        linked = event.action is ArticleAction.LINK
        raise LinkedTicketError(article, event.fields["ticket_id"], linked=linked) from error
    except IllegalEventError as error:
        if error.missing:
            raise MissingFieldsError(
                ACTION_NAMES[event.action], FIELD_NAMING.name_all(event.action, error.missing)
            ) from error
        if error.unfitting:
            raise UnfittingFieldsError(
                ACTION_NAMES[event.action], FIELD_NAMING.name_all(event.action, error.unfitting)
            ) from error
        allowed = allowed_actions(standing.state, live=standing.live is not None)
        raise IllegalArticleActionError(event.action, standing.state, allowed) from error


def _digest(of: str, request: BaseModel) -> str:
    # A field left out and one that is null are two requests.
    return hashlib.sha256(f"{of}\0{request.model_dump_json(exclude_unset=True)}".encode()).hexdigest()


def _found(row: ArticleRow | None, article: str) -> ArticleRow:
    if row is None:
        raise ArticleNotFoundError(article)
    return row
