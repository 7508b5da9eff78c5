"""A new version answers when all of it is there, the old one until then; what fails leaves everything as it was."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import Document
from haystack.document_stores.types import DuplicatePolicy

from ingest.chunking.chunker import Chunker, Span
from ingest.document import ParsedDocument
from ingest.report import Event, Progress
from ingest.store.document_store import QdrantDocumentStore
from kb_service.runtime import Runtime
from tests.ingest.syncing import assert_sound, documents, light_runtime, search


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data", batch_chunks=8) as opened:
        yield opened


def long_text(word: str, articles: int = 40) -> str:
    body = "\n\n".join(f"第{n}条 {word}{n}：" + f"检查{word}的第{n}个部件并登记。" * 6 for n in range(1, articles + 1))
    return f"---\nkind: regulation\n---\n# 检查办法\n\n{body}\n"


def test_a_document_of_many_batches_answers_whole_or_not_at_all(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rule.md"
    path.write_text(long_text("旧阀"), encoding="utf-8")
    runtime.indexer.ingest([path])
    path.write_text(long_text("新泵"), encoding="utf-8")
    seen: list[tuple[int, set[str]]] = []
    write = QdrantDocumentStore.write_documents

    def write_and_look(store: QdrantDocumentStore, documents: list[Document], policy: DuplicatePolicy) -> int:
        result = write(store, documents, policy)
        texts = [passage.text for hit in search(runtime, "检查新泵的部件") for passage in (hit, *hit.more)]
        seen.append((len(documents), {word for word in ("旧阀", "新泵") if any(word in text for text in texts)}))
        return result

    monkeypatch.setattr(QdrantDocumentStore, "write_documents", write_and_look)
    report = runtime.indexer.ingest([path])
    assert len(seen) > 3
    assert max(count for count, _ in seen) <= 8
    # Old chunks fill the candidates or new ones crowd them out, but nothing of the new text is shown.
    assert all("新泵" not in words for _, words in seen)
    assert report.chunks == sum(count for count, _ in seen)
    texts = [passage.text for hit in search(runtime, "检查新泵的部件") for passage in (hit, *hit.more)]
    assert texts
    assert all("新泵" in text for text in texts)
    assert_sound(runtime)


def test_a_run_that_breaks_off_while_writing_leaves_the_old_version(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rule.md"
    path.write_text(long_text("旧阀"), encoding="utf-8")
    runtime.indexer.ingest([path])
    before = documents(runtime)
    path.write_text(long_text("新泵"), encoding="utf-8")
    write, calls = QdrantDocumentStore.write_documents, 0

    def break_off(store: QdrantDocumentStore, documents: list[Document], policy: DuplicatePolicy) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return write(store, documents, policy)

    monkeypatch.setattr(QdrantDocumentStore, "write_documents", break_off)
    with pytest.raises(KeyboardInterrupt):
        runtime.indexer.ingest([path])
    monkeypatch.undo()
    assert documents(runtime) == before
    assert all("旧阀" in hit.text for hit in search(runtime, "检查新泵的部件"))
    report = runtime.indexer.ingest([path])
    # What was embedded before the break is not embedded again.
    assert (report.updated, report.reused >= 16) == (1, True)
    assert_sound(runtime)


def test_a_document_that_trips_the_chunker_is_named_and_keeps_its_old_version(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.md").write_text("# 甲\n\n第一段。\n", encoding="utf-8")
    (folder / "b.md").write_text("# 乙\n\n第二段。\n", encoding="utf-8")
    runtime.indexer.ingest([folder])
    (folder / "a.md").write_text("# 甲\n\n毒段。\n", encoding="utf-8")
    (folder / "b.md").write_text("# 乙\n\n新的第二段。\n", encoding="utf-8")
    split = Chunker.split

    def trip(chunker: Chunker, document: ParsedDocument) -> list[Span]:
        if "毒" in document.text:
            raise RecursionError("too deep")
        return split(chunker, document)

    monkeypatch.setattr(Chunker, "split", trip)
    report = runtime.indexer.ingest([folder])
    assert [(Path(failure.path).name, failure.code) for failure in report.failures] == [("a.md", "malformed")]
    assert (report.updated, report.removed) == (1, 0)
    assert "第一段" in documents(runtime)["a", "1"]
    assert_sound(runtime)


def test_one_file_after_another_is_remembered(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a killed run is resumed where it was, file by file."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.md").write_text(long_text(f"件{number}", 3), encoding="utf-8")
    writes = 0
    write = QdrantDocumentStore.write_documents

    def break_off(store: QdrantDocumentStore, documents: list[Document], policy: DuplicatePolicy) -> int:
        nonlocal writes
        writes += 1
        if writes == 6:
            raise KeyboardInterrupt
        return write(store, documents, policy)

    monkeypatch.setattr(QdrantDocumentStore, "write_documents", break_off)
    with pytest.raises(KeyboardInterrupt):
        runtime.indexer.ingest([folder])
    monkeypatch.undo()
    done = len(documents(runtime))
    assert 0 < done < 30
    known = runtime.catalogue.find_sources(str(path) for path in folder.iterdir())
    assert len(known) == done
    report = runtime.indexer.ingest([folder])
    assert (report.added, report.unchanged) == (30 - done, done)


def test_an_overlong_id_is_a_failure_of_its_own(runtime: Runtime, tmp_path: Path) -> None:
    lines = [{"id": "x" * 513, "title": "甲", "text": "文"}, {"id": "y", "title": "乙", "text": "文"}]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = runtime.indexer.ingest([path])
    assert ([failure.line for failure in report.failures], report.added) == ([1], 1)


def test_progress_goes_by_the_work_done(runtime: Runtime, tmp_path: Path) -> None:
    lines = [{"id": f"d{n}", "title": f"题{n}", "text": f"第{n}个答案。" * 40} for n in range(60)]
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "one.md").write_text(long_text("件", 20), encoding="utf-8")
    heard: list[Event] = []
    report = runtime.indexer.ingest([path, tmp_path / "one.md"], heard.append)
    steps = [event for event in heard if isinstance(event, Progress)]
    total = path.stat().st_size + (tmp_path / "one.md").stat().st_size
    assert {step.work_total for step in steps} == {total}
    done = [step.work_done for step in steps]
    assert done == sorted(done)
    assert done[0] == 0
    assert steps[-1] == Progress(61, report.chunks, total, total)
    # Work and chunks go together, within what one batch makes.
    shares = [(step.work_done / total, step.chunks / report.chunks) for step in steps]
    assert max(abs(work - chunks) for work, chunks in shares) < 0.35
    assert len(steps) > 20


def test_masked_places_are_summed_by_kind(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from ingest.parser import parse

    def masking(record: object) -> list[ParsedDocument]:
        return [replace(document, masked={"phone": 2, "name": 1}) for document in parse(record)]  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.steps.parse", masking)
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n文。\n", encoding="utf-8")
    report = runtime.indexer.ingest([tmp_path / "a.md", tmp_path / "b.md"])
    assert report.masked == {"phone": 4, "name": 2}
    assert runtime.indexer.ingest([tmp_path / "a.md"]).masked == {}
