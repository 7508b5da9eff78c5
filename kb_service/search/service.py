"""Search: analysis, both legs and their fusion in one engine round trip, folding, citation."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from haystack import Document

from ingest.catalogue import Catalogue
from ingest.document import Kind, Meta, day_number
from ingest.embedder import Embedder
from ingest.sparse_encoder import SparseEncoder, context_text
from ingest.store.converters import DENSE, SPARSE
from ingest.store.protocol import DEFAULT_CANDIDATES, ChunkStore, Filters, HybridQuery
from ingest.tokenizer import fold
from kb_service.access.principal import Principal, access_filter
from kb_service.search.hits import Group, build_hit, fold_by_document, fold_twins
from kb_service.search.locating import OutlineSearch
from kb_service.search.models import (
    Hit,
    HitExplanation,
    SearchExplanation,
    SearchFilters,
    SearchRequest,
    SearchResponse,
    Twin,
)
from kb_service.search.query_analysis import AnalyzedQuery, analyze_query
from kb_service.search.twins import find_readable_twins

_CHUNKS_PER_HIT = 4
"""Fused chunks fetched for each hit asked for, so that folding leaves enough documents."""
_REFILL_FACTOR = 4
"""How many times more chunks are fetched once where near-duplicates have used up those that were."""


_NAMED_LEAD = 1.0


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
        self._sparse_encoder = sparse_encoder
        self._today = today
        self._outlines = OutlineSearch(catalogue)

    def search(self, request: SearchRequest, principal: Principal) -> SearchResponse:
        """Return at most ``request.limit`` documents, best first, each with its best passage and further ones.

        Only texts that ``principal`` may read and that are in force on the asked day are ever candidates. Equal
        scores are ordered by chunk id, so the same request gives the same answer.
        """
        started = time.perf_counter()
        today = self._today()
        analyzed = analyze_query(request.query, self._sparse_encoder)
        query = HybridQuery(
            dense=self._embedder.embed_query(request.query).tolist(),
            sparse=analyzed.sparse,
            identifiers=analyzed.identifiers,
            filters=build_filters(request.filters, principal, today),
            limit=max(DEFAULT_CANDIDATES // 2, request.limit * _CHUNKS_PER_HIT),
        )
        found = self._store.hybrid_query(query)
        day = request.filters.effective_on or today
        named = self._named(request, principal, day)
        visible = self._visible(_named_first(named, found), day)
        groups, folded = self._groups(visible, request, day)
        if len(groups) < request.limit and len(found) == query.limit and folded:
            more = query.limit * _REFILL_FACTOR
            found = self._store.hybrid_query(replace(query, limit=more, candidates=max(more, query.candidates)))
            visible = self._visible(_named_first(named, found), day)
            groups, _ = self._groups(visible, request, day)
        hits = self._hits(groups[: request.limit], request, principal, analyzed, today)
        explanation = None
        if request.explain:
            labels = {chunk.id: label for chunk, label in named}
            unpublished = len(_named_first(named, found)) - len(visible)
            hits, explanation = self._explain(query, analyzed, hits, unpublished, labels)
        return SearchResponse(
            search_id=str(uuid.uuid4()),
            answered=bool(hits),
            hits=hits,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            explanation=explanation,
        )

    def _named(self, request: SearchRequest, principal: Principal, day: date) -> list[tuple[Document, str]]:
        """The chunks of the clauses that the query names, each with the clause's citation."""
        filters = request.filters
        if filters.products or (filters.kinds and Kind.REGULATION not in filters.kinds):
            return []
        located = self._outlines.find(request.query, day, principal)
        chunks = {chunk.id: chunk for chunk in self._store.load_documents([place.chunk_id for place in located])}
        return [
            (chunk, place.label)
            for place in located
            if (chunk := chunks.get(place.chunk_id)) is not None
            and (not filters.document_ids or chunk.meta[Meta.DOCUMENT_ID] in filters.document_ids)
        ]

    def _groups(self, chunks: Sequence[Document], request: SearchRequest, day: date) -> tuple[list[Group], bool]:
        """One group for each thing that is different, and whether near-duplicates were folded for that."""
        groups = fold_by_document(chunks, request)
        if len(request.filters.document_ids) == 1:
            return groups, False
        kept = fold_twins(groups, self._catalogue.find_pairs_among([group.document_id for group in groups], day))
        return kept, len(kept) < len(groups)

    def _hits(
        self,
        groups: Sequence[Group],
        request: SearchRequest,
        principal: Principal,
        analyzed: AnalyzedQuery,
        today: date,
    ) -> list[Hit]:
        parents = self._catalogue.find_parent_texts([group.best.id for group in groups])
        twins: dict[str, list[Twin]] = {}
        if len(request.filters.document_ids) != 1:
            # The twins of a single asked document are of no interest.
            ids = [group.document_id for group in groups]
            twins = find_readable_twins(self._catalogue, ids, principal, request.filters.effective_on or today)
        return [
            build_hit(rank, group, parents.get(group.best.id), twins.get(group.document_id, ()), analyzed, today)
            for rank, group in enumerate(groups, start=1)
        ]

    def _visible(self, chunks: list[Document], on: date) -> list[Document]:
        """Leave out what the catalogue does not publish or does not count as in force on the day ``on``."""
        published = self._catalogue.published_chunk_ids([chunk.id for chunk in chunks], on)
        return [chunk for chunk in chunks if chunk.id in published]

    def _explain(
        self, query: HybridQuery, analyzed: AnalyzedQuery, hits: list[Hit], unpublished: int, named: dict[str, str]
    ) -> tuple[list[Hit], SearchExplanation]:
        rankings = self._store.leg_rankings(query)
        ranks = {leg: {chunk: rank for rank, chunk in enumerate(ids, start=1)} for leg, ids in rankings.items()}
        explained = [
            hit.model_copy(
                update={
                    "explanation": HitExplanation(
                        named_clause=named.get(hit.chunk_id),
                        matched_terms=_matched_terms(hit, analyzed.terms),
                        identifiers=_matched_terms(hit, analyzed.identifiers),
                        dense_rank=ranks[DENSE].get(hit.chunk_id),
                        sparse_rank=ranks.get(SPARSE, {}).get(hit.chunk_id),
                    )
                }
            )
            for hit in hits
        ]
        return explained, SearchExplanation(
            terms=list(analyzed.terms),
            identifiers=list(analyzed.identifiers),
            filters=query.filters or {},
            candidates={leg: len(ids) for leg, ids in rankings.items()},
            unpublished=unpublished,
        )


