"""Dense vectors alone, compared with every chunk."""

from collections.abc import Sequence

import numpy as np
from haystack import Document

from eval.systems.protocol import Answer, fold
from ingest.embedder import Embedder


class Dense:
    """``chunks`` hold their vectors."""

    name = "dense"

    def __init__(self, chunks: Sequence[Document], embedder: Embedder) -> None:
        self._chunks = chunks
        self._vectors = np.array([chunk.embedding for chunk in chunks], dtype=np.float32)
        self._embedder = embedder

    def answer(self, text: str, limit: int) -> Answer:
        similarities = self._vectors @ self._embedder.embed_query(text)
        order = np.argsort(-similarities, kind="stable")
        return fold((self._chunks[int(position)] for position in order), limit)
