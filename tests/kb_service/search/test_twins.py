"""Documents that say nearly the same are one hit with its twins, as far as the reader may see them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.access.principal import LOOPBACK, Principal
from kb_service.knowledge.duplicates import list_duplicates
from kb_service.runtime import Runtime
from kb_service.search.models import Hit, SearchRequest
from tests.conftest import RuntimeBuilder

TEXT = (
    "打印机脱机时先看网线和电源。指示灯不亮的，换一个插座再试；指示灯亮而电脑仍显示脱机的，"
    "在打印队列里取消全部任务，关机一分钟后重新开机。仍不恢复的，报服务台并写明机身编号{}。"
)
SHARES = {
    "copy-a": {"text": TEXT.format("")},
    "copy-b": {"text": TEXT.format("和楼层")},
    "copy-secret": {"text": TEXT.format("与房间"), "clearance": 3},
    "copy-old": {"text": TEXT.format("、楼层"), "effective_to": "2020-12-31"},
    "other": {"text": "打印机卡纸时打开后盖，顺着出纸方向把纸抽出，再合上后盖。脱机的另见脱机处理办法。"},
}


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Iterator[Runtime]:
    folder: Path = tmp_path_factory.mktemp("twins")
    lines = [json.dumps({"id": name, "kind": "faq", "title": name, **fields}) for name, fields in SHARES.items()]
    (folder / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    opened = build_runtime(folder / "data")
    assert opened.indexer.ingest([folder / "docs.jsonl"]).ok
    yield opened
    opened.close()


def search(runtime: Runtime, principal: Principal, **fields: object) -> list[Hit]:
    return runtime.search.search(SearchRequest.model_validate({"query": "打印机脱机", **fields}), principal).hits


def test_near_duplicates_are_one_hit_and_leave_room_for_others(runtime: Runtime) -> None:
    hits = search(runtime, LOOPBACK, limit=2)
    assert {hit.document_id for hit in hits} > {"other"}
    [copy] = [hit for hit in hits if hit.document_id != "other"]
    assert {copy.document_id, *(twin.document_id for twin in copy.twins)} == {"copy-a", "copy-b", "copy-secret"}
    assert [hit.rank for hit in hits] == [1, 2]
    for twin in copy.twins:
        assert 0.8 <= twin.similarity <= 1
        assert twin.url == f"/documents/{twin.document_id}?version={twin.version}"
    assert [twin.similarity for twin in copy.twins] == sorted((t.similarity for t in copy.twins), reverse=True)


def test_a_twin_that_the_reader_may_not_see_is_not_named(runtime: Runtime) -> None:
    hits = search(runtime, Principal("guest"))
    named = {hit.document_id for hit in hits} | {twin.document_id for hit in hits for twin in hit.twins}
    assert named == {"copy-a", "copy-b", "other"}


def test_twins_are_those_of_the_asked_day(runtime: Runtime) -> None:
    hits = search(runtime, LOOPBACK, filters={"effective_on": "2020-06-01"})
    assert "copy-old" in {twin.document_id for hit in hits for twin in hit.twins} | {hit.document_id for hit in hits}


def test_a_single_asked_document_has_its_passages_to_itself(runtime: Runtime) -> None:
    [hit] = search(runtime, LOOPBACK, filters={"document_ids": ["copy-b"]})
    assert (hit.document_id, hit.twins) == ("copy-b", [])


def test_the_list_of_duplicates_keeps_to_what_the_reader_may_see(runtime: Runtime) -> None:
    [everything] = list_duplicates(runtime.catalogue, LOOPBACK).groups
    assert {one.document_id for one in everything.documents} == {"copy-a", "copy-b", "copy-secret", "copy-old"}
    assert everything.similarity >= 0.8
    [group] = list_duplicates(runtime.catalogue, Principal("guest")).groups
    assert "copy-secret" not in {one.document_id for one in group.documents}
