"""Working time: which moments count where a promise is given in working hours."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from threading import Lock
from zoneinfo import ZoneInfo

import holidays

_MOST_DAYS = 3_660
"""A search for working time gives up after ten years: then there is none."""


class NoWorkingTimeError(ValueError):
    """The calendar has no working time to count in."""

    def __init__(self) -> None:
        super().__init__("工作日历中没有工作时间，请检查工作时段与休息日的设置")


class WorkingCalendar:
    """The department's working hours on the working days of its country.

    China's public holidays and make-up working days are those that the State Council has announced (from the package
    `holidays`); for years not announced yet the holidays are foreseen and the make-up days missing. ``days_off`` and
    ``workdays`` correct single days.

    Args:
        zone: the hours are local times of it.
        hours: stretches of a day, in order, without overlap.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        hours: tuple[tuple[time, time], ...],
        *,
        country: str = "CN",
        days_off: Collection[date] = (),
        workdays: Collection[date] = (),
    ) -> None:
        ends = [moment for stretch in hours for moment in stretch]
        if ends != sorted(ends) or len(set(ends)) != len(ends):
            raise ValueError("working hours must be in order and must not overlap")
        self._zone = zone
        self._hours = hours
        self._holidays = holidays.country_holidays(country)
        self._days_off = frozenset(days_off)
        self._workdays = frozenset(workdays)
        # The package fills in a year at its first question, which two threads must not ask at once.
        self._lock = Lock()
        self._is_working_day = lru_cache(maxsize=_MOST_DAYS)(self._look_up)
        self._hours_of = lru_cache(maxsize=_MOST_DAYS)(self._place_hours)

    def is_working_day(self, day: date) -> bool:
        return self._is_working_day(day)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments; none where ``end`` is not after ``start``."""
        total = timedelta()
        for low, high in self._stretches(start):
            if low >= end:
                break
            total += min(high, end) - low
        return total

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The moment at which ``amount`` of working time has passed since ``start``, in the zone of the calendar.

        Raises:
            NoWorkingTimeError: there is none within ten years.
        """
        if amount <= timedelta():
            return start.astimezone(self._zone)
        for low, high in self._stretches(start):
            if high - low >= amount:
                return (low + amount).astimezone(self._zone)
            amount -= high - low
        raise NoWorkingTimeError

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time from ``start`` on, in UTC, so that a length is one of real time whatever the zone does."""
        begin = start.astimezone(UTC)
        day = start.astimezone(self._zone).date()
        for offset in range(_MOST_DAYS):
            for low, high in self._hours_of(day + timedelta(days=offset)):
                if high > begin:
                    yield max(low, begin), high

    def _place_hours(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working hours of a day, in UTC; none on a day off."""
        if not self.is_working_day(day):
            return ()
        return tuple(
            (
                datetime.combine(day, opening, self._zone).astimezone(UTC),
                datetime.combine(day, closing, self._zone).astimezone(UTC),
            )
            for opening, closing in self._hours
        )

    def _look_up(self, day: date) -> bool:
        if day in self._days_off:
            return False
        with self._lock:
            return day in self._workdays or self._holidays.is_working_day(day)
