"""Haystack's DocumentStore over the few operations in which the two engines differ."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from haystack import Document
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from qdrant_client import models

from ingest.document import Meta
from ingest.store.converters import ID_KEY, point_id, to_document, to_point
from ingest.store.filters import to_qdrant_filter
from ingest.store.legs import QueryPlan, plan_holders, plan_legs, plan_scores
from ingest.store.protocol import IDENTIFIERS, SPARSE, Filters, LegsQuery, ScoredChunk

_BATCH = 256

Item = TypeVar("Item")

PAYLOAD_INDEXES: dict[str, models.PayloadSchemaType] = {
    f"meta.{Meta.DOCUMENT_ID}": models.PayloadSchemaType.KEYWORD,
    f"meta.{Meta.KIND}": models.PayloadSchemaType.KEYWORD,
    f"meta.{Meta.PRODUCT}": models.PayloadSchemaType.KEYWORD,
    f"meta.{Meta.DEPARTMENTS}": models.PayloadSchemaType.KEYWORD,
    f"meta.{Meta.IDENTIFIERS}": models.PayloadSchemaType.KEYWORD,
    f"meta.{Meta.CLEARANCE}": models.PayloadSchemaType.INTEGER,
    f"meta.{Meta.EFFECTIVE_FROM}": models.PayloadSchemaType.INTEGER,
    f"meta.{Meta.EFFECTIVE_TO}": models.PayloadSchemaType.INTEGER,
}
"""Payload fields that filters use."""


@dataclass(frozen=True)
class StoredPoint:
    """A point as either engine returns it."""

    payload: dict[str, Any]
    vector: Any = None

    @property
    def document_id(self) -> str:
        return str(self.payload[ID_KEY])


class ScoredPoint(NamedTuple):
    """A point that a query found, with the payload's keys that were asked for."""

    id: str
    score: float
    payload: dict[str, Any]


