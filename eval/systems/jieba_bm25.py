"""BM25 over jieba's words, by bm25s (Lucene's variant, its defaults)."""

from collections.abc import Sequence

import bm25s
import jieba
from haystack import Document

from eval.systems.protocol import Answer, fold, indexed_text


class JiebaBM25:
    name = "jieba BM25"

    def __init__(self, chunks: Sequence[Document]) -> None:
        self._chunks = chunks
        self._index = bm25s.BM25()
        self._index.index([_words(indexed_text(chunk)) for chunk in chunks], show_progress=False)

    def answer(self, text: str, limit: int) -> Answer:
        words = [word for word in _words(text) if word in self._index.vocab_dict]
        if not words:
            return Answer([])
        depth = min(len(self._chunks), 20 * limit)
        positions, scores = self._index.retrieve([words], k=depth, show_progress=False)
        ranked = zip(positions[0], scores[0], strict=True)
        return fold((self._chunks[int(position)] for position, value in ranked if value > 0), limit)


def _words(text: str) -> list[str]:
    return [word for word in jieba.lcut_for_search(text.lower()) if any(char.isalnum() for char in word)]
