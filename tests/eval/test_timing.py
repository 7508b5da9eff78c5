"""Times are told by their median and their 95th percentile."""

import pytest

from eval.timing import Timing, timed


def test_the_median_and_the_95th_percentile() -> None:
    timing = Timing("一", [float(sample) for sample in range(1, 102)])
    assert (timing.p50, timing.p95) == (51.0, 96.0)


def test_what_is_timed_gives_its_result_and_takes_time() -> None:
    result, milliseconds = timed(sorted, [3, 1, 2], reverse=True)
    assert result == [3, 2, 1]
    assert milliseconds > 0
    with pytest.raises(ZeroDivisionError):
        timed(lambda: 1 / 0)
