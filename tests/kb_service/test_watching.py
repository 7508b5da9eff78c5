"""``kb ingest --watch``: real files, real notifications, the light model."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from ingest.errors import EngineBusyError
from ingest.report import Event as IngestEvent
from ingest.report import Failure, IngestReport, Progress
from ingest.settings import IngestSettings
from kb_service.operations.opening import open_operations
from kb_service.operations.protocol import Operations
from kb_service.settings import ServiceSettings
from kb_service.watching import UnwatchableFolderError, follow
from tests.conftest import ROOT, RunningService
from tests.ingest.syncing import assert_sound, documents, light_runtime

_PATIENCE_SECONDS = 60


@dataclass
class Watched:
    """A folder that is being followed, and what was heard of it."""

    folder: Path
    data_dir: Path
    reports: list[IngestReport] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    refuse: bool = False

    def hear(self, event: IngestEvent) -> None:
        if isinstance(event, IngestReport):
            self.reports.append(event)
        elif isinstance(event, Failure):
            self.failures.append(event)

    def published(self) -> set[str]:
        with light_runtime(self.data_dir) as runtime:
            return {name for name, _ in documents(runtime)}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path / "sources", tmp_path / "data")
    made.folder.mkdir()
    (made.folder / "a.md").write_text("# 甲\n\n第一段。\n", encoding="utf-8")
    settings, ingest_settings = ServiceSettings(data_dir=made.data_dir), IngestSettings(data_dir=made.data_dir)
    with light_runtime(made.data_dir) as runtime:
        pass

    def open_() -> Operations:
        if made.refuse:
            raise EngineBusyError(str(made.data_dir))
        return open_operations(settings, ingest_settings, runtime)

    stop = Event()
    thread = Thread(target=follow, args=(made.folder, open_, made.hear, made.complaints.append, stop))
    thread.start()
    wait_for(lambda: bool(made.reports))
    yield made
    stop.set()
    thread.join(_PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_additions_edits_and_removals_are_followed(watched: Watched) -> None:
    assert watched.reports[0].added == 1
    (watched.folder / "new").mkdir()
    (watched.folder / "new" / "b.md").write_text("# 乙\n\n第二段。\n", encoding="utf-8")
    wait_for(lambda: sum(report.added for report in watched.reports) == 2)
    (watched.folder / "a.md").write_text("# 甲\n\n换了一段。\n", encoding="utf-8")
    wait_for(lambda: sum(report.updated for report in watched.reports) == 1)
    # In between the folder is free for others.
    assert watched.published() == {"a", "new/b"}
    (watched.folder / "new" / "b.md").unlink()
    wait_for(lambda: sum(report.removed for report in watched.reports) == 1)
    assert watched.published() == {"a"}


def test_a_broken_file_is_told_and_mended_later(watched: Watched) -> None:
    (watched.folder / "bad.jsonl").write_text("{nope\n", encoding="utf-8")
    wait_for(lambda: bool(watched.failures))
    (watched.folder / "bad.jsonl").write_text('{"id": "b", "title": "乙", "text": "好了。"}\n', encoding="utf-8")
    wait_for(lambda: sum(report.added for report in watched.reports) == 2)
    assert watched.complaints == []


def test_what_cannot_be_done_now_is_done_later(watched: Watched) -> None:
    watched.refuse = True
    (watched.folder / "b.md").write_text("# 乙\n\n第二段。\n", encoding="utf-8")
    wait_for(lambda: bool(watched.complaints))
    assert "稍后重试" in watched.complaints[0]
    watched.refuse = False
    wait_for(lambda: sum(report.added for report in watched.reports) == 2)


def test_a_folder_that_goes_and_comes_back_is_followed_on(watched: Watched) -> None:
    away = watched.folder.with_name("away")
    watched.folder.rename(away)
    wait_for(lambda: bool(watched.complaints))
    assert "不见了" in watched.complaints[0]
    assert watched.published() == {"a"}
    (away / "b.md").write_text("# 乙\n\n第二段。\n", encoding="utf-8")
    away.rename(watched.folder)
    wait_for(lambda: sum(report.added for report in watched.reports) == 2)


def test_a_sync_that_runs_at_the_stop_ends_at_its_next_event(tmp_path: Path) -> None:
    folder, stop, heard = tmp_path / "sources", Event(), list[IngestEvent]()
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.md").write_text(f"# 第{number}篇\n\n第{number}段。\n", encoding="utf-8")
    settings, ingest_settings = ServiceSettings(data_dir=tmp_path), IngestSettings(data_dir=tmp_path)

    def hear(event: IngestEvent) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.chunks:
            stop.set()

    with light_runtime(tmp_path) as runtime:
        pass
    follow(folder, lambda: open_operations(settings, ingest_settings, runtime), hear, pytest.fail, stop)
    assert isinstance(heard[-1], Progress)
    assert 0 < heard[-1].chunks < 20
    with light_runtime(tmp_path) as runtime:
        assert runtime.indexer.ingest([folder]).added == 20
        assert_sound(runtime)


def test_only_a_folder_can_be_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 甲\n\n第一段。\n", encoding="utf-8")

    def never() -> Operations:
        raise AssertionError

    with pytest.raises(UnwatchableFolderError, match="不是文件夹"):
        follow(tmp_path / "a.md", never, lambda _: None, lambda _: None, Event())


def test_the_command_watches_and_a_running_service_ingests(
    new_data_dir: Callable[[Path], Path], tmp_path: Path
) -> None:
    service = RunningService(new_data_dir(tmp_path / "data"))
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "coffee.md").write_text("# 咖啡机\n\n先加水。\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "kb_service", "ingest", "--watch", str(folder)],
        cwd=ROOT,
        env=service.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    try:
        assert "监视" in next(lines)
        assert any("新增 1 篇" in line for line in lines)
        (folder / "tea.md").write_text("# 茶\n\n再泡茶。\n", encoding="utf-8")
        assert any("新增 1 篇" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert any("已停止监视" in line for line in lines)
        assert process.wait(_PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        service.stop()
