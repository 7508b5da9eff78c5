"""The speed report says what was measured."""

from eval.speed import IngestTimings, SearchTimings, render
from eval.timing import Timing


def test_the_report_gives_medians_and_ratios() -> None:
    ours = (Timing("查询向量", [9.0, 10.0, 11.0]), Timing("引擎", [2.0]), Timing("整次检索", [13.2]))
    suggestions = Timing("工单向量", [20.0, 30.0, 40.0]), Timing("整次推荐", [60.0, 60.0, 117.0])
    report = render(
        IngestTimings(chunks=1000, first_seconds=25, embedding_seconds=22.5, unchanged_seconds=0.005),
        [SearchTimings(1000, ours, (Timing("对照", [120.0]),), suggestions)],
    )
    assert "| 1,000 | 查询向量 | 10.0 | 10.9 | 0.83 |" in report
    assert "| 1,000 | 整次检索 | 13.2 | 13.2 | 1.10 |" in report
    assert "| 1,000 | 对照 | 120.0 | 120.0 | 10.00 |" in report
    assert "| 1,000 | 3 | 30.0 | 39.0 | 60.0 | 111.3 | 2.85 |" in report
    assert "| 首次导入与只做向量之比 | 0.90 |" in report
    assert "| 首次与再次导入用时之比 | 5,000 |" in report