class QdrantDocumentStore(ABC):
    """Implements `ChunkStore`; subclasses speak to their engine. Opening waits for the first operation."""

    def count_documents(self) -> int:
        return self._count(None)

    def filter_documents(self, filters: Filters | None = None) -> list[Document]:
        return [to_document(p.payload, p.vector) for p in self._scroll(to_qdrant_filter(filters), with_vectors=True)]

    def write_documents(self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """Write ``documents``; without a policy, an id that is there already is an error.

        Raises:
            ValueError: not a list of documents.
            DuplicateDocumentError: an id exists and the policy is NONE or FAIL; nothing is written then.
        """
        if not isinstance(documents, list) or not all(isinstance(item, Document) for item in documents):
            raise ValueError("write_documents takes a list of haystack Documents")
        if policy is not DuplicatePolicy.OVERWRITE:
            existing = self._existing_ids(document.id for document in documents)
            if existing and policy is not DuplicatePolicy.SKIP:
                raise DuplicateDocumentError(f"ids exist already: {', '.join(sorted(existing)[:5])}")
            documents = [document for document in documents if document.id not in existing]
        for batch in _batches(documents):
            self._upsert([to_point(document) for document in batch])
        return len(documents)

    def delete_documents(self, document_ids: list[str]) -> None:
        for batch in _batches(document_ids):
            self._delete([point_id(document_id) for document_id in batch])

    def delete_all_documents(self) -> None:
        self._delete_where(models.Filter())

    def delete_by_filter(self, filters: Filters) -> int:
        """Delete the documents that ``filters`` selects and return their number."""
        selected = to_qdrant_filter(filters)
        count = self._count(selected)
        self._delete_where(selected or models.Filter())
        return count

    def update_by_filter(self, filters: Filters, meta: dict[str, Any]) -> int:
        """Set ``meta`` on the documents that ``filters`` selects, keep their other fields, return their number."""
        documents = self.filter_documents(filters)
        updated = [replace(document, meta={**document.meta, **meta}) for document in documents]
        self.write_documents(updated, DuplicatePolicy.OVERWRITE)
        return len(updated)

    def set_meta(self, document_ids: Sequence[str], meta: dict[str, Any]) -> None:
        for batch in _batches(document_ids):
            # By a condition, since naming a point that is not there is an error.
            ids = models.HasIdCondition(has_id=[point_id(document_id) for document_id in batch])
            self._set_payload(models.Filter(must=[ids]), meta, "meta")

    def load_documents(self, document_ids: Sequence[str]) -> list[Document]:
        points = (point for batch in _batches(document_ids) for point in self._retrieve([point_id(i) for i in batch]))
        return [to_document(point.payload) for point in points]

    def count_documents_by_filter(self, filters: Filters) -> int:
        return self._count(to_qdrant_filter(filters))

    def iter_ids(self) -> Iterator[str]:
        for point in self._scroll(None, with_vectors=False, keys=[ID_KEY]):
            yield point.document_id

    def search_legs(self, query: LegsQuery) -> dict[str, list[ScoredChunk]]:
        return self.search_each([query])[0]

    def search_each(self, queries: Sequence[LegsQuery]) -> list[dict[str, list[ScoredChunk]]]:
        plans = [plan_legs(query) for query in queries]
        points = iter(self._query([plan for legs in plans for plan in legs.values()]))
        return [
            self._with_identifiers(query, {name: next(points) for name in legs})
            for query, legs in zip(queries, plans, strict=True)
        ]

    def _with_identifiers(
        self, query: LegsQuery, legs: Mapping[str, list[ScoredPoint]]
    ) -> dict[str, list[ScoredChunk]]:
        holders = list(legs.get(IDENTIFIERS, ()))
        if len(holders) == query.candidates:
            # Not all of them came with their own leg: the others' points may hold a code as well.
            known = {point.id for point in holders}
            others = {point.id for leg in legs.values() for point in leg} - known
            holders += self._query([plan_holders(query, list(others))])[0] if others else []
        held = {point.id: _held(point, query.identifiers) for point in holders}
        return {
            name: sorted(
                (ScoredChunk(point.id, point.score, held.get(point.id, ())) for point in points),
                key=lambda chunk: (-chunk.score, chunk.id),
            )
            for name, points in legs.items()
        }

    def score_chunks(self, query: LegsQuery, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
        plans = {
            leg: plan_scores(query, leg, chunk_ids)
            for leg, chunk_ids in wanted.items()
            if chunk_ids and (leg != SPARSE or query.sparse.indices)
        }
        found = dict(zip(plans, self._query(list(plans.values())), strict=True))
        return {leg: {point.id: point.score for point in found.get(leg, ())} for leg in wanted}

    def _existing_ids(self, ids: Iterable[str]) -> set[str]:
        return {
            point.document_id for batch in _batches(list(ids)) for point in self._retrieve([point_id(i) for i in batch])
        }

    @abstractmethod
    def estimate_count(self) -> int: ...

    @abstractmethod
    def recreate(self) -> None: ...

    @abstractmethod
    def optimize(self) -> None: ...

    @abstractmethod
    def flush(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _upsert(self, points: list[models.PointStruct]) -> None: ...

    @abstractmethod
    def _delete(self, point_ids: list[str]) -> None: ...

    @abstractmethod
    def _delete_where(self, condition: models.Filter) -> None: ...

    @abstractmethod
    def _set_payload(self, condition: models.Filter, values: dict[str, Any], key: str) -> None: ...

    @abstractmethod
    def _retrieve(self, point_ids: list[str]) -> list[StoredPoint]: ...

    @abstractmethod
    def _scroll(
        self, condition: models.Filter | None, *, with_vectors: bool, keys: list[str] | None = None
    ) -> Iterator[StoredPoint]: ...

    @abstractmethod
    def _count(self, condition: models.Filter | None) -> int: ...

    @abstractmethod
    def _query(self, plans: Sequence[QueryPlan]) -> list[list[ScoredPoint]]:
        """The points of every plan, in their order; no plan, no request."""


def _held(point: ScoredPoint, identifiers: Sequence[str]) -> tuple[str, ...]:
    held = (point.payload.get("meta") or {}).get(Meta.IDENTIFIERS) or ()
    return tuple(key for key in identifiers if key in held)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for low in range(0, len(items), _BATCH):
        yield list(items[low : low + _BATCH])
