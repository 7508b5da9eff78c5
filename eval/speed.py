"""The speed benchmark: one run, one machine, everything interleaved, so that ratios hold where times do not.

Queries are the titles of the corpus's FAQ and tickets, each asked once, so that no cached vector flatters the
total. The larger size repeats the corpus's chunks as documents of their own, with vectors turned by noise
(cosine about 0.9 to the original) and a third of their terms exchanged; their texts stay, but
in the catalogue they are made different enough not to be one document's near-duplicates.
"""

import gc
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.joiners.document_joiner import JoinMode
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.dataclasses import SparseEmbedding
from haystack.document_stores.in_memory import InMemoryDocumentStore
from rich.progress import track

from ingest.document import Kind, Meta, ParsedDocument
from ingest.embedder import Embedder
from ingest.errors import Origin
from ingest.records import ChunkRecord
from ingest.settings import IngestSettings
from ingest.sparse_encoder import context_text
from ingest.store.protocol import LegsQuery
from ingest.store.server import MEMORY, ServerDocumentStore
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.candidates import gather
from kb_service.search.filtering import build_filters
from kb_service.search.models import SearchFilters, SearchRequest
from kb_service.search.query_analysis import analyze_query
from kb_service.search.thesaurus import Thesaurus
from kb_service.settings import ServiceSettings
from kb_service.suggestions.models import SuggestionRequest

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_NOISE = 0.48
"""Length of the noise added to a unit vector; cosine to the original 1 / sqrt(1 + noise^2) = 0.90."""
_WRITE_BATCH = 1_000
_RIVAL_QUERIES = 10
_INGEST_ROUNDS = 2
_REINGESTS = 5


@dataclass(frozen=True)
class Timing:
    """Times of one thing over the queries, in milliseconds."""

    name: str
    samples_ms: tuple[float, ...]

    @property
    def p50(self) -> float:
        return statistics.median(self.samples_ms)

    @property
    def p95(self) -> float:
        return float(np.percentile(self.samples_ms, 95))


@dataclass(frozen=True)
class SearchTimings:
    """Timings at one size; ``ours`` are embedding, engine, whole search and suggestion, measured on the same queries in
    turn."""

    chunks: int
    ours: tuple[Timing, Timing, Timing, Timing]
    rivals: tuple[Timing, ...]


@dataclass(frozen=True)
class IngestTimings:
    chunks: int
    first_seconds: float
    embedding_seconds: float
    unchanged_seconds: float


def measure_ingest(corpus: Path, model_dir: Path, folder: Path) -> tuple[Runtime, IngestTimings]:
    """Ingest ``corpus`` into an empty data folder and embed the same texts bare, by turns, then ingest again.

    The models are warm. The runtime of the last round is handed on, opened.
    """
    firsts, bares = [], []
    for number in range(_INGEST_ROUNDS):
        runtime = _empty_runtime(folder / f"data{number}", model_dir)
        firsts.append(_timed(runtime.indexer.ingest, [corpus])[1])
        chunks = runtime.store.filter_documents()
        texts = [context_text(c.meta[Meta.TITLE], c.meta[Meta.HEADING_PATH], c.content or "") for c in chunks]
        bares.append(_timed(runtime.embedder.embed_passages, texts)[1])
        if number + 1 < _INGEST_ROUNDS:
            runtime.close()
    again = statistics.median(_timed(runtime.indexer.ingest, [corpus])[1] for _ in range(_REINGESTS))
    first, bare = statistics.mean(firsts), statistics.mean(bares)
    return runtime, IngestTimings(len(chunks), first / 1_000, bare / 1_000, again / 1_000)


def _empty_runtime(data_dir: Path, model_dir: Path) -> Runtime:
    data_dir.mkdir()
    (data_dir / "models").symlink_to(model_dir.resolve(), target_is_directory=True)
    runtime = Runtime(ServiceSettings(data_dir=data_dir), IngestSettings(data_dir=data_dir))
    runtime.open()
    runtime.warm_up()
    return runtime


