"""The speed benchmark: one run, one machine, everything interleaved, so that ratios hold where times do not.

Queries are the titles of the corpus's FAQ and tickets, each asked once, so that no cached vector flatters the
total. Suggestions are asked for the corpus's tickets with their titles, symptoms and products, as they came in. The
larger size is grown out of the corpus (`eval.growing`).
"""

import gc
import shutil
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.joiners.document_joiner import JoinMode
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from rich.progress import track

from eval.growing import grow
from eval.suggesting import load_past_tickets
from eval.timing import Timing, timed
from ingest.document import Kind, Meta
from ingest.embedder import Embedder
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
from kb_service.suggestions.ticket_text import build_query

_RIVAL_QUERIES = 10
_INGEST_ROUNDS = 2
_REINGESTS = 5


@dataclass(frozen=True)
class SearchTimings:
    """Timings at one size; ``ours`` are embedding, engine and whole search, measured on the same queries in turn, and
    ``suggestions`` embedding and whole suggestion, on the same tickets in turn."""

    chunks: int
    ours: tuple[Timing, Timing, Timing]
    rivals: tuple[Timing, ...]
    suggestions: tuple[Timing, Timing]


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
        firsts.append(timed(runtime.indexer.ingest, [corpus])[1])
        chunks = runtime.store.filter_documents()
        texts = [context_text(c.meta[Meta.TITLE], c.meta[Meta.HEADING_PATH], c.content or "") for c in chunks]
        bares.append(timed(runtime.embedder.embed_passages, texts)[1])
        if number + 1 < _INGEST_ROUNDS:
            runtime.close()
    again = statistics.median(timed(runtime.indexer.ingest, [corpus])[1] for _ in range(_REINGESTS))
    first, bare = statistics.mean(firsts), statistics.mean(bares)
    return runtime, IngestTimings(len(chunks), first / 1_000, bare / 1_000, again / 1_000)


def _empty_runtime(data_dir: Path, model_dir: Path) -> Runtime:
    data_dir.mkdir()
    (data_dir / "models").symlink_to(model_dir.resolve(), target_is_directory=True)
    runtime = Runtime(ServiceSettings(data_dir=data_dir), IngestSettings(data_dir=data_dir))
    runtime.open()
    runtime.warm_up()
    return runtime


def measure_search(
    runtime: Runtime, queries: Sequence[str], tickets: Sequence[SuggestionRequest], chunks: Sequence[Document]
) -> SearchTimings:
    """Time our searches query by query, suggestions ticket by ticket, then the rivals on a part of the queries."""
    embedding, engine, total = [], [], []
    thesaurus = Thesaurus()
    for text in track(queries, description=f"{len(chunks)} 段，检索"):
        request = SearchRequest(query=text)
        analyzed = analyze_query(text, runtime.sparse_encoder, thesaurus)
        # A space more gives the same words but misses the cache of query vectors.
        vector, elapsed = timed(_embed, runtime.embedder, text + " ")
        embedding.append(elapsed)
        query = LegsQuery(
            vector,
            analyzed.sparse,
            analyzed.identifiers,
            build_filters(SearchFilters(), LOOPBACK, runtime.today()),
        )
        engine.append(timed(gather, runtime.store, query)[1])
        total.append(timed(runtime.search.search, request, LOOPBACK)[1])
    ours = Timing("查询向量", embedding), Timing("引擎", engine), Timing("整次检索", total)
    suggestions = _measure_suggestions(runtime, tickets, f"{len(chunks)} 段，推荐")
    rivals = tuple(_rivals(runtime, queries[:_RIVAL_QUERIES], chunks))
    return SearchTimings(len(chunks), ours, rivals, suggestions)


