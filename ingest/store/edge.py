"""The embedded engine: Qdrant Edge, in this process, on this disk."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import qdrant_edge as edge
from haystack import default_from_dict, default_to_dict
from qdrant_client import models

from ingest.errors import EngineBusyError, IndexUnavailableError
from ingest.store.document_store import PAYLOAD_INDEXES, QdrantDocumentStore, ScoredPoint, StoredPoint
from ingest.store.edge_dialect import edge_filter, edge_point, edge_query, edge_schema, plain_payload
from ingest.store.legs import HNSW_EF, QueryPlan
from ingest.store.protocol import DENSE, SPARSE

_PAGE = 1000


class EdgeDocumentStore(QdrantDocumentStore):
    """A shard under ``path``; belongs to one process at a time.

    Every write goes to a write-ahead log before it returns, so a killed process loses nothing it was told.
    """

    def __init__(self, path: str, dimension: int) -> None:
        self.path = path
        self.dimension = dimension
        self._opened: edge.EdgeShard | None = None
        self._opening = Lock()

    def to_dict(self) -> dict[str, Any]:
        return default_to_dict(self, path=self.path, dimension=self.dimension)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "EdgeDocumentStore":
        store: EdgeDocumentStore = default_from_dict(cls, data)
        return store

    @property
    def _shard(self) -> edge.EdgeShard:
        opened = self._opened
        if opened is None:
            # A shard that is opened twice takes the one for another process.
            with self._opening:
                opened = self._opened = self._opened or self._open()
        return opened

    def _open(self) -> edge.EdgeShard:
        # Dot product: the embedder's vectors have unit length, and others come back as they were written.
        config = edge.EdgeConfig(
            vectors={DENSE: edge.EdgeVectorParams(size=self.dimension, distance=edge.Distance.Dot)},
            sparse_vectors={SPARSE: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        )
        folder = Path(self.path)
        try:
            if (folder / "segments").exists():
                shard = edge.EdgeShard.load(self.path, config)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shard = edge.EdgeShard.create(self.path, config)
        except Exception as error:  # the engine raises its own untyped errors
            if "WouldBlock" in str(error) or "temporarily unavailable" in str(error):
                raise EngineBusyError(str(folder.parent)) from error
            raise IndexUnavailableError(
                f"无法打开索引 {self.path}：{error}", "若更换过向量模型或文件已损坏，请运行 kb rebuild 重建索引"
            ) from error
        for field, schema in PAYLOAD_INDEXES.items():
            if field not in shard.info().payload_schema:
                shard.update(edge.UpdateOperation.create_field_index(field, edge_schema(schema)))
        return shard

    def recreate(self) -> None:
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)
        self._opened = self._open()

    def optimize(self) -> None:
        self._shard.optimize()

    def flush(self) -> None:
        self._shard.flush()

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _upsert(self, points: list[models.PointStruct]) -> None:
        self._shard.update(edge.UpdateOperation.upsert_points([edge_point(point) for point in points]))

    def _delete(self, point_ids: list[str]) -> None:
        self._shard.update(edge.UpdateOperation.delete_points(list(point_ids)))

    def _delete_where(self, condition: models.Filter) -> None:
        self._shard.update(edge.UpdateOperation.delete_points_by_filter(edge_filter(condition)))

    def _set_payload(self, condition: models.Filter, values: dict[str, Any], key: str) -> None:
        self._shard.update(edge.UpdateOperation.set_payload_by_filter(edge_filter(condition), values, key))

    def _retrieve(self, point_ids: list[str]) -> list[StoredPoint]:
        records = self._shard.retrieve(list(point_ids), with_payload=True, with_vector=False)
        return [StoredPoint(plain_payload(record.payload)) for record in records]

    def _scroll(
        self, condition: models.Filter | None, *, with_vectors: bool, keys: list[str] | None = None
    ) -> Iterator[StoredPoint]:
        offset = None
        while True:
            records, offset = self._shard.scroll(
                edge.ScrollRequest(
                    offset=offset,
                    limit=_PAGE,
                    filter=edge_filter(condition) if condition else None,
                    with_payload=keys or True,
                    with_vector=with_vectors,
                )
            )
            for record in records:
                yield StoredPoint(plain_payload(record.payload), record.vector)
            if offset is None:
                return

    def _count(self, condition: models.Filter | None) -> int:
        return self._shard.count(edge.CountRequest(filter=edge_filter(condition) if condition else None, exact=True))

    def estimate_count(self) -> int:
        return int(self._shard.info().points_count)

    def _query(self, plans: Sequence[QueryPlan]) -> list[list[ScoredPoint]]:
        # One batch goes through the segments once, and takes half of the time of its queries one after another.
        results = self._shard.query_batch(edge.QueryBatchRequest([_request(plan) for plan in plans])) if plans else []
        return [[ScoredPoint(str(point.id), point.score, point.payload or {}) for point in found] for found in results]


def _request(plan: QueryPlan) -> edge.QueryRequest:
    return edge.QueryRequest(
        query=edge_query(plan.vector, plan.using),
        filter=edge_filter(plan.condition) if plan.condition else None,
        limit=plan.limit,
        params=edge.SearchParams(hnsw_ef=HNSW_EF),
        with_payload=list(plan.payload) or False,
        with_vector=False,
    )
