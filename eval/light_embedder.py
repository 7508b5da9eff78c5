"""A stand-in for the embedding model: vectors from hashed character pairs, within microseconds and always the same.

For measurements and tests of everything around the model. Similar texts get similar vectors, no more.
"""

import time
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedder import Embedder

_DIMENSION = 64
_CHARS_PER_TOKEN = 1.5


class LightEmbedder(Embedder):
    """Counts the passages that it embeds; ``seconds_per_passage`` makes it as slow as a model."""

    def __init__(self, seconds_per_passage: float = 0.0) -> None:
        super().__init__("light", Path())
        self.embedded = 0
        self._seconds_per_passage = seconds_per_passage

    def warm_up(self) -> None:
        """Nothing to load."""

    @property
    def dimension(self) -> int:
        return _DIMENSION

    @property
    def max_tokens(self) -> int:
        return 512

    @property
    def fingerprint(self) -> str:
        return "light"

    def query_center(self, *, as_ticket: bool = False) -> NDArray[np.float32]:  # noqa: ARG002
        return np.zeros(_DIMENSION, dtype=np.float32)

    def embed_query(self, text: str, *, as_ticket: bool = False) -> NDArray[np.float32]:  # noqa: ARG002
        return _vector(text)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), _DIMENSION), dtype=np.float32)
        for index, text in enumerate(texts):
            vectors[index] = _vector(text)
            self.embedded += 1
            if self._seconds_per_passage:
                time.sleep(self._seconds_per_passage)
            if progress:
                progress(1)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [round(len(text) / _CHARS_PER_TOKEN) for text in texts]


def _vector(text: str) -> NDArray[np.float32]:
    vector = np.full(_DIMENSION, 1e-3, dtype=np.float32)
    for first, second in pairwise(text):
        vector[zlib.crc32((first + second).encode()) % _DIMENSION] += 1
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
