"""The harness measures what it says: known answers in, known figures out."""

import gzip
import json
import math
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from haystack import Document

from eval.evaluation import evaluate
from eval.labelled_set import Half, load_own_set, load_set
from eval.measures import Found
from eval.report import comparison_table, slice_table, systems_table
from eval.systems.protocol import Answer, fold
from eval.systems.running_service import RunningService
from ingest.document import Meta

ANSWERS = {"问一": ["d1", "d2"], "问二": ["d9", "d2"], "问三": ["d8", "d9"]}
RELEVANT = {"q1": "d1", "q2": "d2", "q3": "d3"}


class CannedSearch(BaseHTTPRequestHandler):
    """Answers as the service would, with hits that are known beforehand, the last one first."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = enumerate(ANSWERS[asked["query"]], start=1)
        hits = [{"rank": rank, "document_id": name, "text": name} for rank, name in found]
        body = json.dumps({"hits": hits[::-1], "answered": asked["query"] != "问三"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), CannedSearch)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def public_set(tmp_path: Path) -> Path:
    folder = tmp_path / "known"
    folder.mkdir()
    with gzip.open(folder / "queries.jsonl.gz", "wt", encoding="utf-8") as file:
        for query_id, text in (("q1", "问一"), ("q2", "问二"), ("q3", "问三"), ("q4", "不评的问题")):
            file.write(json.dumps({"id": query_id, "text": text}) + "\n")
    judged = "".join(f"{query}\t{document}\t1\n" for query, document in RELEVANT.items())
    (folder / "qrels.tsv").write_text(f"query_id\tcorpus_id\tgrade\n{judged}q1\td2\t0\n", encoding="utf-8")
    return folder


class Nothing:
    name = "nothing"

    def answer(self, _text: str, _limit: int) -> Answer:
        return Answer([])


def test_known_answers_give_known_figures(public_set: Path, url: str) -> None:
    evaluated = evaluate(load_set(str(public_set)), [lambda: RunningService(url), Nothing])
    assert evaluated.ids() == ["q1", "q2", "q3"]
    assert evaluated.figure("kb-service", "hit@1") == pytest.approx(1 / 3)
    assert evaluated.figure("kb-service", "hit@10") == pytest.approx(2 / 3)
    assert evaluated.figure("kb-service", "RR@10") == pytest.approx((1 + 1 / 2) / 3)
    assert evaluated.figure("kb-service", "nDCG@10") == pytest.approx((1 + 1 / math.log2(3)) / 3)
    assert evaluated.figure("nothing", "nDCG@10") == 0
    assert not evaluated.outcomes["kb-service"].answers["q3"].answered
    assert evaluated.difference("nothing", "kb-service").mean == pytest.approx((1 + 1 / math.log2(3)) / 3)
    assert "| known | 3 | 0.544 / 0.333 | 0.000 / 0.000 |" in systems_table([evaluated], "kb-service")


def test_slices_are_told_apart_and_unanswerable_queries_are_in_none(tmp_path: Path) -> None:
    lines = {
        "keyword": [("keyword-001", [("d1", 3)]), ("keyword-002", [("d2", 3)]), ("keyword-004", [("d3", 3)])],
        "typo": [("typo-002", [("d2", 3), ("d1", 1)])],
        "unanswerable": [("unanswerable-002", [])],
    }
    for name, queries in lines.items():
        (tmp_path / f"{name}.jsonl").write_text(
            "".join(
                json.dumps(
                    {
                        "id": query,
                        "text": query,
                        "relevant": [{"document_id": d, "relevance": r, "quote": "原文"} for d, r in relevant],
                    }
                )
                + "\n"
                for query, relevant in queries
            ),
            encoding="utf-8",
        )

    class Fixed:
        name = "fixed"

        def answer(self, _text: str, _limit: int) -> Answer:
            return Answer([Found("d2", "这里是原文。")])

    evaluated = evaluate(load_own_set(tmp_path, tmp_path).only(Half.REPORTING), [Fixed])
    graded = 7 / (7 + 1 / math.log2(3))
    thirds = " | ".join(["0.6667"] * 6)
    assert evaluated.slices() == ["keyword", "typo"]
    assert slice_table(evaluated, "fixed").splitlines()[2:] == [
        f"| 全部 | 3 | {(1 + graded) / 3:.4f} | {thirds} |",
        "| keyword | 2 | 0.5000 | 0.5000 | 0.5000 | 0.5000 | 0.5000 | 0.5000 | 0.5000 |",
        f"| typo | 1 | {graded:.4f} | 1.0000 | 1.0000 | 1.0000 | 1.0000 | 1.0000 | 1.0000 |",
    ]


def test_a_comparison_tells_each_slice() -> None:
    labelled = load_set("own").only(Half.REPORTING)
    right = {
        query.query_id: [Found(judgment.document_id) for judgment in labelled.judgments[query.query_id]]
        for query in labelled.queries
    }
    wrong = {name: [Found("x")] if name.startswith("typo") else found for name, found in right.items()}
    rows = {line.split(" | ")[0].strip("| "): line for line in comparison_table(labelled, right, wrong).splitlines()}
    assert "| 0.0000 | -0." in rows["typo"] or "| 0.0000 | -1." in rows["typo"]
    assert "+0.0000 | [+0.000, +0.000] | 1.000" in rows["keyword"]


def test_chunks_are_folded_to_documents_at_their_best_place() -> None:
    chunks = [
        Document(content=text, meta={Meta.DOCUMENT_ID: name})
        for text, name in (("a", "d1"), ("b", "d1"), ("c", "d2"), ("d", "d3"))
    ]
    assert fold(chunks, 2) == Answer([Found("d1", "a"), Found("d2", "c")])
