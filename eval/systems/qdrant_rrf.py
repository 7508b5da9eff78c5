"""Qdrant's hybrid query as its documentation shows it: dense and sparse prefetch, reciprocal rank fusion, defaults."""

from collections.abc import Sequence

from haystack import Document
from qdrant_client import QdrantClient, models

from eval.systems.protocol import Answer, fold
from ingest.embedder import Embedder
from ingest.sparse_encoder import SparseEncoder

_COLLECTION = "rival"
_BATCH = 500
_PREFETCH = 20
"""Per leg, as in the documentation's example."""


class QdrantRRF:
    """``chunks`` hold both of their vectors; the query's are ours."""

    name = "Qdrant RRF"

    def __init__(self, chunks: Sequence[Document], embedder: Embedder, encoder: SparseEncoder) -> None:
        self._chunks = chunks
        self._embedder = embedder
        self._encoder = encoder
        self._client = QdrantClient(":memory:")
        self._client.create_collection(
            _COLLECTION,
            vectors_config={"dense": models.VectorParams(size=embedder.dimension, distance=models.Distance.COSINE)},
            sparse_vectors_config={"sparse": models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        for low in range(0, len(chunks), _BATCH):
            self._client.upsert(
                _COLLECTION, [_point(low + n, chunk) for n, chunk in enumerate(chunks[low : low + _BATCH])]
            )

    def answer(self, text: str, limit: int) -> Answer:
        sparse = self._encoder.encode_query(self._encoder.tokenizer.analyze(text))
        response = self._client.query_points(
            _COLLECTION,
            prefetch=[
                models.Prefetch(query=self._embedder.embed_query(text).tolist(), using="dense", limit=_PREFETCH),
                models.Prefetch(
                    query=models.SparseVector(indices=sparse.indices, values=sparse.values),
                    using="sparse",
                    limit=_PREFETCH,
                ),
            ],
            query=models.FusionQuery(fusion=models.Fusion.RRF),
            limit=2 * _PREFETCH,
            with_payload=False,
        )
        return fold((self._chunks[int(point.id)] for point in response.points), limit)


def _point(number: int, chunk: Document) -> models.PointStruct:
    sparse = chunk.sparse_embedding
    assert chunk.embedding is not None
    assert sparse is not None
    return models.PointStruct(
        id=number,
        vector={
            "dense": chunk.embedding,
            "sparse": models.SparseVector(indices=sparse.indices, values=sparse.values),
        },
    )
