"""All systems by name."""

from collections.abc import Callable, Mapping, Sequence

from haystack import Document

from eval.systems.dense import Dense
from eval.systems.haystack_hybrid import HaystackHybrid
from eval.systems.ours import Ours
from eval.systems.protocol import System
from eval.systems.qdrant_rrf import QdrantRRF
from kb_service.runtime import Runtime


def build_system(name: str, runtime: Runtime) -> System:
    """The service over what ``runtime`` has indexed, or one of the `RIVALS` over the same chunks.

    Raises:
        KeyError: no system of that name.
    """
    return Ours(runtime) if name == Ours.name else RIVALS[name](runtime.store.filter_documents(), runtime)


def _build_bm25(chunks: Sequence[Document], _runtime: Runtime) -> System:
    # Of the packages for measuring; the suite needs neither this nor the next.
    from eval.systems.jieba_bm25 import JiebaBM25

    return JiebaBM25(chunks)


def _build_txtai(chunks: Sequence[Document], runtime: Runtime) -> System:
    from eval.systems.txtai_hybrid import TxtaiHybrid

    return TxtaiHybrid(chunks, runtime.embedder)


RIVALS: Mapping[str, Callable[[Sequence[Document], Runtime], System]] = {
    "jieba BM25": _build_bm25,
    "dense": lambda chunks, runtime: Dense(chunks, runtime.embedder),
    "Qdrant RRF": lambda chunks, runtime: QdrantRRF(chunks, runtime.embedder, runtime.sparse_encoder),
    "Haystack": lambda chunks, runtime: HaystackHybrid(chunks, runtime.embedder),
    "txtai": _build_txtai,
}
"""Name -> builds the system over the chunks, with their vectors, that the runtime has indexed."""
