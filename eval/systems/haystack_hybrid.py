"""Haystack's in-memory hybrid pipeline: its BM25, the same dense vectors, its joiner, at their defaults."""

from collections.abc import Sequence
from dataclasses import replace

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.joiners.document_joiner import JoinMode
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from eval.systems.protocol import Answer, fold, indexed_text
from ingest.embedder import Embedder

_DEPTH = 50


class HaystackHybrid:
    name = "Haystack"

    def __init__(self, chunks: Sequence[Document], embedder: Embedder) -> None:
        store = InMemoryDocumentStore()
        store.write_documents([replace(chunk, content=indexed_text(chunk), sparse_embedding=None) for chunk in chunks])
        self._by_id = {chunk.id: chunk for chunk in chunks}
        self._embedder = embedder
        self._bm25 = InMemoryBM25Retriever(store, top_k=_DEPTH)
        self._dense = InMemoryEmbeddingRetriever(store, top_k=_DEPTH)
        self._joiner = DocumentJoiner(join_mode=JoinMode.RECIPROCAL_RANK_FUSION, top_k=2 * _DEPTH)

    def answer(self, text: str, limit: int) -> Answer:
        legs = [
            self._bm25.run(query=text)["documents"],
            self._dense.run(query_embedding=self._embedder.embed_query(text).tolist())["documents"],
        ]
        joined = self._joiner.run(documents=legs)["documents"]
        return fold((self._by_id[document.id] for document in joined), limit)