def measure_search(runtime: Runtime, queries: Sequence[str], chunks: Sequence[Document]) -> SearchTimings:
    """Time embedding, engine, searches and suggestions query by query, then the rivals on a part of the queries."""
    embedding, engine, total, suggestion = [], [], [], []
    runtime.suggestions.suggest(SuggestionRequest(title=queries[0]), LOOPBACK)
    thesaurus = Thesaurus()
    for text in track(queries, description=f"{len(chunks)} 段"):
        request = SearchRequest(query=text)
        analyzed = analyze_query(text, runtime.sparse_encoder, thesaurus)
        # A space more gives the same words but misses the cache of query vectors.
        vector, elapsed = _timed(_embed, runtime.embedder, text + " ")
        embedding.append(elapsed)
        query = LegsQuery(
            vector,
            analyzed.sparse,
            analyzed.identifiers,
            build_filters(SearchFilters(), LOOPBACK, runtime.today()),
        )
        engine.append(_timed(gather, runtime.store, query)[1])
        total.append(_timed(runtime.search.search, request, LOOPBACK)[1])
        runtime.embedder.forget_queries()
        suggestion.append(_timed(runtime.suggestions.suggest, SuggestionRequest(title=text), LOOPBACK)[1])
    ours = (
        _timing("查询向量", embedding),
        _timing("引擎", engine),
        _timing("整次检索", total),
        _timing("整次推荐", suggestion),
    )
    return SearchTimings(len(chunks), ours, tuple(_rivals(runtime, queries[:_RIVAL_QUERIES], chunks)))


def grow(runtime: Runtime, chunks: Sequence[Document], size: int, seed: int = 7) -> list[Document]:
    """Add altered copies of ``chunks`` until the index holds ``size``; return all chunks."""
    rng = np.random.default_rng(seed)
    grown = list(chunks)
    while len(grown) < size:
        batch = [
            alter_chunk(chunks[int(i)], len(grown) + n, rng) for n, i in _picks(rng, len(chunks), size - len(grown))
        ]
        keys = runtime.catalogue.add_pending([_as_entry(chunk) for chunk in batch])
        runtime.store.write_documents(batch)
        runtime.catalogue.publish(keys)
        grown.extend(batch)
    runtime.store.optimize()
    runtime.store.flush()
    return grown


def _rivals(runtime: Runtime, queries: Sequence[str], chunks: Sequence[Document]) -> Iterable[Timing]:
    local = ServerDocumentStore(MEMORY, "rival", runtime.embedder.dimension)
    local.write_documents(list(chunks))
    filters = build_filters(SearchFilters(), LOOPBACK, runtime.today())
    thesaurus = Thesaurus()

    def ask_local(text: str) -> None:
        analyzed = analyze_query(text, runtime.sparse_encoder, thesaurus)
        vector = _embed(runtime.embedder, text + "  ")
        gather(local, LegsQuery(vector, analyzed.sparse, analyzed.identifiers, filters))

    yield _timing("qdrant-client 本地模式", [_timed(ask_local, text)[1] for text in queries])
    local.close()
    gc.collect()
    store = InMemoryDocumentStore()
    store.write_documents([replace(chunk, sparse_embedding=None, score=None) for chunk in chunks])
    bm25, dense = InMemoryBM25Retriever(store, top_k=50), InMemoryEmbeddingRetriever(store, top_k=50)
    joiner = DocumentJoiner(join_mode=JoinMode.RECIPROCAL_RANK_FUSION, top_k=50)

    def ask_haystack(text: str) -> None:
        vector = _embed(runtime.embedder, text + "   ")
        legs = [bm25.run(query=text)["documents"], dense.run(query_embedding=vector)["documents"]]
        joiner.run(documents=legs)

    yield _timing("Haystack 内存混合检索", [_timed(ask_haystack, text)[1] for text in queries])


def _embed(embedder: Embedder, text: str) -> list[float]:
    return list(embedder.search_vector(text).tolist())


def _picks(rng: np.random.Generator, count: int, missing: int) -> Iterable[tuple[int, int]]:
    return enumerate(rng.integers(0, count, size=min(_WRITE_BATCH, missing)))


def alter_chunk(chunk: Document, number: int, rng: np.random.Generator) -> Document:
    """A document of its own with the same text, a vector at cosine about 0.9 and a third of the terms exchanged."""
    vector = np.asarray(chunk.embedding) + _noise(rng, len(chunk.embedding or []))
    sparse = chunk.sparse_embedding or SparseEmbedding([], [])
    indices = np.asarray(sparse.indices)
    exchanged = rng.random(len(indices)) < 1 / 3
    indices = np.where(exchanged, rng.integers(0, 2**32, size=len(indices)), indices)
    order = np.argsort(indices)
    return replace(
        chunk,
        id=f"00000000-0000-4000-8000-{number:012x}",
        embedding=(vector / np.linalg.norm(vector)).tolist(),
        sparse_embedding=SparseEmbedding(indices[order].tolist(), np.asarray(sparse.values)[order].tolist()),
        meta={**chunk.meta, Meta.DOCUMENT_ID: f"copy-{number}"},
    )


