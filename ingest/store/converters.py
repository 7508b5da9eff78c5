"""Haystack documents <-> points of the engine."""

import uuid
from dataclasses import replace
from functools import lru_cache
from typing import Any

from haystack import Document
from haystack.dataclasses import SparseEmbedding
from qdrant_client import models

from ingest.store.protocol import DENSE, SPARSE

ID_KEY = "id"

_POINT_NAMESPACE = uuid.UUID("0f6b5f0e-6f0c-5d0e-8a55-5f8c6a3c1f77")
_NOT_PAYLOAD = ("embedding", "sparse_embedding", "score")


@lru_cache(maxsize=65_536)
def point_id(document_id: str) -> str:
    """The engine takes UUIDs only; other ids are hashed to one, and the original is kept in the payload."""
    try:
        return str(uuid.UUID(document_id))
    except ValueError:
        return str(uuid.uuid5(_POINT_NAMESPACE, document_id))


def to_point(document: Document) -> models.PointStruct:
    vector: dict[str, Any] = {}
    if document.embedding is not None:
        vector[DENSE] = document.embedding
    if document.sparse_embedding is not None and document.sparse_embedding.indices:
        vector[SPARSE] = to_sparse_vector(document.sparse_embedding)
    # Without its vectors, since to_dict copies them number by number.
    described = replace(document, embedding=None, sparse_embedding=None).to_dict(flatten=False)
    payload = {key: value for key, value in described.items() if key not in _NOT_PAYLOAD}
    return models.PointStruct(id=point_id(document.id), vector=vector, payload=payload)


def to_sparse_vector(sparse: SparseEmbedding) -> models.SparseVector:
    return models.SparseVector(indices=list(sparse.indices), values=list(sparse.values))


def to_document(payload: dict[str, Any], vector: Any = None, score: float | None = None) -> Document:
    """``vector`` is the engine's mapping of vector names to values, or None where it was not asked for."""
    # Both engines hand vectors over as dicts of named vectors, sparse ones as objects with two lists.
    named = vector or {}
    dense, sparse = named.get(DENSE), named.get(SPARSE)
    vectors = {
        "embedding": None if dense is None else list(dense),
        "sparse_embedding": None
        if sparse is None
        else {"indices": list(sparse.indices), "values": list(sparse.values)},
    }
    return Document.from_dict({**payload, **vectors, "score": score})
