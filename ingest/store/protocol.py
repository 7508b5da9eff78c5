"""What the rest of the project may ask of a chunk store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from haystack import Document
from haystack.dataclasses import SparseEmbedding
from haystack.document_stores.types import DuplicatePolicy

Filters = dict[str, Any]
"""Haystack's filter language: ``{"field", "operator", "value"}`` or ``{"operator", "conditions"}``."""

DEFAULT_CANDIDATES = 100
IDENTIFIER_BOOST = 1.0
"""Added per identifier of the query that a chunk holds. A leg's own share of the fused score lies within 0-1."""


@dataclass(frozen=True)
class HybridQuery:
    """One search of both legs.

    Attributes:
        dense: the query's vector.
        sparse: the query's terms; may be empty, then the dense leg stands alone.
        identifiers: keys of decisive identifiers; chunks that hold one go ahead of those that do not.
        filters: respected on every leg, so that nothing outside them is ever a candidate.
        limit: hits to return.
        candidates: hits fetched on each leg before fusion.
    """

    dense: Sequence[float]
    sparse: SparseEmbedding
    identifiers: tuple[str, ...] = ()
    filters: Filters | None = None
    limit: int = 10
    candidates: int = DEFAULT_CANDIDATES


class ChunkStore(Protocol):
    """A Haystack ``DocumentStore`` that also answers hybrid queries."""

    def count_documents(self) -> int: ...

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

    def hybrid_query(self, query: HybridQuery) -> list[Document]:
        """Return chunks with their fused scores, by falling score; equal scores by id."""
        ...

    def leg_rankings(self, query: HybridQuery) -> dict[str, list[str]]:
        """Return each leg's chunk ids, best first, as the fusion of ``query`` sees them."""
        ...

    def optimize(self) -> None:
        """Build what speeds up search; worth calling after many writes."""
        ...

    def flush(self) -> None:
        """Return once all writes are on disk."""
        ...

    def close(self) -> None: ...
