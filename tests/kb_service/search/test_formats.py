"""Every format from file to hit: found by its words, cited so that the citation verifies, one thing shown once."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb_service.app import build_app
from kb_service.runtime import Runtime
from tests.conftest import LOOPBACK_URL, ROOT, RuntimeBuilder

FIXTURES = ROOT / "tests" / "ingest" / "fixtures"
FOLDERS = {
    "word": ["machine-room.docx"],
    "print": ["machine-room.pdf", "two-columns.pdf"],
    "scan": ["scanned.pdf", "scanned-page.png"],
    "web": ["web-page.html"],
    "table": ["faq.xlsx", "tickets.csv"],
    "locked": ["locked.pdf"],
}


@pytest.fixture(scope="module")
def formats_runtime(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    folder = tmp_path_factory.mktemp("formats")
    for name, files in FOLDERS.items():
        (folder / "sources" / name).mkdir(parents=True)
        for file in files:
            shutil.copy(FIXTURES / file, folder / "sources" / name / file)
    runtime = build_runtime(folder / "data")
    report = runtime.indexer.ingest([folder / "sources"])
    assert sorted((Path(failure.path).name, failure.code) for failure in report.failures) == [
        ("faq.xlsx", "malformed"),
        ("locked.pdf", "encrypted"),
    ]
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def formats_client(formats_runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(build_app(formats_runtime), base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000)) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "document_id", "page", "words"),
    [
        ("巡检每天几次", "word/machine-room", None, "每日两次"),
        ("外来人员进机房要登记吗", "print/machine-room", 2, "登记"),
        ("热熔焊机故障判断顺序", "print/two-columns", 1, "故障"),
        ("调整巡检路线要提前几个工作日", "scan/scanned", 1, "三个工作日"),
        ("造成数据丢失怎么追究", "scan/scanned-page", 1, "数据丢失"),
        ("网关离线怎么排查", "web/web-page", None, "网关"),
        ("读卡器灯不亮", "table/faq/常见问题/4a471b815d70", None, "接口"),
        ("0x4C05", "GD-2026-0102", None, "0x4C05"),
    ],
)
def test_what_a_file_says_is_found_and_its_citation_verifies(
    formats_client: TestClient, query: str, document_id: str, page: int | None, words: str
) -> None:
    body = {"query": query, "filters": {"document_ids": [document_id]}}
    hits = formats_client.post("/v1/search", json=body).raise_for_status().json()["hits"]
    hit = next(hit for hit in hits if words in hit["text"])
    citation = hit["citation"]
    assert citation["page"] == page
    assert page is None or citation["label"].endswith(f"第{page}页")
    document = formats_client.get(f"/v1/documents/{document_id}").raise_for_status().json()
    quoted = document["text"][citation["start_char"] : citation["end_char"]]
    assert quoted == hit["text"]
    assert hashlib.sha256(quoted.encode()).hexdigest() == citation["sha256"]


def test_a_regulation_as_word_file_and_as_pdf_is_one_hit_with_a_twin(formats_client: TestClient) -> None:
    hits = formats_client.post("/v1/search", json={"query": "机房巡检每日几次"}).raise_for_status().json()["hits"]
    regulations = [hit for hit in hits if hit["document_id"].endswith("/machine-room")]
    assert len(regulations) == 1
    [twin] = regulations[0]["twins"]
    assert {regulations[0]["document_id"], twin["document_id"]} == {"word/machine-room", "print/machine-room"}


def test_the_index_of_all_formats_verifies(formats_runtime: Runtime) -> None:
    assert list(formats_runtime.indexer.verify()) == []
