"""What an ingestion prints: how far it is, at what rate, how long it will still take, and what came of it."""

import io

import pytest
from rich.console import Console

from ingest.report import IngestReport, Progress
from kb_service import console as module
from kb_service.console import IngestDisplay, WatchDisplay, print_hits, print_report
from kb_service.search.models import Limit, SearchExplanation, SearchResponse


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_plain_lines_tell_rate_and_time_left_by_work(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 40.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with IngestDisplay(console) as display:
        display(Progress(documents=3, chunks=50, work_done=1_000, work_total=4_000))
        display(Progress(documents=9, chunks=100, work_done=4_000, work_total=4_000))
    assert "已导入 3 篇，50 段，5.0 段/秒，完成 25%，约剩 30 秒" in printed(console)
    assert "已导入 9 篇，100 段，2.5 段/秒，完成 100%，约剩 0 秒" in printed(console)


@pytest.mark.parametrize(("left", "way"), [(0, "kb ingest"), (7, "换个说法")])
def test_a_search_without_result_says_what_helps(console: Console, left: int, way: str) -> None:
    limits = [Limit(name="access", chunks=left), Limit(name="effective_on", chunks=0)]
    reading = SearchExplanation(terms=[], identifiers=[], filters={}, candidates={}, unpublished=0, limits=limits)
    print_hits(console, SearchResponse(search_id="x", answered=False, hits=[], took_ms=1, explanation=reading))
    assert way in printed(console)


def test_no_time_left_is_told_before_anything_is_known(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with IngestDisplay(console) as display:
        display(Progress(documents=0, chunks=0, work_done=0, work_total=4_000))
        display(Progress(documents=0, chunks=0, work_done=0, work_total=0))
    assert "剩" not in printed(console)


def test_a_terminal_gets_a_bar() -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    with IngestDisplay(console) as display:
        display(Progress(documents=3, chunks=50, work_done=1_000, work_total=4_000))
    assert "25%" in printed(console)
    assert "3 篇 50 段" in printed(console)


def test_the_report_counts_everything(console: Console) -> None:
    report = IngestReport(
        added=1, updated=2, unchanged=3, removed=4, chunks=9, embedded=5, reused=4, masked={"phone": 2, "new": 1}
    )
    print_report(console, report)
    assert "新增 1 篇，更新 2 篇，未变 3 篇，删除 4 篇，写入 9 段（重新向量化 5 段），失败 0 处" in printed(console)
    assert "new 1 处，电话 2 处" in printed(console)


def test_a_watch_is_silent_while_nothing_changes(console: Console) -> None:
    display = WatchDisplay(console)
    display(IngestReport(unchanged=7))
    first = printed(console)
    assert "未变 7 篇" in first
    display(IngestReport(unchanged=7))
    assert printed(console) == first
    display(Progress(documents=0, chunks=0, work_done=0, work_total=10))
    display(IngestReport(removed=1))
    display.close()
    assert "删除 1 篇" in printed(console)
