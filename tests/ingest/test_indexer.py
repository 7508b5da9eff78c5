"""The indexing run on real files, a real database and the real engine."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from ingest.document import Meta
from ingest.errors import IndexMismatchError
from ingest.report import Event, Failure, Progress
from ingest.settings import IngestSettings
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.models import SearchFilters, SearchRequest, SearchResponse
from kb_service.settings import ServiceSettings
from tests.conftest import ROOT, RuntimeBuilder

RULES = """---
title: 值班管理办法
kind: regulation
version: "2025"
effective_from: 2025-01-01
---
# 值班管理办法

第一条 值班人员应当在十五分钟内回拨未接来电。

第二条 值班津贴为每晚八十元。
"""


@pytest.fixture
def runtime(tmp_path: Path, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    opened = build_runtime(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "regulations").mkdir(parents=True)
    (folder / "regulations" / "duty.md").write_text(RULES, encoding="utf-8")
    (folder / "notes.txt").write_text("打印机使用须知\n卡纸时先断电再取纸。\n", encoding="gb18030")
    lines = [
        {"id": "faq-1", "kind": "faq", "title": "VPN 连不上怎么办", "text": "检查 443 端口是否放行，错误码 VPN-E701。"},
        {"id": "faq-2", "kind": "faq", "title": "网盘不同步", "text": "退出后重新登录。"},
    ]
    write_lines(folder / "faq.jsonl", lines)
    return folder


def write_lines(path: Path, items: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")


def search(runtime: Runtime, text: str, **filters: object) -> SearchResponse:
    request = SearchRequest(query=text, filters=SearchFilters(**filters))  # type: ignore[arg-type]
    return runtime.search.search(request, LOOPBACK)


def first_id(runtime: Runtime, text: str) -> str | None:
    hits = search(runtime, text).hits
    return hits[0].document_id if hits else None


def test_a_folder_becomes_searchable_with_ids_from_paths_and_lines(runtime: Runtime, sources: Path) -> None:
    report = runtime.indexer.ingest([sources])
    assert (report.added, report.updated, report.unchanged, report.failures) == (4, 0, 0, ())
    assert first_id(runtime, "值班津贴多少钱") == "regulations/duty"
    assert first_id(runtime, "打印机卡纸") == "notes"
    assert first_id(runtime, "VPN-E701") == "faq-1"
    assert runtime.indexer.reconcile().ok


def test_every_chunk_is_the_stored_text_at_its_offsets(runtime: Runtime, sources: Path) -> None:
    runtime.indexer.ingest([sources])
    texts = {stored.document.document_id: stored.document.text for stored in runtime.catalogue.iter_published()}
    chunks = runtime.store.filter_documents()
    assert chunks
    for chunk in chunks:
        text = texts[chunk.meta[Meta.DOCUMENT_ID]]
        assert text[chunk.meta[Meta.START_CHAR] : chunk.meta[Meta.END_CHAR]] == chunk.content


def test_unchanged_files_are_not_even_parsed(runtime: Runtime, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime.indexer.ingest([sources])
    monkeypatch.setattr("ingest.steps.parse", lambda record: pytest.fail(f"parsed {record.origin}"))
    report = runtime.indexer.ingest([sources])
    assert (report.added, report.updated, report.unchanged, report.chunks) == (0, 0, 4, 0)


def test_only_the_changed_line_of_a_file_is_indexed_again(runtime: Runtime, sources: Path) -> None:
    runtime.indexer.ingest([sources])
    lines = (sources / "faq.jsonl").read_text(encoding="utf-8").replace("退出后重新登录", "先暂停再恢复同步")
    (sources / "faq.jsonl").write_text(lines, encoding="utf-8")
    report = runtime.indexer.ingest([sources])
    assert (report.added, report.updated, report.unchanged, report.chunks) == (0, 1, 3, 1)
    assert search(runtime, "网盘不同步").hits[0].text == "先暂停再恢复同步。"
    assert runtime.indexer.reconcile().ok


def test_versions_live_side_by_side_and_the_day_decides(runtime: Runtime, sources: Path) -> None:
    older = RULES.replace('version: "2025"', 'version: "2023"\nversion_of: regulations/duty')
    older = older.replace("2025-01-01", "2023-01-01\neffective_to: 2024-12-31").replace("八十元", "五十元")
    (sources / "regulations" / "duty-2023.md").write_text(older, encoding="utf-8")
    runtime.indexer.ingest([sources])
    today = search(runtime, "值班津贴", kinds=["regulation"])
    assert {hit.citation.version for hit in today.hits} == {"2025"}
    then = search(runtime, "值班津贴", kinds=["regulation"], effective_on="2024-06-01")
    assert [hit.citation.version for hit in then.hits] == ["2023"]
    assert "五十元" in then.hits[0].text + then.hits[0].more[0].text
    assert search(runtime, "值班津贴", kinds=["regulation"], effective_on="2020-01-01").hits == []


def test_broken_sources_are_named_and_the_others_go_in(runtime: Runtime, sources: Path) -> None:
    (sources / "binary.md").write_bytes(bytes(range(256)))
    (sources / "empty.md").write_text("", encoding="utf-8")
    with (sources / "faq.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken\n")
        file.write('{"id": "faq-1", "kind": "faq", "title": "重复", "text": "同一个编号"}\n')
        file.write('{"id": "faq-3", "kind": "faqs", "title": "错类型", "text": "…"}\n')
    heard: list[Event] = []
    report = runtime.indexer.ingest([sources, sources / "missing"], heard.append)
    places = {(Path(failure.path).name, failure.line, failure.code) for failure in report.failures}
    assert places == {
        ("binary.md", None, "wrong-encoding"),
        ("empty.md", None, "malformed"),
        ("faq.jsonl", 3, "malformed"),
        ("faq.jsonl", 4, "duplicate-id"),
        ("faq.jsonl", 5, "malformed"),
        ("missing", None, "unreadable"),
    }
    assert all(failure.message and failure.remedy for failure in report.failures)
    assert [event for event in heard if isinstance(event, Failure)] == list(report.failures)
    assert report.added == 4
    assert runtime.indexer.reconcile().ok


def test_a_mended_file_goes_in_at_the_next_run(runtime: Runtime, sources: Path) -> None:
    (sources / "faq.jsonl").write_text("{broken\n", encoding="utf-8")
    assert not runtime.indexer.ingest([sources]).ok
    write_lines(sources / "faq.jsonl", [{"id": "faq-9", "kind": "faq", "title": "蓝屏", "text": "更新网卡驱动。"}])
    report = runtime.indexer.ingest([sources])
    assert report.ok
    assert report.added == 1
    assert first_id(runtime, "蓝屏") == "faq-9"


def test_a_file_over_the_limit_is_refused(tmp_path: Path, build_runtime: RuntimeBuilder, sources: Path) -> None:
    runtime = build_runtime(tmp_path / "small")
    runtime.ingest_settings = IngestSettings(data_dir=tmp_path / "small", max_source_bytes=300)
    (sources / "notes.txt").write_text("太长了。" * 200, encoding="utf-8")
    report = runtime.indexer.ingest([sources / "notes.txt", sources / "faq.jsonl"])
    assert [failure.code for failure in report.failures] == ["too-large"]
    runtime.close()


def test_a_removed_document_is_gone_from_every_search(runtime: Runtime, sources: Path) -> None:
    runtime.indexer.ingest([sources])
    assert runtime.indexer.remove("regulations/duty") == 1
    assert "regulations/duty" not in {hit.document_id for hit in search(runtime, "值班津贴").hits}
    assert runtime.indexer.reconcile().ok
    assert runtime.indexer.remove("regulations/duty") == 0
    assert runtime.indexer.ingest([sources]).added == 1


def test_other_settings_are_refused_and_a_rebuild_mends_it(
    tmp_path: Path, build_runtime: RuntimeBuilder, sources: Path
) -> None:
    folder = tmp_path / "data"
    first = build_runtime(folder)
    first.indexer.ingest([sources])
    first.close()
    again = build_runtime(folder)
    again.ingest_settings = IngestSettings(data_dir=folder, chunk_max_tokens=64)
    with pytest.raises(IndexMismatchError, match=r"chunk_max_tokens.*256.*64.*kb rebuild"):
        again.indexer.ingest([sources])
    assert again.catalogue.counts().documents == 4
    seen: list[Event] = []
    report = again.indexer.rebuild(seen.append)
    assert report.updated == 4
    assert Progress(4, report.chunks, 4, 4) in seen
    assert (report.embedded, report.reused) == (0, report.chunks)
    assert again.indexer.reconcile().ok
    assert first_id(again, "VPN-E701") == "faq-1"
    again.close()


def test_leftovers_of_a_killed_run_are_never_shown_and_cleared(runtime: Runtime, sources: Path) -> None:
    runtime.indexer.ingest([sources])
    stored = runtime.catalogue.find_versions("faq-1")[0]
    chunk = runtime.store.filter_documents({"field": "meta.document_id", "operator": "==", "value": "faq-1"})[0]
    record = runtime.catalogue.list_chunks(stored.key)[0]
    orphan_id = "00000000-0000-4000-8000-00000000dead"
    pending = [(stored.document, [record.__class__(**{**record.__dict__, "chunk_id": orphan_id})])]
    runtime.catalogue.add_pending(pending)
    runtime.store.write_documents([chunk.__class__.from_dict({**chunk.to_dict(), "id": orphan_id})])
    assert orphan_id not in {hit.chunk_id for hit in search(runtime, "VPN-E701").hits}
    assert orphan_id in runtime.indexer.reconcile().orphans
    runtime.indexer.recover()
    assert runtime.indexer.reconcile().ok


@pytest.mark.parametrize("moment", [0.2, 1.0, 2.5])
def test_a_killed_ingestion_loses_nothing_it_acknowledged(
    tmp_path: Path, new_data_dir: Callable[[Path], Path], build_runtime: RuntimeBuilder, moment: float
) -> None:
    folder = new_data_dir(tmp_path / "data")
    items: list[dict[str, object]] = [
        {"id": f"d{n}", "kind": "faq", "title": f"问题 {n} 号", "text": f"第 {n} 个答案：请检查第 {n} 号设备。" * 8}
        for n in range(160)
    ]
    write_lines(tmp_path / "many.jsonl", items)
    process = subprocess.Popen(
        [sys.executable, "-m", "kb_service", "ingest", str(tmp_path / "many.jsonl")],
        cwd=ROOT,
        env={**os.environ, "KB_DATA_DIR": str(folder), "KB_BATCH_CHUNKS": "8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    catalogue = build_catalogue(folder)
    deadline = time.monotonic() + 90
    while catalogue() == 0 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    acknowledged = catalogue()
    assert acknowledged > 0
    runtime = build_runtime(folder)
    runtime.indexer.recover()
    assert runtime.indexer.reconcile().ok
    assert runtime.catalogue.counts().documents == acknowledged
    report = runtime.indexer.ingest([tmp_path / "many.jsonl"])
    assert (report.added, report.unchanged) == (160 - acknowledged, acknowledged)
    assert runtime.indexer.reconcile().ok
    runtime.close()


def build_catalogue(folder: Path) -> Callable[[], int]:
    """Counts published documents from outside, as soon as there is a database."""
    settings = ServiceSettings(data_dir=folder)

    def count() -> int:
        import sqlite3

        database = settings.data_dir / "kb.sqlite3"
        if not database.exists():
            return 0
        try:
            connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
            try:
                query = "SELECT count(*) FROM versions WHERE state = 'published'"
                return int(connection.execute(query).fetchone()[0])
            finally:
                connection.close()
        except sqlite3.OperationalError:
            return 0

    return count


def test_searches_go_on_during_an_ingestion_and_see_whole_documents(runtime: Runtime, tmp_path: Path) -> None:
    """A document is found with all of its chunks or not at all, from the first search to the last."""
    parts = "".join(f"## 第{n}节\n\n标记词甲乙丙 第 {n} 段说明文字。\n\n" for n in range(1, 7))
    for number in range(24):
        (tmp_path / f"doc{number:02}.md").write_text(f"# 文档 {number}\n\n{parts}", encoding="utf-8")
    (tmp_path / "first.md").write_text("# 首篇\n\n标记词甲乙丙。\n", encoding="utf-8")
    runtime.indexer.ingest([tmp_path / "first.md"])
    runtime.ingest_settings = IngestSettings(data_dir=runtime.settings.data_dir, batch_chunks=12)
    del runtime.__dict__["indexer"]
    worker = Thread(target=runtime.indexer.ingest, args=([tmp_path],))
    worker.start()
    rounds = 0
    while worker.is_alive():
        for hit in search(runtime, "标记词甲乙丙").hits:
            published = runtime.catalogue.find_versions(hit.document_id)
            assert published, hit.document_id
            stored = {chunk.chunk_id for chunk in runtime.catalogue.list_chunks(published[0].key)}
            found = runtime.store.count_documents_by_filter(
                {"field": "meta.document_id", "operator": "==", "value": hit.document_id}
            )
            assert found == len(stored)
        rounds += 1
    worker.join()
    assert rounds > 3
    assert runtime.catalogue.counts().documents == 25
    assert runtime.indexer.reconcile().ok
