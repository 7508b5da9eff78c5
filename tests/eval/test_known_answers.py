"""The figures are about what they say: a set with known answers scores full marks, and each fault in the chain shows.

The words alone decide here: every passage has the same vector.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import qdrant_edge as edge
from numpy.typing import NDArray

from eval.evaluation import NDCG, evaluate
from eval.labelled_set import Judgment, LabelledSet, Query
from eval.light_embedder import LightEmbedder
from eval.measures import Found
from eval.systems.ours import Ours
from eval.systems.protocol import Answer
from ingest.embedder import Progress
from ingest.tokenizer import Term, Tokenizer
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.models import SearchRequest
from tests.ingest.syncing import light_runtime

# 打印机 stands in every text, several times in some; the other word in one text alone.
TOPICS = ("卡纸", "脱机", "墨盒", "重影", "双面", "颜色", "共享", "驱动", "网线", "电源")
QUERIES = [Query(f"q{number}", f"打印机{topic}打印机") for number, topic in enumerate(TOPICS)]
KNOWN = LabelledSet(
    "known", QUERIES, {f"q{number}": [Judgment(f"d{number}", 3)] for number in range(len(TOPICS))}, Path()
)


class Meaningless(LightEmbedder):
    """Every passage is as near to every query."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[:, 0] = 1.0
        if progress:
            progress(len(texts))
        return vectors

    def embed_query(self, _text: str, *, as_ticket: bool = False) -> NDArray[np.float32]:  # noqa: ARG002
        return np.zeros(self.dimension, dtype=np.float32)


def lines() -> Iterator[str]:
    for number, topic in enumerate(TOPICS):
        text = f"打印机出现{topic}时，先查线再查纸，最后联系管理员处理，并在登记本上写明时间。"
        yield json.dumps({"id": f"d{number}", "title": f"第{number}篇", "text": text}, ensure_ascii=False)
    for number in range(5):
        text = "打印机，打印机，打印机。"
        yield json.dumps({"id": f"x{number}", "title": f"杂{number}", "text": text + str(number)}, ensure_ascii=False)


def figure(tmp_path: Path, labelled: LabelledSet = KNOWN, system: type[Ours] = Ours) -> float:
    source = tmp_path / "known.jsonl"
    source.write_text("\n".join(lines()), encoding="utf-8")
    with light_runtime(tmp_path / "data", Meaningless()) as runtime:
        assert runtime.indexer.ingest([source]).ok
        return evaluate(labelled, [lambda: system(runtime)]).figure("kb-service", NDCG)


def test_known_answers_score_full_marks(tmp_path: Path) -> None:
    assert figure(tmp_path) == 1.0


def test_it_shows_when_the_tokenizer_is_bypassed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(_self: Tokenizer, folded: str, start: int, end: int) -> Iterator[Term]:
        if folded[start:end].strip():
            yield Term(folded[start:end], start, end)

    monkeypatch.setattr(Tokenizer, "_words", whole)
    assert figure(tmp_path) < 0.5


def test_it_shows_when_idf_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = edge.EdgeSparseVectorParams()

    def without_modifier(**_given: Any) -> edge.EdgeSparseVectorParams:
        return plain

    monkeypatch.setattr("ingest.store.edge.edge.EdgeSparseVectorParams", without_modifier)
    assert figure(tmp_path) < 0.5


def test_it_shows_when_chunk_ids_stand_for_document_ids(tmp_path: Path) -> None:
    class ByChunk(Ours):
        def __init__(self, runtime: Runtime) -> None:
            super().__init__(runtime)
            self._search = runtime.search

        def answer(self, text: str, limit: int) -> Answer:
            hits = self._search.search(SearchRequest(query=text, limit=limit), LOOPBACK).hits
            return Answer([Found(hit.chunk_id) for hit in hits])

    assert figure(tmp_path, system=ByChunk) == 0.0


def test_it_shows_when_the_gold_is_shuffled(tmp_path: Path) -> None:
    shuffled = {f"q{number}": [Judgment(f"d{(number + 1) % len(TOPICS)}", 3)] for number in range(len(TOPICS))}
    assert figure(tmp_path, LabelledSet("shuffled", QUERIES, shuffled, Path())) < 0.7