def _measure_suggestions(
    runtime: Runtime, tickets: Sequence[SuggestionRequest], description: str
) -> tuple[Timing, Timing]:
    runtime.suggestions.warm_up()
    thesaurus = Thesaurus()
    embedding, whole = [], []
    for ticket in track(tickets, description=description):
        # The embedder alone, and past the search's own analysis, so that the suggestion finds nothing done already.
        text = analyze_query(
            build_query(ticket.title, ticket.description), runtime.sparse_encoder, thesaurus
        ).embedded_text
        embedding.append(timed(runtime.embedder.embed_query, text, as_ticket=True)[1])
        runtime.embedder.forget_queries()
        whole.append(timed(runtime.suggestions.suggest, ticket, LOOPBACK)[1])
    return Timing("工单向量", embedding), Timing("整次推荐", whole)


def _rivals(runtime: Runtime, queries: Sequence[str], chunks: Sequence[Document]) -> Iterable[Timing]:
    local = ServerDocumentStore(MEMORY, "rival", runtime.embedder.dimension)
    local.write_documents(list(chunks))
    filters = build_filters(SearchFilters(), LOOPBACK, runtime.today())
    thesaurus = Thesaurus()

    def ask_local(text: str) -> None:
        analyzed = analyze_query(text, runtime.sparse_encoder, thesaurus)
        vector = _embed(runtime.embedder, text + "  ")
        gather(local, LegsQuery(vector, analyzed.sparse, analyzed.identifiers, filters))

    yield Timing("qdrant-client 本地模式", [timed(ask_local, text)[1] for text in queries])
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

    yield Timing("Haystack 内存混合检索", [timed(ask_haystack, text)[1] for text in queries])


def _embed(embedder: Embedder, text: str) -> list[float]:
    return list(embedder.search_vector(text).tolist())


def run_speed(corpus: Path, model_dir: Path, size: int, query_count: int) -> str:
    """Run the whole benchmark in a temporary folder and return its report in Markdown."""
    folder = Path(tempfile.mkdtemp(prefix="kb-speed-"))
    try:
        runtime, ingest = measure_ingest(corpus, model_dir, folder)
        queries = _query_texts(runtime, query_count)
        tickets = [
            SuggestionRequest(title=past.title, description=past.symptom, product=past.product)
            for past in load_past_tickets(corpus)
        ]
        chunks = runtime.store.filter_documents()
        measure_search(runtime, queries[:5], tickets[:5], chunks[:50])
        runtime.embedder.forget_queries()
        small = measure_search(runtime, queries, tickets, chunks)
        runtime.embedder.forget_queries()
        large = measure_search(runtime, queries, tickets, grow(runtime, chunks, size))
        runtime.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return render(ingest, [small, large])


def _query_texts(runtime: Runtime, count: int) -> list[str]:
    summaries = runtime.catalogue.list_documents(runtime.today())
    titles = [item.title for item in summaries if item.kind in (Kind.FAQ, Kind.TICKET)]
    return titles[:: max(1, len(titles) // count)][:count]


def render(ingest: IngestTimings, sizes: Sequence[SearchTimings]) -> str:
    """The report: a table of searches, one of suggestions, one of ingestion, ratios beside times."""
    lines = ["| 段数 | 测量 | p50 毫秒 | p95 毫秒 | p50 与（向量+引擎）之比 |", "|---:|---|---:|---:|---:|"]
    for timings in sizes:
        parts = timings.ours[0].p50 + timings.ours[1].p50
        for timing in (*timings.ours, *timings.rivals):
            ratio = f"{timing.p50 / parts:.2f}"
            lines.append(f"| {timings.chunks:,} | {timing.name} | {timing.p50:.1f} | {timing.p95:.1f} | {ratio} |")
    lines += [
        "",
        "| 段数 | 工单数 | 工单向量 p50 | p95 | 整次推荐 p50 | p95 | p95 之比 |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for timings in sizes:
        embedding, whole = timings.suggestions
        times = " | ".join(f"{time:.1f}" for one in timings.suggestions for time in (one.p50, one.p95))
        ratio = f"{whole.p95 / embedding.p95:.2f}"
        lines.append(f"| {timings.chunks:,} | {len(whole.samples_ms)} | {times} | {ratio} |")
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