def _noise(rng: np.random.Generator, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    noise = rng.normal(size=size)
    return noise * (_NOISE / np.linalg.norm(noise))


def _as_entry(chunk: Document) -> tuple[ParsedDocument, list[ChunkRecord]]:
    meta, text = chunk.meta, chunk.content or ""
    document = ParsedDocument(
        document_id=meta[Meta.DOCUMENT_ID],
        version=meta[Meta.VERSION],
        kind=Kind(meta[Meta.KIND]),
        title=meta[Meta.TITLE],
        text=_reworded(text, int(chunk.id[-12:], 16)),
        origin=Origin("speed benchmark"),
        digest=chunk.id,
    )
    record = ChunkRecord(
        chunk_id=chunk.id,
        ordinal=0,
        start_char=0,
        end_char=len(text),
        tokens=meta[Meta.TOKENS],
        citation=meta[Meta.CITATION],
        heading_path=tuple(meta[Meta.HEADING_PATH]),
        sha256=meta[Meta.SHA256],
        clause_id=meta[Meta.CLAUSE_ID],
        page=meta[Meta.PAGE],
        parent_start_char=0,
        parent_end_char=len(text),
        parent_citation=meta[Meta.PARENT_CITATION],
    )
    return document, [record]


def _reworded(text: str, seed: int) -> str:
    """A quarter of the characters exchanged, so that the catalogue does not take the copies for near-duplicates."""
    rng = np.random.default_rng(seed)
    exchanged = rng.random(len(text)) < 1 / 4
    letters = rng.integers(0x4E00, 0x9FA5, size=len(text))
    return "".join(chr(letters[i]) if exchanged[i] else char for i, char in enumerate(text))


def _timing(name: str, samples: Iterable[float]) -> Timing:
    return Timing(name, tuple(samples))


def _timed(
    work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> tuple[Result, float]:
    """What ``work`` returns, and the milliseconds it took."""
    started = time.perf_counter()
    result = work(*args, **kwargs)
    return result, (time.perf_counter() - started) * 1_000


def run_speed(corpus: Path, model_dir: Path, size: int, query_count: int) -> str:
    """Run the whole benchmark in a temporary folder and return its report in Markdown."""
    folder = Path(tempfile.mkdtemp(prefix="kb-speed-"))
    try:
        runtime, ingest = measure_ingest(corpus, model_dir, folder)
        queries = _query_texts(runtime, query_count)
        chunks = runtime.store.filter_documents()
        measure_search(runtime, queries[:5], chunks[:50])
        runtime.embedder.forget_queries()
        small = measure_search(runtime, queries, chunks)
        runtime.embedder.forget_queries()
        large = measure_search(runtime, queries, grow(runtime, chunks, size))
        runtime.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return render(ingest, [small, large])


def _query_texts(runtime: Runtime, count: int) -> list[str]:
    summaries = runtime.catalogue.list_documents(runtime.today())
    titles = [item.title for item in summaries if item.kind in (Kind.FAQ, Kind.TICKET)]
    return titles[:: max(1, len(titles) // count)][:count]


def render(ingest: IngestTimings, sizes: Sequence[SearchTimings]) -> str:
    """The report: one table of searches, one of ingestion, ratios beside times."""
    lines = ["| 段数 | 测量 | p50 毫秒 | p95 毫秒 | p50 与（向量+引擎）之比 |", "|---:|---|---:|---:|---:|"]
    for timings in sizes:
        parts = timings.ours[0].p50 + timings.ours[1].p50
        for timing in (*timings.ours, *timings.rivals):
            ratio = f"{timing.p50 / parts:.2f}"
            lines.append(f"| {timings.chunks:,} | {timing.name} | {timing.p50:.1f} | {timing.p95:.1f} | {ratio} |")
    rate = ingest.chunks / ingest.first_seconds
    bare = ingest.chunks / ingest.embedding_seconds
    lines += [
        "",
        "| 导入 | 数值 |",
        "|---|---:|",
        f"| 首次导入，段/秒 | {rate:.1f} |",
        f"| 只做向量，段/秒 | {bare:.1f} |",
        f"| 首次导入与只做向量之比 | {rate / bare:.2f} |",
        f"| 未变时再次导入，毫秒 | {ingest.unchanged_seconds * 1000:.1f} |",
        f"| 首次与再次导入用时之比 | {ingest.first_seconds / ingest.unchanged_seconds:,.0f} |",
    ]
    return "\n".join(lines)
