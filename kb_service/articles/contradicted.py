"""The solutions that a newer one contradicts, as the list that somebody goes through, see `contradicting`."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from ingest.document import Kind, ParsedDocument
from kb_service.access.principal import Principal
from kb_service.articles.contradicting import Contradiction, find_contradictions
from kb_service.articles.models import Article
from kb_service.articles.presenting import build_article, document_key
from kb_service.articles.repository import ArticleRepository
from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, FAILED_OUTCOMES, Outcome
from kb_service.suggestions.usage_repository import Judged, UsageRepository
from kb_service.tickets.presenting import ID_PREFIX

_MOST_FAILURES, _MOST_SUCCESSES = 2_000, 5_000
"""The newest; their vectors take some 20 MB while the list is drawn up."""
_MOST_SHOWN = 3


class Replacement(BaseModel):
    """What helped instead: a solution that was suggested, or how a ticket was solved without one."""

    document_id: str | None = Field(description="工单自己写的解决办法没有文档，为 null")
    version: str | None
    ticket_id: str | None = Field(description="帮到的本系统工单")
    title: str
    state: Outcome
    at: datetime


class Failure(BaseModel):
    outcome: Outcome = Field(description="rejected 被否决，reopened 用后重开")
    reason: str | None
    at: datetime
    ticket_id: str | None
    external_id: str | None


class ContradictedSolution(BaseModel):
    document_id: str
    version: str
    title: str
    article: Article | None = Field(description="方案是知识文章时")
    failed: int = Field(description="现行文本在相近现象上失败、而此后别的办法有效的次数")
    failures: list[Failure] = Field(description="最近的几次")
    by: list[Replacement] = Field(description="此后有效的办法，最近的几条")


class ContradictionList:
    """Reads in the caller's session."""

    def __init__(self, session: Session, catalogue: Catalogue, principal: Principal, today: date) -> None:
        self._articles = ArticleRepository(session)
        self._usage = UsageRepository(session)
        self._catalogue = catalogue
        self._principal = principal
        self._today = today
        self._texts: dict[str, ParsedDocument | None] = {}

    def find(self, limit: int, document_id: str | None = None) -> list[ContradictedSolution]:
        """At most ``limit``, the most often contradicted first; or that solution alone."""
        failed = self._usage.find_judged(FAILED_OUTCOMES, _MOST_FAILURES, document_id)
        vouched = self._articles.vouched_at({document_key(one.document_id) for one in failed})
        current = [one for one in failed if self._is_current(one, vouched)]
        if not current:
            return []
        helped = self._usage.find_judged(ADOPTED_OUTCOMES, _MOST_SUCCESSES)
        own = self._usage.find_own_solutions({one.ticket_key for one in current if one.ticket_key is not None})
        return [self._show(one) for one in find_contradictions(current, helped, own, self._may_replace)[:limit]]

    def _is_current(self, failure: Judged, vouched: Mapping[int, datetime]) -> bool:
        """Whether it is the text in force that failed, and nobody has vouched for it since."""
        document = self._text(failure.document_id)
        since = vouched.get(document_key(failure.document_id))
        return document is not None and document.version == failure.version and (since is None or failure.at > since)

    def _may_replace(self, success: Judged, failure: Judged) -> bool:
        if success.source != Kind.TICKET and document_key(success.document_id) < 0:
            return False
        newer, older = self._text(success.document_id), self._text(failure.document_id)
        return newer is not None and older is not None and newer.effective_from >= older.effective_from

    def _show(self, contradiction: Contradiction) -> ContradictedSolution:
        name = contradiction.document_id
        article = self._articles.find(document_key(name))
        last = contradiction.failures[0]
        return ContradictedSolution(
            document_id=name,
            version=last.version,
            title=last.title,
            article=build_article(article) if article else None,
            failed=len(contradiction.failures),
            failures=[
                Failure(
                    outcome=one.state,
                    reason=one.reason,
                    at=one.at,
                    ticket_id=_ticket_id(one.ticket_key),
                    external_id=one.external_id,
                )
                for one in contradiction.failures[:_MOST_SHOWN]
            ],
            by=_replacements(contradiction)[:_MOST_SHOWN],
        )

    def _text(self, document_id: str) -> ParsedDocument | None:
        """The version in force today, for those who may read it."""
        if document_id not in self._texts:
            documents = [stored.document for stored in self._catalogue.find_versions(document_id)]
            self._texts[document_id] = next((one for one in documents if self._is_readable(one)), None)
        return self._texts[document_id]

    def _is_readable(self, document: ParsedDocument) -> bool:
        in_force = document.effective_from <= self._today <= document.effective_to
        return in_force and self._principal.may_read(document.clearance, document.departments)


def _replacements(contradiction: Contradiction) -> list[Replacement]:
    """Newest first."""
    suggested = [
        Replacement(
            document_id=one.document_id,
            version=one.version,
            ticket_id=_ticket_id(one.ticket_key),
            title=one.title,
            state=one.state,
            at=one.at,
        )
        for one in contradiction.by
    ]
    own = [
        Replacement(
            document_id=None,
            version=None,
            ticket_id=_ticket_id(one.ticket_key),
            title=one.title,
            state=Outcome.CONFIRMED if one.confirmed else Outcome.RESOLVED_WITH,
            at=one.at,
        )
        for one in contradiction.own
    ]
    return sorted([*suggested, *own], key=lambda one: one.at, reverse=True)


def _ticket_id(key: int | None) -> str | None:
    return None if key is None else f"{ID_PREFIX}{key}"
