"""Calendar periods of the service's zone, and what is none."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from kb_service.reports.errors import FuturePeriodError, PeriodError
from kb_service.reports.periods import read_period

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "title", "start", "end", "before"),
    [
        ("2026-11", "2026年11月", "2026-11-01", "2026-12-01", "2026-10"),
        ("2026-01", "2026年1月", "2026-01-01", "2026-02-01", "2025-12"),
        ("2026-Q1", "2026年第一季度", "2026-01-01", "2026-04-01", "2025-Q4"),
        ("2026-Q4", "2026年第四季度", "2026-10-01", "2027-01-01", "2026-Q3"),
        ("2024-Q3", "2024年第三季度", "2024-07-01", "2024-10-01", "2024-Q2"),
    ],
)
def test_months_and_quarters(text: str, title: str, start: str, end: str, before: str) -> None:
    period = read_period(text, SHANGHAI, NOW)
    assert (period.name, period.title, period.start, period.end) == (text, title, local(start), local(end))
    assert period.previous().name == before
    assert period.previous().end == period.start


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-Q5", "2026-q1", "2026-1", "26-11", "2026-11-01", "２０２６-11", "1969-12"],
)
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeriodError, match="2026-11"):
        read_period(text, SHANGHAI, NOW)


def test_what_has_not_begun_is_refused_by_the_calendar_of_the_zone() -> None:
    last_minute = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    with pytest.raises(FuturePeriodError, match="2026-12-01"):
        read_period("2026-12", SHANGHAI, last_minute)
    with pytest.raises(FuturePeriodError):
        read_period("2027-Q1", SHANGHAI, last_minute)
    assert read_period("2026-12", SHANGHAI, datetime(2026, 11, 30, 16, 0, tzinfo=UTC)).name == "2026-12"


@pytest.mark.parametrize(("text", "count", "first", "last"), [("2026-11", 30, 1, 1), ("2026-Q4", 14, 4, 4)])
def test_stretches_lie_side_by_side(text: str, count: int, first: int, last: int) -> None:
    """The fourth quarter of 2026 begins on a Thursday and ends on one."""
    period = read_period(text, SHANGHAI, NOW)
    stretches = list(period.iter_stretches())
    assert len(stretches) == count
    assert (stretches[0][0], stretches[-1][1]) == (period.start, period.end)
    assert all(high == low for (_, high), (low, _) in pairwise(stretches))
    assert [(high - low).days for low, high in (stretches[0], stretches[-1])] == [first, last]


def test_a_day_with_a_change_of_the_clocks_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = list(read_period("2026-10", berlin, NOW).iter_stretches())[24]
    assert (day[1].timestamp() - day[0].timestamp()) / 3600 == 25
