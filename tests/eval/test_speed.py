"""The speed report says what was measured, and altered chunks are what the table claims."""

import numpy as np
import pytest
from haystack import Document
from haystack.dataclasses import SparseEmbedding

from eval.speed import IngestTimings, SearchTimings, Timing, alter_chunk, render
from ingest.document import Meta


def test_the_report_gives_medians_and_ratios() -> None:
    ours = (Timing("查询向量", (9.0, 10.0, 11.0)), Timing("引擎", (2.0,)), Timing("整次检索", (13.2,)))
    report = render(
        IngestTimings(chunks=1000, first_seconds=25, embedding_seconds=22.5, unchanged_seconds=0.005),
        [SearchTimings(1000, ours, (Timing("对照", (120.0,)),))],
    )
    assert "| 1,000 | 查询向量 | 10.0 | 10.9 | 0.83 |" in report
    assert "| 1,000 | 整次检索 | 13.2 | 13.2 | 1.10 |" in report
    assert "| 1,000 | 对照 | 120.0 | 120.0 | 10.00 |" in report
    assert "| 首次导入与只做向量之比 | 0.90 |" in report
    assert "| 首次与再次导入用时之比 | 5,000 |" in report


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