def _named_first(named: Sequence[tuple[Document, str]], found: Sequence[Document]) -> list[Document]:
    """The named clauses' chunks ahead of all others, with scores that say so."""
    best = max((chunk.score or 0.0 for chunk in found), default=0.0)
    ids = {chunk.id for chunk, _ in named}
    first = [replace(chunk, score=best + _NAMED_LEAD) for chunk, _ in named]
    return [*first, *(chunk for chunk in found if chunk.id not in ids)]


def build_filters(filters: SearchFilters, principal: Principal, today: date) -> Filters:
    """The principal's access and the request's limits as one filter, versions in force on the asked day only."""
    day = day_number(filters.effective_on or today)
    conditions: list[Filters] = [
        access_filter(principal),
        {"field": f"meta.{Meta.EFFECTIVE_FROM}", "operator": "<=", "value": day},
        {"field": f"meta.{Meta.EFFECTIVE_TO}", "operator": ">=", "value": day},
    ]
    limits: dict[str, list[Any]] = {
        Meta.KIND: [kind.value for kind in filters.kinds],
        Meta.DOCUMENT_ID: filters.document_ids,
        Meta.PRODUCT: filters.products,
    }
    conditions.extend(
        {"field": f"meta.{field}", "operator": "in", "value": values} for field, values in limits.items() if values
    )
    return {"operator": "AND", "conditions": conditions}


def _matched_terms(hit: Hit, terms: tuple[str, ...]) -> list[str]:
    text = fold(context_text(hit.title, hit.citation.heading_path, hit.text))
    squeezed = "".join(char for char in text if char.isalnum())
    return [term for term in terms if term in text or term in squeezed]
