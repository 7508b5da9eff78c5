"""The harness measures what it says: known answers in, known figures out."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from eval.run import measure

ANSWERS = {"问一": ["d1", "d2"], "问二": ["d9", "d2"], "问三": ["d8", "d9"]}
RELEVANT = {"q1": "d1", "q2": "d2", "q3": "d3"}


class CannedSearch(BaseHTTPRequestHandler):
    """Answers as the service would, with hits that are known beforehand."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        hits = [{"rank": rank, "document_id": d} for rank, d in enumerate(ANSWERS[asked["query"]], start=1)]
        body = json.dumps({"hits": hits}).encode()
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


def test_known_answers_give_known_figures(tmp_path: Path, url: str) -> None:
    with gzip.open(tmp_path / "queries.jsonl.gz", "wt", encoding="utf-8") as file:
        for query_id, text in (("q1", "问一"), ("q2", "问二"), ("q3", "问三"), ("q4", "不评的问题")):
            file.write(json.dumps({"id": query_id, "text": text}) + "\n")
    judged = "".join(f"{query}\t{document}\t1\n" for query, document in RELEVANT.items())
    (tmp_path / "qrels.tsv").write_text("query_id\tcorpus_id\tgrade\n" + judged, encoding="utf-8")
    figures = measure(tmp_path, url)
    assert figures["queries"] == 3
    assert figures["Success@1"] == pytest.approx(1 / 3)
    assert figures["Success@10"] == pytest.approx(2 / 3)
    assert figures["RR@10"] == pytest.approx((1 + 1 / 2) / 3)
    assert figures["nDCG@10"] == pytest.approx((1 + 0.63093) / 3, abs=1e-4)
