"""Asks a running service every query of a labelled set and measures what comes back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import ir_measures
from ir_measures import RR, Success, nDCG
from rich.progress import track

from eval.dataset import Query, load_qrels, load_queries

_MEASURES = [Success @ 1, Success @ 10, nDCG @ 10, RR @ 10]
_TIMEOUT_SECONDS = 60


def run_queries(url: str, queries: Sequence[Query], depth: int) -> Iterator[ir_measures.ScoredDoc]:
    """Yield the documents that ``POST /v1/search`` returns, scored by rank so that the answer's order counts."""
    with httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
        for query in track(queries, description="查询"):
            response = client.post("/v1/search", json={"query": query.text, "limit": depth}).raise_for_status()
            for hit in response.json()["hits"]:
                yield ir_measures.ScoredDoc(query.query_id, hit["document_id"], float(-hit["rank"]))


def measure(folder: Path, url: str, depth: int = 10) -> dict[str, float]:
    """Mean of each measure over the judged queries of the set in ``folder``.

    ``Success@k`` is hit@k: the share of queries with a relevant document among the first k.
    """
    qrels = load_qrels(folder)
    judged = {qrel.query_id for qrel in qrels}
    queries = [query for query in load_queries(folder) if query.query_id in judged]
    results = ir_measures.calc_aggregate(_MEASURES, qrels, run_queries(url, queries, depth))
    return {str(name): float(value) for name, value in results.items()} | {"queries": float(len(queries))}
