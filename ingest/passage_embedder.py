"""Pipeline step: chunks -> chunks with their dense vectors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from haystack import Document, component

from ingest.document import Meta
from ingest.embedder import Embedder
from ingest.sparse_encoder import context_text
from ingest.vector_cache import VectorCache, cache_key

_SAVED_AT_ONCE = 64


@component
class PassageEmbedder:
    """Pipeline step: gives every chunk its dense vector, new texts' from the model, known ones' from the cache.

    ``progress`` is told how many more chunks have theirs, embedded and reused.
    """

    def __init__(
        self, embedder: Embedder, cache: VectorCache, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._embedder = embedder
        self._cache = cache
        self._progress = progress

    def warm_up(self) -> None:
        self._embedder.warm_up()

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        texts = [
            context_text(chunk.meta[Meta.TITLE], chunk.meta[Meta.HEADING_PATH], chunk.content or "")
            for chunk in documents
        ]
        fingerprint = self._embedder.fingerprint
        keys = [cache_key(fingerprint, text) for text in texts]
        vectors = self._cache.load(keys, self._embedder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        self._tell(0, len(texts) - len(missing))
        # In order of length, so that the batches are those of one call; saved in between, so that a kill costs little.
        by_length = sorted(missing, key=lambda key: len(missing[key]))
        for low in range(0, len(by_length), _SAVED_AT_ONCE):
            some = by_length[low : low + _SAVED_AT_ONCE]
            new = self._embedder.embed_passages([missing[key] for key in some], lambda count: self._tell(count, 0))
            self._cache.save(some, new)
            vectors.update(zip(some, new, strict=True))
        embedded = [replace(chunk, embedding=vectors[key].tolist()) for chunk, key in zip(documents, keys, strict=True)]
        return {"documents": embedded}

    def _tell(self, embedded: int, reused: int) -> None:
        if self._progress and embedded + reused:
            self._progress(embedded, reused)
