"""Calendar months and quarters, in the time zone of the service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kb_service.reports.errors import FuturePeriodError, PeriodError

_PERIOD = re.compile(r"([0-9]{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
_FIRST_YEAR = 1970


@dataclass(frozen=True)
class Period:
    """``months`` is 1 or 3. Days of ``zone`` begin at its midnight."""

    first_day: date
    months: Literal[1, 3]
    zone: ZoneInfo

    @property
    def name(self) -> str:
        day = self.first_day
        return f"{day:%Y-%m}" if self.months == 1 else f"{day.year:04}-Q{(day.month + 2) // 3}"

    @property
    def title(self) -> str:
        """As people write it: 2026年11月, 2026年第四季度."""
        day = self.first_day
        return f"{day.year}年{day.month}月" if self.months == 1 else f"{day.year}年第{'一二三四'[day.month // 3]}季度"

    @property
    def start(self) -> datetime:
        return self._midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self._midnight(_add_months(self.first_day, self.months))

    def previous(self) -> "Period":
        return Period(_add_months(self.first_day, -self.months), self.months, self.zone)

    def iter_stretches(self) -> Iterator[tuple[datetime, datetime]]:
        """The days of a month; the weeks, from Monday to Sunday, of a quarter, cut off at its ends."""
        low, end = self.first_day, _add_months(self.first_day, self.months)
        while low < end:
            length = 1 if self.months == 1 else 7 - low.weekday()
            high = min(low + timedelta(days=length), end)
            yield self._midnight(low), self._midnight(high)
            low = high

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def read_period(text: str, zone: ZoneInfo, now: datetime) -> Period:
    """
    Raises:
        PeriodError: ``text`` is neither a month like 2026-11 nor a quarter like 2026-Q4.
        FuturePeriodError: it begins after ``now``.
    """
    match = _PERIOD.fullmatch(text)
    if match is None or int(match[1]) < _FIRST_YEAR:
        raise PeriodError(text)
    month = int(match[2]) if match[2] else 3 * int(match[3]) - 2
    period = Period(date(int(match[1]), month, 1), 1 if match[2] else 3, zone)
    if period.first_day > now.astimezone(zone).date():
        raise FuturePeriodError(text, f"{period.first_day:%Y-%m-%d}")
    return period


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
