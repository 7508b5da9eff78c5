"""Working time over nights, weekends, holidays and make-up days, against counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.tickets.calendar import NoWorkingTimeError, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(13, 30), time(18)))
CALENDAR = WorkingCalendar(SHANGHAI, HOURS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25 09:00", 2, "2026-11-25 11:00"),
        ("2026-11-25 11:00", 2, "2026-11-25 14:30"),
        ("2026-11-25 17:30", 2, "2026-11-26 10:00"),  # the regulation's own example
        ("2026-11-27 17:30", 2, "2026-11-30 10:00"),  # over a weekend
        ("2026-11-28 10:00", 2, "2026-11-30 10:30"),  # a Saturday's request begins on Monday
        ("2026-09-30 17:00", 2, "2026-10-08 09:30"),  # over the National Day's week
        ("2026-02-13 17:30", 2, "2026-02-14 10:00"),  # a Saturday worked for the Spring Festival
        ("2026-11-25 18:00", 1, "2026-11-26 09:30"),
        ("2026-11-25 11:00", 1, "2026-11-25 12:00"),
    ],
)
def test_due(start: str, hours: int, due: str) -> None:
    assert CALENDAR.add(at(start), timedelta(hours=hours)) == at(due)


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-10-07", False), ("2026-10-10", True), ("2026-10-11", False), ("2026-02-20", False), ("2025-09-28", True)],
)
def test_holidays_and_make_up_days(day: str, works: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is works


def test_single_days_can_be_corrected() -> None:
    day = date(2027, 2, 20)
    corrected = WorkingCalendar(SHANGHAI, HOURS, days_off=[date(2026, 11, 25)], workdays=[day])
    assert not corrected.is_working_day(date(2026, 11, 25))
    assert corrected.is_working_day(day)
    assert not CALENDAR.is_working_day(day)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@given(MOMENTS, st.integers(0, 6 * 24 * 60))
def test_working_time_is_the_sum_of_its_minutes(start: datetime, minutes: int) -> None:
    def works(moment: datetime) -> bool:
        local = moment.astimezone(SHANGHAI)
        return CALENDAR.is_working_day(local.date()) and any(low <= local.time() < high for low, high in HOURS)

    counted = sum(works(start + timedelta(minutes=minute)) for minute in range(minutes))
    end = start + timedelta(minutes=minutes)
    assert CALENDAR.working_time(start, end) == timedelta(minutes=counted)


@given(MOMENTS, st.integers(1, 100 * 60), st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]))
def test_what_is_added_is_what_has_passed(start: datetime, minutes: int, zone: str) -> None:
    """Also where clocks are put forward and back in the night, and where the day is another one in UTC."""
    calendar = WorkingCalendar(ZoneInfo(zone), ((time(0), time(4)), (time(13, 30), time(23, 30))))
    amount = timedelta(minutes=minutes)
    due = calendar.add(start, amount)
    assert calendar.working_time(start, due) == amount
    assert calendar.working_time(start, due - timedelta(minutes=1)) == amount - timedelta(minutes=1)


def test_nothing_to_count_is_an_error_and_not_a_loop() -> None:
    with pytest.raises(NoWorkingTimeError, match="工作时间"):
        WorkingCalendar(SHANGHAI, ()).add(at("2026-11-25 09:00"), timedelta(hours=1))


@pytest.mark.parametrize("hours", [((time(9), time(8)),), ((time(8), time(12)), (time(11), time(18)))])
def test_hours_out_of_order_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        WorkingCalendar(SHANGHAI, hours)


def test_an_end_before_the_start_has_no_working_time() -> None:
    assert CALENDAR.working_time(at("2026-11-25 10:00"), at("2026-11-25 09:00")) == timedelta()
