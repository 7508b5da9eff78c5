"""Documents that stand in no file: brought in, replaced and forgotten by the name of their source."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.document import SourceRecord, sha256
from ingest.errors import IndexMismatchError, Origin
from kb_service.runtime import Runtime
from tests.ingest.syncing import assert_sound, documents, found_ids, light_runtime


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data") as opened:
        yield opened


def record(number: int, text: str, **more: str) -> SourceRecord:
    fields = {"id": f"note-{number}", "kind": "faq", "title": f"第 {number} 条", "text": text, **more}
    return SourceRecord(fields["id"], "json-line", Origin(f"notes:/{number}"), fields, sha256(text.encode()))


def test_records_go_in_are_replaced_and_go_out(runtime: Runtime) -> None:
    report = runtime.indexer.ingest_records([record(1, "耳机配对失败"), record(2, "打印机卡纸")])
    assert (report.ok, report.added, report.chunks) == (True, 2, 2)
    assert found_ids(runtime, "耳机") == {"note-1", "note-2"}
    assert runtime.indexer.ingest_records([record(1, "耳机配对失败")]).unchanged == 1
    assert runtime.indexer.ingest_records([record(1, "耳机没有声音")]).updated == 1
    assert documents(runtime)["note-1", "1"] == "耳机没有声音"
    assert runtime.indexer.forget(["notes:/1"]) == 1
    assert found_ids(runtime, "耳机") == {"note-2"}
    assert runtime.indexer.forget(["notes:/1"]) == 0
    assert_sound(runtime)


def test_another_version_of_a_later_day_makes_the_former_one_history(runtime: Runtime) -> None:
    runtime.indexer.ingest_records([record(1, "旧办法", version="1", effective_from="2026-01-05")])
    runtime.indexer.ingest_records([record(1, "新办法", version="2", effective_from="2026-03-01")])
    assert documents(runtime) == {("note-1", "1"): "旧办法", ("note-1", "2"): "新办法"}
    runtime.indexer.ingest_records([record(1, "改正", version="3", effective_from="2026-03-01")])
    assert documents(runtime) == {("note-1", "1"): "旧办法", ("note-1", "3"): "改正"}
    assert_sound(runtime)


def test_a_source_that_now_holds_another_document_loses_the_former_one(runtime: Runtime) -> None:
    runtime.indexer.ingest_records([record(1, "耳机")])
    other = record(2, "打印机")
    moved = SourceRecord(other.document_id, other.format, Origin("notes:/1"), other.content, other.digest)
    report = runtime.indexer.ingest_records([moved])
    assert (report.added, report.removed) == (1, 1)
    assert [*documents(runtime)] == [("note-2", "1")]
    assert_sound(runtime)


def test_a_broken_record_is_reported_and_the_others_go_on(runtime: Runtime) -> None:
    report = runtime.indexer.ingest_records([record(1, "耳机", colour="red"), record(2, "打印机")])
    assert [failure.path for failure in report.failures] == ["notes:/1"]
    assert [*documents(runtime)] == [("note-2", "1")]


def test_an_index_of_other_settings_takes_nothing(tmp_path: Path) -> None:
    with light_runtime(tmp_path / "data") as runtime:
        runtime.indexer.ingest_records([record(1, "耳机")])
    with light_runtime(tmp_path / "data", chunk_max_tokens=64) as runtime:
        with pytest.raises(IndexMismatchError):
            runtime.indexer.ingest_records([record(2, "打印机")])
        assert [*documents(runtime)] == [("note-1", "1")]
