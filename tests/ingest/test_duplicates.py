"""Near-duplicates are found when a text is published, and go with it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.catalogue.duplicates import group_pairs
from kb_service.runtime import Runtime
from tests.ingest.syncing import assert_sound, light_runtime

SENTENCES = [
    f"第{n}步，先查看设备{n}的{part}，再记录{part}的读数并签字。"
    for n, part in enumerate("电源线路接口网络终端温度湿度", 1)
]
BODY = "\n\n".join(SENTENCES * 2)
DAY = date(2026, 1, 1)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data") as opened:
        yield opened
        assert_sound(opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sources"
    made.mkdir()
    write(made / "a.md", "巡检手册", BODY)
    write(made / "b.md", "巡检手册", BODY.replace("签字", "盖章", 1))
    write(
        made / "c.md", "打印须知", "卡纸时先断电，再打开后盖取出纸张，最后合上后盖并重新开机检查是否恢复正常工作状态。"
    )
    return made


def write(path: Path, title: str, body: str, **fields: str) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    path.write_text(f"---\n{head}---\n# {title}\n\n{body}\n" if head else f"# {title}\n\n{body}\n", encoding="utf-8")


def pairs(runtime: Runtime, *ids: str, on: date = DAY) -> set[tuple[str, str]]:
    return {(twin.document.document_id, twin.twin.document_id) for twin in runtime.catalogue.find_twins(ids, on)}


def stored_rows(runtime: Runtime) -> tuple[int, int]:
    with runtime.engine.connect() as connection:
        count = [connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("duplicates", "signature_bands")]
    return count[0], count[1]


def test_twins_are_seen_from_either_side(runtime: Runtime, folder: Path) -> None:
    runtime.indexer.ingest([folder])
    assert pairs(runtime, "a") == {("a", "b")}
    assert pairs(runtime, "a", "b", "c") == {("a", "b"), ("b", "a")}
    assert pairs(runtime, "c") == pairs(runtime) == set()
    (twin,) = runtime.catalogue.find_twins(["b"], DAY)
    assert 0.8 <= twin.similarity < 1
    assert (twin.twin.title, twin.twin.clearance, twin.twin.departments) == ("巡检手册", 0, ())


def test_groups_are_listed_with_their_lowest_similarity(runtime: Runtime, folder: Path) -> None:
    write(folder / "d.md", "巡检手册", BODY)
    write(
        folder / "e.md",
        "打印须知",
        "卡纸时先断电，再打开后盖取出纸张，最后合上后盖并重新开机检查是否恢复正常工作状态。",
    )
    runtime.indexer.ingest([folder])
    groups = runtime.catalogue.list_duplicates()
    assert [[member.document_id for member in group.members] for group in groups] == [["a", "b", "d"], ["c", "e"]]
    assert groups[0].similarity < 1
    assert groups[1].similarity == 1


def test_an_edit_undoes_the_pair_and_a_removal_leaves_no_trace(runtime: Runtime, folder: Path) -> None:
    runtime.indexer.ingest([folder])
    write(folder / "b.md", "值班", "值班人员每两小时巡视机房一次，发现异常立即上报并在登记表中写明时间地点与处理经过。")
    runtime.indexer.ingest([folder])
    assert pairs(runtime, "a", "b", "c") == set()
    for name in ("a", "b", "c"):
        runtime.indexer.remove(name)
    assert stored_rows(runtime) == (0, 0)


def test_versions_of_one_document_are_no_twins(runtime: Runtime, folder: Path) -> None:
    write(folder / "a2.md", "巡检手册", BODY, version_of="a", effective_from="2020-01-01")
    (folder / "b.md").unlink()
    runtime.indexer.ingest([folder])
    assert runtime.catalogue.list_duplicates() == []


def test_only_versions_in_force_are_twins(runtime: Runtime, folder: Path) -> None:
    write(folder / "b.md", "巡检手册", BODY, effective_from="2025-01-01")
    runtime.indexer.ingest([folder])
    assert pairs(runtime, "a", on=date(2024, 12, 31)) == set()
    assert pairs(runtime, "a", on=date(2025, 1, 1)) == {("a", "b")}


def test_a_thousand_copies_cost_a_bounded_number_of_pairs_each(runtime: Runtime, tmp_path: Path) -> None:
    lines = "".join(
        f'{{"id": "c{n}", "title": "副本", "text": "{BODY[:200]}"}}\n'.replace("\n\n", " ") for n in range(200)
    )
    (tmp_path / "copies.jsonl").write_text(lines, encoding="utf-8")
    assert runtime.indexer.ingest([tmp_path / "copies.jsonl"]).added == 200
    assert stored_rows(runtime)[0] <= 200 * 64
    (group,) = runtime.catalogue.list_duplicates()
    assert len(group.members) == 200


def test_pairs_join_into_groups() -> None:
    joined = group_pairs([(1, 2, 0.9), (3, 4, 1.0), (2, 3, 0.8), (7, 8, 0.95), (1, 4, 0.85)])
    assert sorted((sorted(keys), lowest) for keys, lowest in joined) == [([1, 2, 3, 4], 0.8), ([7, 8], 0.95)]
