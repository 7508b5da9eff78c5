"""Vectors of texts that were embedded before, on disk, so that only new text costs time."""

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from diskcache import Cache, Disk, Timeout  # type: ignore[import-untyped]
from diskcache.core import MODE_PICKLE  # type: ignore[import-untyped]
from numpy.typing import NDArray

_logger = logging.getLogger(__name__)

Vector = NDArray[np.float32]


class VectorCache:
    """Keeps float32 vectors by model and text, up to ``size_bytes``; the least recently used go first.

    Never stops the work: what cannot be read counts as new, what cannot be written is embedded again next time.
    Opens itself at the first use; a closed one may be used again. Without a size, it keeps nothing.
    """

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self._folder = folder
        self._size_bytes = size_bytes
        self._opened: Cache | None = None

    def load(self, keys: Sequence[bytes], dimension: int) -> dict[bytes, Vector]:
        """Those of the vectors that are there."""
        found: dict[bytes, Vector] = {}
        with self._tolerant():
            if (cache := self._cache()) is not None:
                with cache.transact(retry=True):
                    for key in keys:
                        value = cache.get(key)
                        if isinstance(value, bytes) and len(value) == dimension * np.float32().itemsize:
                            found[key] = np.frombuffer(value, dtype=np.float32)
        return found

    def save(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        with self._tolerant():
            if (cache := self._cache()) is not None:
                with cache.transact(retry=True):
                    for key, vector in zip(keys, vectors, strict=True):
                        cache.set(key, np.ascontiguousarray(vector, dtype=np.float32).tobytes())

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, Timeout, ValueError) as error:
            _logger.warning("the cache of vectors in %s cannot be used: %s", self._folder, error)

    def _cache(self) -> Cache | None:
        if self._opened is None and self._size_bytes:
            self._opened = Cache(
                str(self._folder),
                disk=_PlainDisk,
                size_limit=self._size_bytes,
                eviction_policy="least-recently-used",
            )
        return self._opened


class _PlainDisk(Disk):  # type: ignore[misc]
    """Stores bytes as they are and unpickles nothing, whatever someone has put into the folder."""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode == MODE_PICKLE:
            raise ValueError("the cache holds a pickled value")
        return super().fetch(mode, filename, value, read)


def cache_key(model_fingerprint: str, text: str) -> bytes:
    """Name of a text's vector under a model and its prompt, which ``model_fingerprint`` stands for."""
    return hashlib.sha256(f"{model_fingerprint}\0{text}".encode()).digest()
