"""What the use of an article has shown since somebody vouched for it: better words for it, and what it failed at."""

from collections.abc import Callable, Iterable
from datetime import date

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from kb_service.access.principal import Principal
from kb_service.articles.anonymizing import anonymized
from kb_service.articles.contradicted import ContradictedSolution, ContradictionList
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


class ArticleFindings(BaseModel):
    article_id: str
    edits: list[ArticleEdit] = Field(
        description="发布或复核之后，对本文、以及为来源工单采用的方案所作的改动；"
        "客户确认过的在前，其次新的；客户名称与个人信息已遮盖"
    )
    contradicted: ContradictedSolution | None = Field(description="本文在哪里失败、而此后较新的办法有效；没有时为 null")


class ArticleUsage:
    """``today`` is the day where the department is. Safe to call from several threads."""

    def __init__(self, engine: Engine, catalogue: Catalogue, today: Callable[[], date]) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._today = today

    def find(self, article: str, principal: Principal) -> ArticleFindings:
        """How the article, and what helped its source tickets, was changed to be used, and what contradicts it.

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
            contradictions = ContradictionList(session, self._catalogue, principal, self._today())
            return ArticleFindings(
                article_id=article,
                edits=[_show(edit, tickets) for edit in _once(fresh)],
                contradicted=next(iter(contradictions.find(1, document_id(row.id))), None),
            )


def _once(edits: Iterable[Edit]) -> list[Edit]:
    """An article that was suggested for its own source ticket is met twice."""
    return list({(edit.suggestion_id, edit.document_id): edit for edit in edits}.values())


def _show(edit: Edit, tickets: TicketRepository) -> ArticleEdit:
    ticket = None if edit.ticket_key is None else tickets.find(edit.ticket_key)
    shown = build_edit(edit).model_dump()
    customers = [ticket.customer] if ticket else []
    shown["text"] = anonymized({"solution": edit.text}, customers)["solution"]
    return ArticleEdit(**shown, document_id=edit.document_id, title=edit.title)
