"""Copies of chunks are what the speed benchmark says of them."""

import numpy as np
import pytest
from haystack import Document
from haystack.dataclasses import SparseEmbedding

from eval.growing import alter_chunk
from ingest.document import Meta


def test_altered_chunks_stay_near_their_original_and_are_documents_of_their_own() -> None:
    rng = np.random.default_rng(1)
    vector = rng.normal(size=384)
    vector /= np.linalg.norm(vector)
    terms = SparseEmbedding(list(range(1, 91)), [1.0] * 90)
    chunk = Document(content="原文", embedding=vector.tolist(), sparse_embedding=terms, meta={Meta.DOCUMENT_ID: "a"})
    altered = alter_chunk(chunk, 7, rng)
    assert float(np.dot(altered.embedding, vector)) == pytest.approx(0.9, abs=0.03)
    assert np.linalg.norm(altered.embedding) == pytest.approx(1)
    assert altered.sparse_embedding is not None
    kept = set(altered.sparse_embedding.indices) & set(terms.indices)
    assert 40 <= len(kept) <= 80
    assert altered.sparse_embedding.indices == sorted(altered.sparse_embedding.indices)
    assert (altered.id, altered.meta[Meta.DOCUMENT_ID]) != (chunk.id, "a")
