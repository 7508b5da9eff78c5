"""What a source has for a query, in brief: documents by their best chunks, without what a reader of hits is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from haystack import Document

from ingest.document import Kind, Meta
from kb_service.search.models import SearchFilters


@dataclass(frozen=True)
class Source:
    """At most ``limit`` documents of these kinds, or as many chunks; empty lists limit nothing."""

    kinds: Sequence[Kind]
    limit: int
    products: Sequence[str] = ()
    document_ids: Sequence[str] = ()
    by_document: bool = True
    """Whether a document is found once, by its best chunk; else each of its chunks stands alone."""

    @property
    def filters(self) -> SearchFilters:
        return SearchFilters(kinds=list(self.kinds), products=list(self.products), document_ids=list(self.document_ids))


@dataclass(frozen=True)
class Match:
    """A document by its best chunk.

    Attributes:
        score: of that chunk, with no more digits than a hit's.
        parent_text: of a ticket or FAQ entry, what is around the chunk; None where the catalogue has it no more.
    """

    chunk: Document
    score: float
    parent_text: str | None = None

    @property
    def document_id(self) -> str:
        return str(self._meta[Meta.DOCUMENT_ID])

    @property
    def kind(self) -> Kind:
        return Kind(self._meta[Meta.KIND])

    @property
    def title(self) -> str:
        return str(self._meta[Meta.TITLE])

    @property
    def product(self) -> str | None:
        product: str | None = self._meta[Meta.PRODUCT]
        return product

    @property
    def text(self) -> str:
        return self.chunk.content or ""

    @property
    def whole(self) -> str:
        """The parent's text, else the chunk's own."""
        return self.text if self.parent_text is None else self.parent_text

    @property
    def _meta(self) -> dict[str, Any]:
        return self.chunk.meta


@dataclass(frozen=True)
class Matches:
    """What one source has, best first; ``answered`` and ``confidence`` as in `SearchResponse`."""

    matches: Sequence[Match]
    answered: bool
    confidence: float
