"""What the rest of the project may ask of a chunk store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from haystack import Document
from haystack.dataclasses import SparseEmbedding
from haystack.document_stores.types import DuplicatePolicy

Filters = dict[str, Any]
"""Haystack's filter language: ``{"field", "operator", "value"}`` or ``{"operator", "conditions"}``."""

DEFAULT_CANDIDATES = 100

DENSE, SPARSE, IDENTIFIERS = "dense", "sparse", "identifiers"
"""Names of the legs."""


@dataclass(frozen=True)
class LegsQuery:
    """One search, asked of every leg.

    Attributes:
        dense: the query's vector.
        sparse: the query's terms; may be empty, then there is no such leg.
        identifiers: keys of decisive identifiers; the chunks that hold one make a leg of their own.
        filters: respected on every leg, so that nothing outside them is ever a candidate.
        candidates: the most hits of a leg.
    """

    dense: Sequence[float]
    sparse: SparseEmbedding
    identifiers: tuple[str, ...] = ()
    filters: Filters | None = None
    candidates: int = DEFAULT_CANDIDATES


class ScoredChunk(NamedTuple):
    """A chunk that a leg found.

    Attributes:
        id: the chunk's id where that is a UUID, as the indexer's are; else the UUID that the engine knows it by. Either
            is taken wherever an id is.
        score: on the leg that found it.
        identifiers: those of the query that it holds.
    """

    id: str
    score: float
    identifiers: tuple[str, ...]


class ChunkStore(Protocol):
    """A Haystack ``DocumentStore`` that also answers hybrid queries."""

    def count_documents(self) -> int: ...

    def estimate_count(self) -> int:
        """About how many chunks there are, from the engine's own books: at once, where counting takes its time."""
        ...

    def count_documents_by_filter(self, filters: Filters) -> int: ...

    def filter_documents(self, filters: Filters | None = None) -> list[Document]: ...

    def write_documents(self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int: ...

    def delete_documents(self, document_ids: list[str]) -> None: ...

    def set_meta(self, document_ids: Sequence[str], meta: dict[str, Any]) -> None:
        """Set these keys of the chunks' meta and keep the others; ids that are not there are passed over."""
        ...

    def load_documents(self, document_ids: Sequence[str]) -> list[Document]:
        """Those of the chunks that are there, without vectors, in no particular order."""
        ...

    def delete_all_documents(self) -> None: ...

    def recreate(self) -> None:
        """Drop everything, the vectors' configuration included, and begin anew."""
        ...

    def iter_ids(self) -> Iterator[str]:
        """Ids of all chunks, in no particular order."""
        ...

    def search_legs(self, query: LegsQuery) -> dict[str, list[ScoredChunk]]:
        """Each leg's chunks with that leg's scores, by falling score; equal scores by id.

        Texts are not read: `load_documents` brings those that are wanted.

        The dense score is the dot product of the vectors, also on the leg of identifiers; the sparse one is the BM25
        score, the sum over the query's terms of their weights and their IDF in the index.
        """
        ...

    def search_each(self, queries: Sequence[LegsQuery]) -> list[dict[str, list[ScoredChunk]]]:
        """`search_legs` of every query, in their order, in one pass of the engine."""
        ...

    def score_chunks(self, query: LegsQuery, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
        """Scores of the ``wanted`` chunks on the dense or sparse leg, by leg and chunk id.

        Chunks that share no term with the query are left out of the sparse leg.
        """
        ...

    def optimize(self) -> None:
        """Build what speeds up search; worth calling after many writes."""
        ...

    def flush(self) -> None:
        """Return once all writes are on disk."""
        ...

    def close(self) -> None: ...
