"""Better words for an article: how those who used it, or solved its source tickets, changed what they were told."""

from collections.abc import Iterable

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.articles.anonymizing import anonymized
from kb_service.articles.errors import ArticleNotFoundError
from kb_service.articles.presenting import article_key, document_id
from kb_service.articles.repository import ArticleRepository
from kb_service.suggestions.models import UsedEdit
from kb_service.suggestions.presenting import build_edit
from kb_service.suggestions.usage_repository import Edit, UsageRepository
from kb_service.tickets.presenting import ticket_key
from kb_service.tickets.repository import TicketRepository


class ArticleEdit(UsedEdit):
    document_id: str = Field(description="改的是哪条方案")
    title: str


class ArticleEdits(BaseModel):
    article_id: str
    edits: list[ArticleEdit] = Field(description="客户确认过的在前，其次新的；客户名称与个人信息已遮盖")


class ArticleImprovements:
    """Safe to call from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, article: str) -> ArticleEdits:
        """Changes made since somebody vouched for the article: to itself, and to what helped its source tickets.

        Raises:
            ArticleNotFoundError: no such article.
        """
        with Session(self._engine) as session:
            articles, usage = ArticleRepository(session), UsageRepository(session)
            row = articles.find(article_key(article))
            if row is None:
                raise ArticleNotFoundError(article)
            since = articles.vouched_at([row.id]).get(row.id)
            edits = usage.find_edits([document_id(row.id)])
            edits += usage.find_edits_for([ticket_key(ticket) for ticket in row.source_tickets])
            fresh = [edit for edit in edits if since is None or edit.at > since]
            tickets = TicketRepository(session)
            return ArticleEdits(article_id=article, edits=[_show(edit, tickets) for edit in _once(fresh)])


def _once(edits: Iterable[Edit]) -> list[Edit]:
    """An article that was suggested for its own source ticket is met twice."""
    return list({(edit.suggestion_id, edit.document_id): edit for edit in edits}.values())


def _show(edit: Edit, tickets: TicketRepository) -> ArticleEdit:
    ticket = None if edit.ticket_key is None else tickets.find(edit.ticket_key)
    shown = build_edit(edit).model_dump()
    customers = [ticket.customer] if ticket else []
    shown["text"] = anonymized({"solution": edit.text}, customers)["solution"]
    return ArticleEdit(**shown, document_id=edit.document_id, title=edit.title)
