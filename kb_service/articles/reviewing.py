"""Which articles somebody should look at again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from kb_service.access.principal import Principal
from kb_service.articles.models import Article
from kb_service.articles.presenting import DOCUMENT_PREFIX, build_article
from kb_service.articles.repository import ArticleRepository
from kb_service.knowledge.duplicates import DuplicateGroupItem, list_duplicates


class ArticleReviewList(BaseModel):
    """Published articles by what is the matter with them; one may stand in several lists."""

    overdue: list[Article] = Field(description="到了复审时间，最久的在前")
    flagged: list[Article] = Field(description="使用者标记为过时、有误、重复或不清楚，标记多的在前")
    unused: list[Article] = Field(description="发布已久，其间没有解决过工单，最久的在前")
    duplicates: list[DuplicateGroupItem] = Field(description="与别的文章或文档内容几乎相同")


class ArticleReviews:
    """``now`` gives the moment for which the lists are drawn up."""

    def __init__(self, engine: Engine, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._now = now

    def find(self, principal: Principal, *, unused_days: int, limit: int) -> ArticleReviewList:
        """At most ``limit`` in each list. Unused is what has been public and unlinked for ``unused_days``."""
        now = self._now()
        with Session(self._engine) as session:
            articles = ArticleRepository(session)
            overdue = articles.find_overdue(now, limit)
            flagged = articles.find_flagged(limit)
            unused = articles.find_unused(now - timedelta(days=unused_days), limit)
            return ArticleReviewList(
                overdue=[build_article(row) for row in overdue],
                flagged=[build_article(row) for row in flagged],
                unused=[build_article(row) for row in unused],
                duplicates=self._duplicates(principal)[:limit],
            )

    def _duplicates(self, principal: Principal) -> list[DuplicateGroupItem]:
        groups = list_duplicates(self._catalogue, principal).groups
        return [
            group for group in groups if any(one.document_id.startswith(DOCUMENT_PREFIX) for one in group.documents)
        ]
