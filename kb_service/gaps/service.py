"""Finds what the knowledge base does not tell, and notes what is done about it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ingest.embedder import Embedder
from ingest.tokenizer import Tokenizer
from kb_service.articles.models import Article, ArticleRequest
from kb_service.articles.presenting import article_id
from kb_service.articles.service import ArticleService
from kb_service.gaps.clustering import build_clusters
from kb_service.gaps.errors import GapDecidedError, GapNotFoundError
from kb_service.gaps.models import (
    Gap,
    GapDismissal,
    GapDraftRequest,
    GapList,
    GapState,
    UnwrittenTicketList,
    UnwrittenTickets,
)
from kb_service.gaps.recording import SearchLog
from kb_service.gaps.repository import Asked, GapRepository
from kb_service.gaps.tables import GapDecisionRow
from kb_service.tickets.tables import HIGHEST_KEY

ID_PREFIX = "G"

_COMMON_SHARE = 0.8
_THRESHOLD = 0.55
"""Cosine of two query vectors without most of what all queries share, from which on they ask for the same. Of the
pairs of labelled queries (`eval/labels`) that are so alike, 57 % have an answer in common; of all pairs, 0.5 %."""
_MOST_QUERIES = 1_000
_LONGEST_DAYS = 3_650
_MOST_EXAMPLES = 5
_MOST_TERMS = 5
_MOST_TICKETS = 10
_LONGEST_TITLE = 100


@dataclass(frozen=True)
class _Group:
    """A gap: what was asked, and the decision about it, if there is one."""

    decision: GapDecisionRow | None
    asked: Sequence[Asked]

    @property
    def key(self) -> int:
        return self.decision.gap_key if self.decision else self.asked[0].key

    @property
    def count(self) -> int:
        return sum(one.count for one in self.asked)

    @property
    def queries(self) -> list[str]:
        """Those asked most first, of equals the older ones."""
        return [one.query for one in sorted(self.asked, key=lambda one: (-one.count, one.key))]


class GapService:
    """``now`` gives the moment for which gaps are looked for. Safe to call from several threads."""

    def __init__(
        self,
        engine: Engine,
        log: SearchLog,
        articles: ArticleService,
        embedder: Embedder,
        tokenizer: Tokenizer,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._log = log
        self._articles = articles
        self._embedder = embedder
        self._tokenizer = tokenizer
        self._now = now
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def find(self, *, state: GapState, days: int, at_least: int, limit: int) -> GapList:
        """Gaps of the searches of the last ``days``, asked at least so often, those asked most first."""
        groups = [group for group in self._groups(days) if group.count >= at_least and _state(group) is state]
        groups.sort(key=lambda group: (-group.count, group.key))
        return GapList(gaps=[self._gap(group) for group in groups[:limit]])

    def find_unwritten(self, *, days: int, limit: int) -> UnwrittenTicketList:
        """Solved tickets that nothing was written from, by product and category, the largest groups first."""
        with Session(self._engine) as session:
            found = GapRepository(session).find_unwritten(self._now() - timedelta(days=days))
        groups = [
            UnwrittenTickets(
                product=product,
                category=category,
                count=len(keys),
                ticket_ids=[f"T{key}" for key in keys[:_MOST_TICKETS]],
            )
            for (product, category), keys in found.items()
        ]
        groups.sort(key=lambda group: (-group.count, group.product or "", group.category or ""))
        return UnwrittenTicketList(groups=groups[:limit])

    def draft(self, gap_id: str, request: GapDraftRequest) -> Article:
        """Draft an article from what was asked.

        Raises:
            GapNotFoundError: there is no such gap any more.
            GapDecidedError: it is drafted or dismissed already.
        """
        group = self._find(gap_id)
        queries = group.queries
        told = {"title": queries[0][:_LONGEST_TITLE], "symptom": "\n".join(queries[:_MOST_EXAMPLES])}
        stated = request.model_dump(exclude_none=True)
        # Named by the gap, so that one which is drafted twice at once gets one article.
        article = self._articles.create(ArticleRequest(**{**told, **stated}), f"gap-{group.key}")
        self._decide(group, GapState.DRAFTED, request.actor, article_key=int(article.article_id[1:]))
        return article

    def dismiss(self, gap_id: str, request: GapDismissal) -> Gap:
        """Have a gap, and what is asked like it later, no more among the open ones; errors as of `draft`."""
        group = self._find(gap_id)
        decision = self._decide(group, GapState.DISMISSED, request.actor, reason=request.reason)
        return self._gap(_Group(decision, group.asked))

    def reopen(self, gap_id: str) -> None:
        """Take a dismissal back.

        Raises:
            GapNotFoundError: no gap of this name was dismissed.
        """
        with Session(self._engine) as session, session.begin():
            gaps = GapRepository(session)
            decision = gaps.find_decision(_key(gap_id))
            if decision is None or decision.state != GapState.DISMISSED:
                raise GapNotFoundError(gap_id)
            gaps.drop_decision(decision)

    def _find(self, gap_id: str) -> _Group:
        """The undecided gap that the search named by ``gap_id`` belongs to."""
        self._log.flush()
        with Session(self._engine) as session:
            gaps = GapRepository(session)
            decision, query = gaps.find_decision(_key(gap_id)), gaps.find_query(_key(gap_id))
        if decision is not None:
            raise _decided(decision)
        for group in self._groups(_LONGEST_DAYS):
            if any(one.query == query for one in group.asked):
                if group.decision is not None:
                    raise _decided(group.decision)
                return group
        raise GapNotFoundError(gap_id)

    def _groups(self, days: int) -> list[_Group]:
        """All gaps, the decided ones first; a query that is like a decided gap's belongs to that one."""
        self._log.flush()
        since = self._now() - timedelta(days=days)
        with Session(self._engine, expire_on_commit=False) as session:
            gaps = GapRepository(session)
            asked, decisions = gaps.find_unanswered(since, _MOST_QUERIES), gaps.decisions()
        texts = [*(decision.query for decision in decisions), *(one.query for one in asked)]
        if not asked:
            return []
        groups = []
        codes = [self._codes(text) for text in texts]
        for cluster in build_clusters(self._embed(texts), codes, _THRESHOLD, given=len(decisions)):
            own = [asked[index - len(decisions)] for index in cluster.members if index >= len(decisions)]
            if own:
                decision = decisions[cluster.leader] if cluster.leader < len(decisions) else None
                groups.append(_Group(decision, own))
        return groups

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        known = self._vectors
        vectors = {text: known[text] if text in known else self._vector(text) for text in texts}
        # What nobody asks any more is forgotten.
        self._vectors = vectors
        return np.stack([vectors[text] for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = self._embedder.embed_query(text) - _COMMON_SHARE * self._embedder.query_center()
        length = float(np.linalg.norm(vector))
        return (vector / length if length else vector).astype(np.float32)

    def _codes(self, text: str) -> frozenset[str]:
        """Error codes and the like: two that differ in one ask for different things, however alike they sound."""
        return frozenset(found.key for found in self._tokenizer.analyze(text).identifiers if found.decisive)

    def _gap(self, group: _Group) -> Gap:
        decision = group.decision
        return Gap(
            gap_id=f"{ID_PREFIX}{group.key}",
            state=_state(group),
            count=group.count,
            examples=group.queries[:_MOST_EXAMPLES],
            terms=self._top_terms(group.asked),
            first_seen_at=min(one.first_at for one in group.asked),
            last_seen_at=max(one.last_at for one in group.asked),
            best_confidence=max(one.best_confidence for one in group.asked),
            article_id=article_id(decision.article_key) if decision and decision.article_key else None,
            reason=decision.reason if decision else None,
            decided_by=decision.actor if decision else None,
        )

    def _top_terms(self, asked: Iterable[Asked]) -> list[str]:
        counts: Counter[str] = Counter()
        for one in asked:
            for term in {term.text for term in self._tokenizer.analyze(one.query).terms}:
                counts[term] += one.count
        return sorted(counts, key=lambda term: (-counts[term], -len(term), term))[:_MOST_TERMS]

    def _decide(
        self,
        group: _Group,
        state: GapState,
        actor: str,
        *,
        reason: str | None = None,
        article_key: int | None = None,
    ) -> GapDecisionRow:
        row = GapDecisionRow(
            gap_key=group.key,
            query=group.asked[0].query,
            state=state.value,
            reason=reason,
            article_key=article_key,
            actor=actor,
            at=self._now(),
        )
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                GapRepository(session).add_decision(row)
        except IntegrityError as error:
            # Somebody else has decided meanwhile.
            with Session(self._engine) as session:
                decision = GapRepository(session).find_decision(group.key)
                if decision is not None:
                    raise _decided(decision) from error
            raise
        return row


def _state(group: _Group) -> GapState:
    return GapState(group.decision.state) if group.decision else GapState.OPEN


def _decided(decision: GapDecisionRow) -> GapDecidedError:
    article = article_id(decision.article_key) if decision.article_key else None
    return GapDecidedError(f"{ID_PREFIX}{decision.gap_key}", decision.state, article)


def _key(gap_id: str) -> int:
    """The search's key; -1, which no search has, for what is no gap's id."""
    digits = gap_id.removeprefix(ID_PREFIX)
    is_id = gap_id.startswith(ID_PREFIX) and digits.isascii() and digits.isdigit() and len(digits) <= 10
    return int(digits) if is_id and int(digits) <= HIGHEST_KEY else -1
