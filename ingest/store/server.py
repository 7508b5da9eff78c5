"""A Qdrant server, or a cluster of them, through qdrant-client."""

from collections.abc import Iterator, Sequence
from typing import Any

from haystack import default_from_dict, default_to_dict
from haystack.utils import Secret
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from ingest.errors import IndexUnavailableError
from ingest.store.document_store import PAYLOAD_INDEXES, QdrantDocumentStore, ScoredPoint, StoredPoint
from ingest.store.legs import HNSW_EF, QueryPlan
from ingest.store.protocol import DENSE, SPARSE

_PAGE = 1000
_TIMEOUT_SECONDS = 30
MEMORY = ":memory:"
"""As ``url``: the client's own Python engine, a stand-in for tests without a server."""


class ServerDocumentStore(QdrantDocumentStore):
    """One collection on the server at ``url``, created on first use."""

    def __init__(self, url: str, collection: str, dimension: int, api_key: Secret | None = None) -> None:
        self.url = url
        self.collection = collection
        self.dimension = dimension
        self.api_key = api_key
        self._opened: QdrantClient | None = None

    def to_dict(self) -> dict[str, Any]:
        return default_to_dict(
            self,
            url=self.url,
            collection=self.collection,
            dimension=self.dimension,
            api_key=self.api_key.to_dict() if self.api_key else None,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ServerDocumentStore":
        key = data["init_parameters"].get("api_key")
        data["init_parameters"]["api_key"] = Secret.from_dict(key) if key else None
        store: ServerDocumentStore = default_from_dict(cls, data)
        return store

    @property
    def _client(self) -> QdrantClient:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _connect(self) -> QdrantClient:
        if self.url == MEMORY:
            return QdrantClient(MEMORY)
        key = self.api_key.resolve_value() if self.api_key else None
        return QdrantClient(self.url, api_key=key, timeout=_TIMEOUT_SECONDS)

    def _open(self) -> QdrantClient:
        client = self._connect()
        try:
            self._prepare(client)
        except (ResponseHandlingException, UnexpectedResponse) as error:
            raise IndexUnavailableError(
                f"无法使用 Qdrant 服务器 {self.url}：{error}", "请检查 KB_QDRANT_URL、KB_QDRANT_API_KEY 与服务器状态"
            ) from error
        return client

    def _prepare(self, client: QdrantClient) -> None:
        if not client.collection_exists(self.collection):
            client.create_collection(
                self.collection,
                vectors_config={DENSE: models.VectorParams(size=self.dimension, distance=models.Distance.DOT)},
                sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
            )
            if self.url != MEMORY:
                for field, schema in PAYLOAD_INDEXES.items():
                    client.create_payload_index(self.collection, field, field_schema=schema)
        params = client.get_collection(self.collection).config.params
        vectors = params.vectors if isinstance(params.vectors, dict) else {}
        sparse = (params.sparse_vectors or {}).get(SPARSE)
        # Without the IDF modifier BM25 is no BM25, and nothing would say so.
        if DENSE not in vectors or vectors[DENSE].size != self.dimension or sparse is None:
            raise IndexUnavailableError(
                f"集合 {self.collection} 的向量配置与当前模型不符", "请换一个 KB_QDRANT_COLLECTION，或运行 kb rebuild"
            )
        if sparse.modifier is not models.Modifier.IDF:
            raise IndexUnavailableError(
                f"集合 {self.collection} 的稀疏向量没有启用 IDF", "请换一个 KB_QDRANT_COLLECTION 后运行 kb rebuild"
            )

    def recreate(self) -> None:
        client = self._opened or self._connect()
        client.delete_collection(self.collection)
        self._prepare(client)
        self._opened = client

    def optimize(self) -> None:
        """Nothing to do: the server does it by itself."""

    def flush(self) -> None:
        """Nothing to do: writes return once the server has them in its log."""

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _upsert(self, points: list[models.PointStruct]) -> None:
        self._client.upsert(self.collection, points, wait=True)

    def _delete(self, point_ids: list[str]) -> None:
        selector = models.PointIdsList(points=list(point_ids))
        self._client.delete(self.collection, selector, wait=True)

    def _delete_where(self, condition: models.Filter) -> None:
        self._client.delete(self.collection, models.FilterSelector(filter=condition), wait=True)

    def _set_payload(self, condition: models.Filter, values: dict[str, Any], key: str) -> None:
        self._client.set_payload(self.collection, values, condition, key=key, wait=True)

    def _retrieve(self, point_ids: list[str]) -> list[StoredPoint]:
        records = self._client.retrieve(self.collection, list(point_ids), with_payload=True)
        return [StoredPoint(record.payload or {}) for record in records]

    def _scroll(
        self, condition: models.Filter | None, *, with_vectors: bool, keys: list[str] | None = None
    ) -> Iterator[StoredPoint]:
        offset: Any = None
        while True:
            records, offset = self._client.scroll(
                self.collection,
                scroll_filter=condition,
                limit=_PAGE,
                offset=offset,
                with_payload=keys or True,
                with_vectors=with_vectors,
            )
            for record in records:
                yield StoredPoint(record.payload or {}, record.vector)
            if offset is None:
                return

    def _count(self, condition: models.Filter | None) -> int:
        return self._client.count(self.collection, count_filter=condition, exact=True).count

    def estimate_count(self) -> int:
        return self._client.count(self.collection, exact=False).count

    def _query(self, plans: Sequence[QueryPlan]) -> list[list[ScoredPoint]]:
        # The local mode compares with every point, and warns of being told how to search.
        params = None if self.url == MEMORY else models.SearchParams(hnsw_ef=HNSW_EF)
        requests = [
            models.QueryRequest(
                query=plan.vector,
                using=plan.using,
                filter=plan.condition,
                limit=plan.limit,
                params=params,
                with_payload=list(plan.payload) or False,
            )
            for plan in plans
        ]
        responses = self._client.query_batch_points(self.collection, requests) if requests else []
        return [
            [ScoredPoint(str(point.id), point.score, point.payload or {}) for point in one.points] for one in responses
        ]
