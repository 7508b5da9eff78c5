"""The histories of the benchmark are legal, and its report says what was measured."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from eval.report_speed import _NOW, draw_history, render, run_report_speed
from eval.timing import Timing
from kb_service.tickets.history import replay


def test_histories_are_legal_and_end_before_the_present() -> None:
    rng = random.Random(1)
    for days in (300, 30, 1):
        for _ in range(20):
            kind, events = draw_history(rng, _NOW - timedelta(days=days), 5)
            standing = replay(kind, events)
            assert standing is not None
            assert standing.changed_at <= _NOW


def test_a_small_run_measures_everything() -> None:
    report = run_report_speed(tickets=60, events_each=4, requests=1)
    names = (
        "队列首页",
        "队列：处理中",
        "队列：某人的",
        "队列：两小时内到期",
        "月报",
        "季报",
        "季报 2026-Q3，工单刚有变动",
        "首次统计",
    )
    sqlite, *postgres = report.split("\n\n工单 ")
    assert "，SQLite" in sqlite
    assert all("，PostgreSQL" in part for part in postgres)
    for part in (sqlite, *postgres):
        for name in names:
            assert f"| {name}" in part


def test_a_named_database_is_measured_alone_and_has_to_be_empty(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    report = run_report_speed(tickets=20, events_each=2, requests=1, database=url)
    assert report.count("| 队列首页 |") == 1
    with pytest.raises(ValueError, match="已有工单"):
        run_report_speed(tickets=20, events_each=2, requests=1, database=url)


def test_the_report_gives_medians_and_p95() -> None:
    report = render(10_000, 100_000, 380, [Timing("月报", (10.0, 20.0, 30.0))])
    assert "工单 10,000 张（在办 380），事件 100,000 条" in report
    assert "| 月报 | 3 | 20.0 | 29.0 |" in report
