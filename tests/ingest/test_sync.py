"""A folder and the index made of it stay in step: added, changed, moved, gone, broken."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import Origin, SourceError, UnreadableSourceError
from ingest.reader import SourceFile, find_sources
from ingest.report import Failure
from kb_service.runtime import Runtime
from tests.ingest.syncing import RecordingEmbedder, assert_sound, documents, found_ids, light_runtime


@pytest.fixture
def embedder() -> RecordingEmbedder:
    return RecordingEmbedder()


@pytest.fixture
def runtime(tmp_path: Path, embedder: RecordingEmbedder) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data", embedder) as opened:
        yield opened
        assert_sound(opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sources"
    (made / "manuals").mkdir(parents=True)
    write(made / "manuals" / "printer.md", "# 打印机\n\n卡纸时先断电再取纸。\n")
    write(made / "scanner.md", "# 扫描仪\n\n玻璃板用无绒布擦拭。\n")
    write_lines(made / "faq.jsonl", {"faq-1": "检查网线是否插紧。", "faq-2": "重启路由器后再试。"})
    return made


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def write_lines(path: Path, texts: dict[str, str]) -> None:
    lines = [{"id": name, "kind": "faq", "title": f"问题 {name}", "text": text} for name, text in texts.items()]
    write(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def codes(failures: tuple[Failure, ...]) -> list[str]:
    return [failure.code for failure in failures]


class TestRemoval:
    def test_a_file_that_is_gone_takes_its_documents_along(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        (folder / "manuals" / "printer.md").unlink()
        report = runtime.indexer.ingest([folder])
        assert (report.removed, report.unchanged, report.chunks) == (1, 3, 0)
        assert "manuals/printer" not in found_ids(runtime, "卡纸时先断电")
        assert runtime.indexer.ingest([folder]).removed == 0

    def test_so_does_a_folder_below(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        (folder / "manuals" / "printer.md").unlink()
        (folder / "manuals").rmdir()
        assert runtime.indexer.ingest([folder]).removed == 1

    def test_a_line_that_is_gone_takes_its_document_along(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        write_lines(folder / "faq.jsonl", {"faq-2": "重启路由器后再试。"})
        report = runtime.indexer.ingest([folder])
        assert (report.removed, report.added, report.updated) == (1, 0, 0)
        assert ("faq-1", "1") not in documents(runtime)

    def test_a_file_by_itself_is_the_only_one_synced(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        (folder / "scanner.md").unlink()
        write_lines(folder / "faq.jsonl", {"faq-2": "重启路由器后再试。"})
        report = runtime.indexer.ingest([folder / "faq.jsonl"])
        assert report.removed == 1
        assert {name for name, _ in documents(runtime)} == {"manuals/printer", "scanner", "faq-2"}

    def test_a_folder_beside_with_a_longer_name_is_another_one(self, runtime: Runtime, folder: Path) -> None:
        beside = folder.with_name("sources-old")
        beside.mkdir()
        write(beside / "fax.md", "# 传真机\n\n纸张朝下放入。\n")
        runtime.indexer.ingest([folder, beside])
        (beside / "fax.md").unlink()
        assert runtime.indexer.ingest([folder]).removed == 0

    def test_a_file_that_is_broken_now_keeps_what_it_held(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        before = documents(runtime)
        write(folder / "faq.jsonl", (folder / "faq.jsonl").read_text(encoding="utf-8").splitlines()[1] + "\n{broken\n")
        write(folder / "scanner.md", "")
        report = runtime.indexer.ingest([folder])
        assert codes(report.failures) == ["malformed", "malformed"]
        assert report.removed == 0
        assert documents(runtime) == before

    def test_a_part_that_cannot_be_read_keeps_what_it_held(
        self, runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime.indexer.ingest([folder])
        (folder / "scanner.md").unlink()
        closed = folder / "manuals"

        def list_partly(paths: list[Path]) -> Iterator[SourceFile | SourceError]:
            yield from (item for item in find_sources(paths) if closed not in Path(item.origin.path).parents)
            yield UnreadableSourceError(Origin(str(closed)), "Permission denied")

        monkeypatch.setattr("ingest.sync.survey.find_sources", list_partly)
        report = runtime.indexer.ingest([folder])
        assert codes(report.failures) == ["unreadable"]
        assert report.removed == 1
        assert ("manuals/printer", "1") in documents(runtime)

    def test_an_empty_folder_removes_nothing_and_says_so(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        for path in [*folder.rglob("*.md"), folder / "faq.jsonl"]:
            path.unlink()
        report = runtime.indexer.ingest([folder])
        assert codes(report.failures) == ["empty-folder"]
        assert "4 篇" in report.failures[0].message
        assert "kb documents remove" in report.failures[0].remedy
        assert len(documents(runtime)) == 4

    def test_an_empty_folder_that_nothing_came_from_is_no_failure(self, runtime: Runtime, tmp_path: Path) -> None:
        (tmp_path / "new").mkdir()
        assert runtime.indexer.ingest([tmp_path / "new"]).ok

    def test_a_missing_folder_removes_nothing(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        folder.rename(folder.with_name("elsewhere"))
        report = runtime.indexer.ingest([folder])
        assert (codes(report.failures), report.removed) == (["unreadable"], 0)

    def test_a_path_that_cannot_even_be_looked_at_is_a_failure(self, runtime: Runtime, folder: Path) -> None:
        loop = folder / "loop.md"
        loop.symlink_to(loop)
        for path in (loop, folder / "nul\0.md", folder / "scanner.md" / "below.md", folder / ("x" * 300)):
            report = runtime.indexer.ingest([path])
            assert (codes(report.failures), report.removed) == (["unreadable"], 0)


class TestMoves:
    def test_a_renamed_file_is_not_embedded_again_if_its_text_keeps_its_context(
        self, runtime: Runtime, folder: Path, embedder: RecordingEmbedder
    ) -> None:
        runtime.indexer.ingest([folder])
        embedder.passages.clear()
        (folder / "manuals" / "printer.md").rename(folder / "printing.md")
        report = runtime.indexer.ingest([folder])
        assert (report.added, report.removed, report.embedded, report.reused) == (1, 1, 0, 1)
        assert embedder.passages == []
        assert {name for name, _ in documents(runtime)} == {"printing", "scanner", "faq-1", "faq-2"}

    def test_a_moved_file_with_the_same_ids_is_unchanged(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        keys = {stored.key for stored in runtime.catalogue.iter_published()}
        (folder / "faq.jsonl").rename(folder / "manuals" / "questions.jsonl")
        report = runtime.indexer.ingest([folder])
        assert (report.added, report.updated, report.removed, report.unchanged) == (0, 0, 0, 4)
        assert {stored.key for stored in runtime.catalogue.iter_published()} == keys
        # It belongs to the new file now.
        (folder / "manuals" / "questions.jsonl").unlink()
        assert runtime.indexer.ingest([folder]).removed == 2

    def test_a_line_may_move_to_another_file(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        for target in ("a.jsonl", "z.jsonl"):
            write_lines(folder / "faq.jsonl", {"faq-2": "重启路由器后再试。"})
            write_lines(folder / target, {"faq-1": "检查网线是否插紧。"})
            report = runtime.indexer.ingest([folder])
            assert (codes(report.failures), report.removed) == ([], 0)
            (folder / target).unlink()
            write_lines(folder / "faq.jsonl", {"faq-1": "检查网线是否插紧。", "faq-2": "重启路由器后再试。"})
            assert runtime.indexer.ingest([folder]).removed == 0
            assert len(documents(runtime)) == 4

    def test_a_copy_elsewhere_may_go_without_loss(self, runtime: Runtime, folder: Path, tmp_path: Path) -> None:
        runtime.indexer.ingest([folder])
        copy = tmp_path / "copy"
        copy.mkdir()
        write(copy / "keep.md", "# 留下\n\n占位。\n")
        write(copy / "faq.jsonl", (folder / "faq.jsonl").read_text(encoding="utf-8"))
        runtime.indexer.ingest([copy])
        (copy / "faq.jsonl").unlink()
        runtime.indexer.ingest([copy])
        runtime.indexer.ingest([folder])
        assert {"faq-1", "faq-2"} <= {name for name, _ in documents(runtime)}

    def test_a_second_file_with_a_known_id_is_refused_even_if_the_first_is_not_read(
        self, runtime: Runtime, folder: Path
    ) -> None:
        runtime.indexer.ingest([folder])
        write_lines(folder / "new.jsonl", {"faq-1": "另一个答案。"})
        for _ in range(2):
            report = runtime.indexer.ingest([folder])
            assert codes(report.failures) == ["duplicate-id"]
        assert documents(runtime)["faq-1", "1"] == "检查网线是否插紧。"

    def test_the_way_a_folder_is_named_does_not_matter(
        self, runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime.indexer.ingest([folder])
        link = folder.with_name("link")
        link.symlink_to(folder, target_is_directory=True)
        monkeypatch.chdir(folder)
        for name in (Path(), link, folder / "manuals" / ".."):
            report = runtime.indexer.ingest([name])
            assert (report.unchanged, report.added, report.removed) == (4, 0, 0)
        (folder / "scanner.md").unlink()
        assert runtime.indexer.ingest([Path()]).removed == 1


class TestChangesAreNoticed:
    def test_an_edit_that_keeps_size_and_time_is_noticed_if_it_came_soon(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        path = folder / "scanner.md"
        status = path.stat()
        write(path, path.read_text(encoding="utf-8").replace("无绒", "干净"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert runtime.indexer.ingest([folder]).updated == 1

    def test_an_old_file_is_not_opened_to_see_that_it_is_unchanged(
        self, runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path in folder.rglob("*.*"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        runtime.indexer.ingest([folder])
        monkeypatch.setattr("ingest.sync.survey.file_digest", lambda source, _: pytest.fail(f"opened {source.path}"))
        assert runtime.indexer.ingest([folder]).unchanged == 4

    def test_a_touched_file_is_opened_once_and_not_read(
        self, runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime.indexer.ingest([folder])
        for path in folder.rglob("*.*"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        monkeypatch.setattr("ingest.steps.parse", lambda record: pytest.fail(f"parsed {record.origin}"))
        assert runtime.indexer.ingest([folder]).unchanged == 4
        monkeypatch.setattr("ingest.sync.survey.file_digest", lambda source, _: pytest.fail(f"opened {source.path}"))
        assert runtime.indexer.ingest([folder]).unchanged == 4

    def test_new_reading_rules_have_everything_read_again_and_only_what_differs_replaced(
        self, runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runtime.indexer.ingest([folder])
        monkeypatch.setattr("ingest.fingerprint.READING_RULES", "next")
        report = runtime.indexer.ingest([folder])
        assert (report.unchanged, report.updated, report.chunks) == (4, 0, 0)
        assert runtime.indexer.ingest([folder]).unchanged == 4

    def test_only_a_part_of_the_folder_is_synced_where_asked(self, runtime: Runtime, folder: Path) -> None:
        runtime.indexer.ingest([folder])
        write(folder / "scanner.md", "# 扫描仪\n\n换了说法。\n")
        (folder / "manuals" / "printer.md").unlink()
        (folder / "faq.jsonl").unlink()
        report = runtime.indexer.ingest([folder], only=[folder / "manuals"])
        assert (report.updated, report.removed) == (0, 1)
        report = runtime.indexer.ingest([folder], only=[folder / "scanner.md", folder / "faq.jsonl"])
        assert (report.updated, report.removed) == (1, 2)
