"""Search: analysis, the legs, their ranking, folding, citation, and whether that answers."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
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
from kb_service.search.citing import build_answer
from kb_service.search.confidence import CALIBRATION, TICKET_CALIBRATION, Signals, confidence, read_signals
from kb_service.search.explaining import explain_hit, explain_search
from kb_service.search.filtering import all_of, build_filters, build_limits
from kb_service.search.folding import Group
from kb_service.search.hits import MOST_PASSAGES_FOLDED, build_hit
from kb_service.search.locating import Located, OutlineSearch
from kb_service.search.matching import Match, Matches, Source
from kb_service.search.models import Answer, Hit, Limit, SearchFilters, SearchRequest, SearchResponse, Twin
from kb_service.search.query_analysis import AnalyzedQuery, analyze_query
from kb_service.search.retrieval import CHUNKS_PER_HIT, FEWEST_CHUNKS, FIRST_RANKED, Found, Retrieval, Sought
from kb_service.search.thesaurus import Thesaurus
from kb_service.search.twins import find_readable_twins

_KEPT_ANALYSES = 64
_TOLD_IN_PARTS = frozenset({Kind.TICKET, Kind.FAQ})
"""Of these a match has the whole: a solution may stand in another chunk than what was found."""


@dataclass(frozen=True)
class _Search:
    """One request with all that is derived from it once."""

    request: SearchRequest
    principal: Principal
    today: date
    analyzed: AnalyzedQuery
    named: dict[str, Located]
    """Chunk id -> the clause that the query names there, the best first."""

    @property
    def day(self) -> date:
        return self.request.filters.effective_on or self.today


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
        self._retrieval = Retrieval(catalogue, store)
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
        sought = replace(
            self._seek(search.analyzed, request.filters, request.limit, principal, search.today),
            named=list(search.named),
        )
        [found], texts = self._retrieval.load(
            self._retrieval.find([sought], search.analyzed.length, search.day), 1 + MOST_PASSAGES_FOLDED
        )
        signals = _signals(found, texts, search.analyzed)
        sure = 1.0 if search.named else confidence(signals) if signals else 0.0
        answered = bool(found.groups) and sure >= CALIBRATION.threshold
        hits = self._hits(found.groups, texts, search, answered)
        explanation = None
        if request.explain or not hits:  # who gets nothing should learn at once what has ruled it out
            by_id = {one.candidate.chunk_id: one for one in found.ranked}
            hits = [
                explain_hit(hit, search.analyzed, by_id.get(hit.chunk_id), _label(search.named.get(hit.chunk_id)))
                for hit in hits
            ]
            explanation = explain_search(
                search.analyzed,
                sought.query.filters or {},
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

    def find_matches(
        self, text: str, sources: Sequence[Source], principal: Principal, *, as_ticket: bool = False
    ) -> list[Matches]:
        """What each of ``sources`` has for a text today, in their order; together they cost little more than one.

        Documents, their order, scores and confidence are those of `search` within the same limits, except that a
        clause is not found by its number. ``as_ticket`` reads the text as what somebody in trouble tells: it comes
        nearer to records of what solved it, see `Embedder`.
        """
        analyzed, today = self._analyze(text), self._today()
        sought = [
            replace(
                self._seek(analyzed, source.filters, source.limit, principal, today, as_ticket),
                by_document=source.by_document,
            )
            for source in sources
        ]
        found, texts = self._retrieval.load(self._retrieval.find(sought, analyzed.length, today), 1)
        best = [texts[group.best.chunk_id] for one in found for group in one.groups]
        told = [chunk.id for chunk in best if chunk.meta[Meta.KIND] in _TOLD_IN_PARTS]
        parents = self._catalogue.find_parent_texts(told) if told else {}
        calibration = TICKET_CALIBRATION if as_ticket else CALIBRATION
        matches = []
        for one in found:
            signals = _signals(one, texts, analyzed)
            sure = confidence(signals, calibration) if signals else 0.0
            answered = bool(one.groups) and sure >= calibration.threshold
            matches.append(Matches(_build_matches(one.groups, texts, parents), answered, round(sure, 4)))
        return matches

    def find_signals(self, text: str, principal: Principal, *, as_ticket: bool = False) -> Signals | None:
        """What tells how sure an answer from all sources is; None where nothing is found. For calibration."""
        analyzed, today = self._analyze(text), self._today()
        sought = self._seek(analyzed, SearchFilters(), FIRST_RANKED, principal, today, as_ticket)
        [found], texts = self._retrieval.load(self._retrieval.find([sought], analyzed.length, today), 1)
        return _signals(found, texts, analyzed)

    def symptom_vector(self, text: str) -> NDArray[np.float32]:
        """Unit vector by which two descriptions of a trouble are compared: what queries have in common taken out.

        The same embedding as a search for ``text`` needs, so that both cost one.
        """
        analyzed = self._analyze(text)
        embedded = self._embedder.embed_query(analyzed.embedded_text, as_ticket=True)
        vector = embedded - self._embedder.query_center(as_ticket=True)
        unit: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def _read(self, request: SearchRequest, principal: Principal) -> _Search:
        today = self._today()
        analyzed = self._analyze(request.query)
        named: dict[str, Located] = {}
        for place in self._named(request, principal, request.filters.effective_on or today):
            # Of several places in one chunk the first is the best.
            named.setdefault(place.chunk_id, place)
        return _Search(request, principal, today, analyzed, named)

    def _seek(
        self,
        analyzed: AnalyzedQuery,
        filters: SearchFilters,
        limit: int,
        principal: Principal,
        today: date,
        as_ticket: bool = False,
    ) -> Sought:
        query = LegsQuery(
            dense=self._embedder.search_vector(analyzed.embedded_text, as_ticket=as_ticket).tolist(),
            sparse=analyzed.sparse,
            identifiers=analyzed.identifiers,
            filters=build_filters(filters, principal, today),
            candidates=max(DEFAULT_CANDIDATES, limit * CHUNKS_PER_HIT),
        )
        return Sought(query, limit, by_document=len(filters.document_ids) != 1)

    def _named(self, request: SearchRequest, principal: Principal, day: date) -> list[Located]:
        """The clauses that the query names and whose chunks are within its filters."""
        filters = request.filters
        if filters.products or (filters.kinds and Kind.REGULATION not in filters.kinds):
            return []
        located = self._outlines.find(request.query, day, principal)
        chunks = {chunk.id: chunk for chunk in self._store.load_documents([place.chunk_id for place in located])}
        return [
            place
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

    def _hits(
        self, groups: Sequence[Group], texts: Mapping[str, Document], search: _Search, answered: bool
    ) -> list[Hit]:
        parents = self._catalogue.find_parent_texts([group.best.chunk_id for group in groups])
        twins: dict[str, list[Twin]] = {}
        if len(search.request.filters.document_ids) != 1:
            # The twins of a single asked document are of no interest.
            ids = [group.document_id for group in groups]
            twins = find_readable_twins(self._catalogue, ids, search.principal, search.day)
        hits = []
        for place, group in enumerate(groups, start=1):
            shown = group.chunks[: 1 + MOST_PASSAGES_FOLDED]
            chunks = [replace(texts[chunk.chunk_id], score=chunk.score) for chunk in shown]
            parent_text = parents.get(group.best.chunk_id)
            answer = _answer(chunks[0], parent_text, search) if answered else None
            found = twins.get(group.document_id, ())
            hits.append(build_hit(place, chunks, parent_text, found, answer, search.analyzed, search.today))
        return hits


def _signals(found: Found, texts: Mapping[str, Document], analyzed: AnalyzedQuery) -> Signals | None:
    first = [texts.get(one.candidate.chunk_id) for one in found.ranked[:FIRST_RANKED]]
    chunks = [chunk for chunk in first if chunk is not None]
    return read_signals(found.ranked[:FEWEST_CHUNKS], chunks, analyzed) if chunks else None


def _build_matches(groups: Sequence[Group], texts: Mapping[str, Document], parents: Mapping[str, str]) -> list[Match]:
    return [
        Match(texts[group.best.chunk_id], round(group.best.score, 6), parents.get(group.best.chunk_id))
        for group in groups
    ]


def _label(place: Located | None) -> str | None:
    return place.label if place else None


def _answer(chunk: Document, parent_text: str | None, search: _Search) -> Answer | None:
    place = search.named.get(chunk.id)
    if place is not None:
        return build_answer(chunk, place.text, place.start, place.label)
    return find_answer(chunk, parent_text, search.analyzed)
