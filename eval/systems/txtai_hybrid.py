"""txtai's hybrid index (BM25 and vectors), with the same vectors handed in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from haystack import Document

from eval.systems.protocol import Answer, fold, indexed_text
from ingest.embedder import Embedder

_DEPTH = 50


class TxtaiHybrid:
    """``chunks`` hold their vectors."""

    name = "txtai"

    def __init__(self, chunks: Sequence[Document], embedder: Embedder) -> None:
        from txtai import Embeddings

        self._chunks = chunks
        known = {indexed_text(chunk): chunk.embedding for chunk in chunks}

        def vectors(texts: Sequence[Any]) -> Any:
            return np.array([known.get(text) or embedder.embed_query(text) for text in texts], dtype=np.float32)

        self._index = Embeddings(method="external", transform=vectors, hybrid=True, backend="numpy")
        self._index.index((number, indexed_text(chunk), None) for number, chunk in enumerate(chunks))

    def answer(self, text: str, limit: int) -> Answer:
        return fold((self._chunks[int(number)] for number, _ in self._index.search(text, _DEPTH)), limit)
