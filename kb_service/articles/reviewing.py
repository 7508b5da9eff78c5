"""Which articles somebody should look at again."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from kb_service.access.principal import Principal
from kb_service.articles.contradicted import ContradictedSolution, ContradictionList
from kb_service.articles.models import Article
from kb_service.articles.presenting import DOCUMENT_PREFIX, build_article, document_key
from kb_service.articles.repository import ArticleRepository
from kb_service.articles.tables import ArticleRow
from kb_service.knowledge.duplicates import DuplicateGroupItem, list_duplicates
from kb_service.suggestions.usage_repository import UsageRepository


class ArticleReviewList(BaseModel):
    """Published articles by what is the matter with them; one may stand in several lists."""

    overdue: list[Article] = Field(description="到了复审时间，最久的在前")
    flagged: list[Article] = Field(description="使用者标记为过时、有误、重复或不清楚，标记多的在前")
    unused: list[Article] = Field(description="发布已久，其间没有解决过工单，最久的在前")
    contradicted: list[ContradictedSolution] = Field(
        default=[], description="在相近的现象上失败，而此后较新的工单或文章的办法有效；文章以外的方案也列，失败多的在前"
    )
    edited: list[Article] = Field(
        default=[],
        description="发布或复核之后，使用者改了办法才采用，改的次数多的在前；改法见 /v1/articles/{id}/findings",
    )
    duplicates: list[DuplicateGroupItem] = Field(description="与别的文章或文档内容几乎相同")


class ArticleReviews:
    """``now`` gives the moment for which the lists are drawn up, ``today`` its day where the department is."""

    def __init__(
        self, engine: Engine, catalogue: Catalogue, now: Callable[[], datetime], today: Callable[[], date]
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._now = now
        self._today = today

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
                contradicted=ContradictionList(session, self._catalogue, principal, self._today()).find(limit),
                edited=[build_article(row) for row in _find_edited(session, limit)],
                duplicates=self._duplicates(principal)[:limit],
            )

    def _duplicates(self, principal: Principal) -> list[DuplicateGroupItem]:
        groups = list_duplicates(self._catalogue, principal).groups
        return [
            group for group in groups if any(one.document_id.startswith(DOCUMENT_PREFIX) for one in group.documents)
        ]


def _find_edited(session: Session, limit: int) -> list[ArticleRow]:
    """Live articles that were changed to be used since somebody vouched for them, the most often changed first."""
    articles = ArticleRepository(session)
    edits = [
        (document_key(edit.document_id), edit.at) for edit in UsageRepository(session).find_edits_below(DOCUMENT_PREFIX)
    ]
    vouched = articles.vouched_at({key for key, _ in edits})
    counts = Counter(key for key, at in edits if key in vouched and at > vouched[key])
    rows = [articles.find(key) for key, _ in counts.most_common()]
    return [row for row in rows if row is not None and row.live_number is not None][:limit]
