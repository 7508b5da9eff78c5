"""`Indexer.verify` names every way in which index and catalogue can differ, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.document import Meta
from kb_service.runtime import Runtime
from tests.ingest.syncing import light_runtime


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    rule = "---\nkind: regulation\n---\n# 值班办法\n\n第一条 按时到岗。\n\n第二条 津贴每晚八十元。\n"
    (tmp_path / "rule.md").write_text(rule, encoding="utf-8")
    (tmp_path / "note.md").write_text("# 便笺\n\n打印机在三楼。\n", encoding="utf-8")
    with light_runtime(tmp_path / "data") as opened:
        opened.indexer.ingest([tmp_path / "rule.md", tmp_path / "note.md"])
        yield opened


def problems(runtime: Runtime) -> list[tuple[str, str]]:
    return sorted((problem.code.value, problem.document_id) for problem in runtime.indexer.verify())


def execute(runtime: Runtime, statement: str) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(text(statement))


def ids(runtime: Runtime, document_id: str) -> list[str]:
    (stored,) = runtime.catalogue.find_versions(document_id)
    return [chunk.chunk_id for chunk in runtime.catalogue.list_chunks(stored.key)]


def test_nothing_is_said_where_all_is_well(runtime: Runtime) -> None:
    assert problems(runtime) == []


def test_an_altered_text_is_noticed(runtime: Runtime) -> None:
    execute(runtime, "UPDATE versions SET text = replace(text, '八十', '九十') WHERE document_id = 'rule'")
    found = problems(runtime)
    assert ("chunk-text", "rule") in found
    assert ("stale-chunk", "rule") in found
    (problem,) = (problem for problem in runtime.indexer.verify() if problem.code == "chunk-text")
    assert problem.place == "《值班办法》第二条"
    assert (problem.version, "note" in problem.message) == ("1", False)


def test_an_altered_section_is_noticed(runtime: Runtime) -> None:
    execute(
        runtime,
        "UPDATE versions SET sections = json_set(sections, '$[0].sha256', 'wrong') WHERE document_id = 'rule'",
    )
    assert problems(runtime) == [("section-text", "rule")]


def test_a_missing_and_an_orphan_chunk_are_named(runtime: Runtime) -> None:
    (missing,) = ids(runtime, "note")
    (entry,) = runtime.store.load_documents([missing])
    runtime.store.delete_documents([missing])
    orphan = entry.__class__.from_dict({**entry.to_dict(), "id": "00000000-0000-4000-8000-00000000dead"})
    runtime.store.write_documents([orphan])
    assert problems(runtime) == [("missing-chunk", "note"), ("orphan-chunk", "note")]


@pytest.mark.parametrize(
    ("field", "value"),
    [(Meta.EFFECTIVE_TO, 20200101), (Meta.VERSION, "0"), (Meta.CLEARANCE, 9), (Meta.CITATION, "《别处》")],
)
def test_an_entry_that_says_something_else_is_named(runtime: Runtime, field: str, value: object) -> None:
    (chunk_id,) = ids(runtime, "note")
    runtime.store.set_meta([chunk_id], {field: value})
    (problem,) = runtime.indexer.verify()
    assert (problem.code, problem.document_id) == ("stale-chunk", "note")
    assert field in problem.message


def test_setting_meta_keeps_the_rest_and_minds_no_missing_id(runtime: Runtime) -> None:
    (chunk_id,) = ids(runtime, "note")
    (before,) = runtime.store.load_documents([chunk_id])
    runtime.store.set_meta([chunk_id, "00000000-0000-4000-8000-00000000dead"], {Meta.CLEARANCE: 3})
    (after,) = runtime.store.load_documents([chunk_id])
    assert after.meta == {**before.meta, Meta.CLEARANCE: 3}
    assert after.content == before.content
