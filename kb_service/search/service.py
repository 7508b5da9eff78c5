"""Search: analysis, the legs, their ranking, folding, citation, and whether that answers."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
from haystack import Document
from numpy.typing import NDArray

from ingest.catalogue import Catalogue
from ingest.document import Kind, Meta
from ingest.embedder import Embedder
from ingest.sparse_encoder import SparseEncoder
from ingest.store.protocol import DEFAULT_CANDIDATES, ChunkStore, LegsQuery
from kb_service.access.principal import Principal
from kb_service.search.answering import find_answer
from kb_service.search.candidates import Candidate, gather
from kb_service.search.citing import build_answer
from kb_service.search.confidence import CALIBRATION, confidence, read_signals
from kb_service.search.explaining import explain_hit, explain_search
from kb_service.search.filtering import all_of, build_filters, build_limits
from kb_service.search.hits import Group, build_hit, fold_by_document, fold_twins
from kb_service.search.locating import Located, OutlineSearch
from kb_service.search.models import Answer, Hit, Limit, SearchRequest, SearchResponse, Twin
from kb_service.search.query_analysis import AnalyzedQuery, analyze_query
from kb_service.search.ranking import Ranked, rank
from kb_service.search.thesaurus import Thesaurus
from kb_service.search.twins import find_readable_twins

_CHUNKS_PER_HIT = 4
"""Ranked chunks looked at for each hit asked for, so that folding leaves enough documents."""
_FEWEST_CHUNKS = 50
_REFILL_FACTOR = 4
"""How many times more chunks are fetched, once, where those that were make fewer documents than asked for."""
_NAMED_LEAD = 1.0
_KEPT_ANALYSES = 64


@dataclass(frozen=True)
class _Found:
    """What one query found.

    Attributes:
        candidates: whatever the legs brought.
        ranked: the best of them that may be shown, with ``chunks`` in the same order.
        unpublished: how many were passed over for these, since no version in force holds them.
        groups: what becomes hits.
        more: whether asking for more candidates may bring further groups.
    """

    candidates: list[Candidate]
    ranked: list[Ranked]
    chunks: list[Document]
    unpublished: int
    groups: list[Group]
    more: bool


@dataclass(frozen=True)
class _Search:
    """One request with all that is derived from it once."""

    request: SearchRequest
    principal: Principal
    today: date
    analyzed: AnalyzedQuery
    named: dict[str, Located]
    """Chunk id -> the clause that the query names there."""
    named_chunks: list[Document]

    @property
    def day(self) -> date:
        return self.request.filters.effective_on or self.today

    @property
    def in_one_document(self) -> bool:
        return len(self.request.filters.document_ids) == 1


class SearchService:
    """Answers searches for a principal. Safe to call from several threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: ChunkStore,
        embedder: Embedder,
        sparse_encoder: SparseEncoder,
        today: Callable[[], date],
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder
        self._today = today
        self._outlines = OutlineSearch(catalogue)
        thesaurus = Thesaurus()
        # The sources of one suggestion are searched with the same text.
        self._analyze = lru_cache(_KEPT_ANALYSES)(lambda text: analyze_query(text, sparse_encoder, thesaurus))

    def search(self, request: SearchRequest, principal: Principal) -> SearchResponse:
        """Return at most ``request.limit`` documents, best first, each with its best passage and further ones.

        Only texts that ``principal`` may read and that are in force on the asked day are ever candidates. Equal
        scores are ordered by chunk id, so the same request gives the same answer.
        """
        started = time.perf_counter()
        search = self._read(request, principal)
        query = self._query(search)
        found = self._find(search, query)
        if found.more and len(found.groups) < request.limit:
            found = self._find(search, query, _REFILL_FACTOR)
        signals = read_signals(found.ranked[:_FEWEST_CHUNKS], found.chunks[:_FEWEST_CHUNKS], search.analyzed)
        sure = 1.0 if search.named else confidence(signals) if signals else 0.0
        groups = found.groups[: request.limit]
        answered = bool(groups) and sure >= CALIBRATION.threshold
        hits = self._hits(groups, search, answered)
        explanation = None
        if request.explain:
            by_id = {one.candidate.chunk_id: one for one in found.ranked}
            hits = [
                explain_hit(hit, search.analyzed, by_id.get(hit.chunk_id), _label(search.named.get(hit.chunk_id)))
                for hit in hits
            ]
            explanation = explain_search(
                search.analyzed,
                query.filters or {},
                found.candidates,
                found.unpublished,
                [] if hits else self._limits(search),
                asdict(signals) if signals else {},
                CALIBRATION.threshold,
            )
        return SearchResponse(
            search_id=str(uuid.uuid4()),
            answered=answered,
            confidence=round(sure, 4),
            hits=hits,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            explanation=explanation,
        )

    def symptom_vector(self, text: str) -> NDArray[np.float32]:
        """Unit vector by which two descriptions of a trouble are compared: what queries have in common taken out.

        The same embedding as a search for ``text`` needs, so that both cost one.
        """
        analyzed = self._analyze(text)
        vector = self._embedder.embed_query(analyzed.embedded_text) - self._embedder.query_center
        unit: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def _read(self, request: SearchRequest, principal: Principal) -> _Search:
        today = self._today()
        analyzed = self._analyze(request.query)
        named = self._named(request, principal, request.filters.effective_on or today)
        # Of several places in one chunk the first is the best.
        places = {chunk.id: place for chunk, place in reversed(named)}
        chunks = list({chunk.id: chunk for chunk, _ in named}.values())
        return _Search(request, principal, today, analyzed, places, chunks)

    def _query(self, search: _Search) -> LegsQuery:
        return LegsQuery(
            dense=self._embedder.search_vector(search.analyzed.embedded_text).tolist(),
            sparse=search.analyzed.sparse,
            identifiers=search.analyzed.identifiers,
            filters=build_filters(search.request.filters, search.principal, search.today),
            candidates=max(DEFAULT_CANDIDATES, search.request.limit * _CHUNKS_PER_HIT),
        )

    def _find(self, search: _Search, query: LegsQuery, factor: int = 1) -> _Found:
        """``factor`` times as many candidates as usual are asked for and looked at."""
        query = replace(query, candidates=query.candidates * factor)
        candidates = gather(self._store, query)
        ranked = rank(candidates, search.analyzed.length, self._store.estimate_count())
        most = max(_FEWEST_CHUNKS, search.request.limit * _CHUNKS_PER_HIT) * factor
        visible, unpublished = self._visible(ranked, most, search.day)
        texts = {chunk.id: chunk for chunk in self._store.load_documents([one.candidate.chunk_id for one in visible])}
        visible = [one for one in visible if one.candidate.chunk_id in texts]
        chunks = [replace(texts[one.candidate.chunk_id], score=one.score) for one in visible]
        groups = fold_by_document(self._named_first(search, chunks), search.request)
        if not search.in_one_document:
            pairs = self._catalogue.find_pairs_among({group.document_id for group in groups}, search.day)
            groups = fold_twins(groups, pairs)
        full = any(query.candidates in (one.dense_rank, one.sparse_rank) for one in candidates)
        more = full or len(ranked) > len(visible) + unpublished
        return _Found(candidates, visible, chunks, unpublished, groups, more)

    def _visible(self, ranked: Sequence[Ranked], most: int, day: date) -> tuple[list[Ranked], int]:
        """The first ``most`` of published versions in force on ``day``, and how many others were passed over."""
        visible: list[Ranked] = []
        looked_at = 0
        while len(visible) < most and looked_at < len(ranked):
            some = ranked[looked_at : looked_at + most]
            published = self._catalogue.published_chunk_ids([one.candidate.chunk_id for one in some], day)
            for one in some:
                if len(visible) == most:
                    break
                looked_at += 1
                if one.candidate.chunk_id in published:
                    visible.append(one)
        return visible, looked_at - len(visible)

    def _named_first(self, search: _Search, chunks: Sequence[Document]) -> list[Document]:
        """The named clauses' chunks ahead of all others, with scores that say so."""
        if not search.named:
            return list(chunks)
        published = self._catalogue.published_chunk_ids(list(search.named), search.day)
        best = max((chunk.score or 0.0 for chunk in chunks), default=0.0)
        named = [replace(chunk, score=best + _NAMED_LEAD) for chunk in search.named_chunks if chunk.id in published]
        return [*named, *(chunk for chunk in chunks if chunk.id not in search.named)]

    def _named(self, request: SearchRequest, principal: Principal, day: date) -> list[tuple[Document, Located]]:
        """The chunks of the clauses that the query names, each with the clause."""
        filters = request.filters
        if filters.products or (filters.kinds and Kind.REGULATION not in filters.kinds):
            return []
        located = self._outlines.find(request.query, day, principal)
        chunks = {chunk.id: chunk for chunk in self._store.load_documents([place.chunk_id for place in located])}
        return [
            (chunk, place)
            for place in located
            if (chunk := chunks.get(place.chunk_id)) is not None
            and (not filters.document_ids or chunk.meta[Meta.DOCUMENT_ID] in filters.document_ids)
        ]

    def _limits(self, search: _Search) -> list[Limit]:
        """How many chunks each limit leaves of those that the ones before it left."""
        limits = build_limits(search.request.filters, search.principal, search.today)
        conditions = list(limits.values())
        return [
            Limit(name=name, chunks=self._store.count_documents_by_filter(all_of(conditions[:count])))
            for count, name in enumerate(limits, start=1)
        ]

    def _hits(self, groups: Sequence[Group], search: _Search, answered: bool) -> list[Hit]:
        parents = self._catalogue.find_parent_texts([group.best.id for group in groups])
        twins: dict[str, list[Twin]] = {}
        if not search.in_one_document:
            # The twins of a single asked document are of no interest.
            ids = [group.document_id for group in groups]
            twins = find_readable_twins(self._catalogue, ids, search.principal, search.day)
        return [
            build_hit(
                place,
                group,
                parents.get(group.best.id),
                twins.get(group.document_id, ()),
                _answer(group.best, parents.get(group.best.id), search) if answered else None,
                search.analyzed,
                search.today,
            )
            for place, group in enumerate(groups, start=1)
        ]


def _label(place: Located | None) -> str | None:
    return place.label if place else None


def _answer(chunk: Document, parent_text: str | None, search: _Search) -> Answer | None:
    place = search.named.get(chunk.id)
    if place is not None:
        return build_answer(chunk, place.text, place.start, place.label)
    return find_answer(chunk, parent_text, search.analyzed)
