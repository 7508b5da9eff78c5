"""What is promised to whom: targets by contract, kind and priority, and the working hours they count in."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kb_service.errors import explain_first
from kb_service.settings_file import read_settings_file
from kb_service.tickets.calendar import WorkingCalendar
from kb_service.tickets.clocks import SLATarget
from kb_service.tickets.errors import ServiceLevelsError
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.models import Priority

AT_ONCE = timedelta(minutes=15)
"""How long "at once" may take: the time within which the rules want a request recorded."""

_LONGEST = timedelta(days=365)

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(工作小时|工作日|小时|分钟|天)")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})")


class _Level(BaseModel):
    """One promise as the file has it; what is not named holds for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: TicketKind | None = None
    priority: Priority | None = None
    contract: str | None = None
    response: str | None = None
    proposal: str | None = None
    resolution: str | None = None

    @field_validator("response", "proposal", "resolution")
    @classmethod
    def _is_duration(cls, text: str | None) -> str | None:
        if text is not None and text.strip() != "立即" and not _DURATION.fullmatch(text.strip()):
            raise ValueError(f"看不懂时限“{text}”。可写：立即、30 分钟、2 工作小时、48 小时、5 工作日、3 天")
        return text

    def applies_to(self, kind: TicketKind, priority: str | None, contract: str | None) -> bool:
        return self.kind in (None, kind) and self.priority in (None, priority) and self.contract in (None, contract)

    @property
    def weight(self) -> int:
        """The more particular, the heavier; a contract outweighs the rest."""
        return 4 * (self.contract is not None) + 2 * (self.priority is not None) + (self.kind is not None)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    working_hours: list[str] = ["8:30-12:00", "13:30-18:00"]
    days_off: list[date] = []
    workdays: list[date] = []
    levels: list[_Level] = Field(default=[])


_DEFAULTS = (
    _Level(response="2 工作小时", resolution="48 小时"),
    _Level(priority="P1", response="立即"),
    _Level(kind=TicketKind.PRESALES_REQUEST, proposal="2 工作日", resolution="5 工作日"),
)
"""The department's targets where nothing else is agreed, counted from the creation."""


@dataclass(frozen=True)
class Target:
    """``text`` is how people say it."""

    text: str
    target: SLATarget


class ServiceLevels:
    """Targets of a ticket, and the calendar that they count in."""

    def __init__(
        self, calendar: WorkingCalendar, working_day: timedelta, levels: Sequence[_Level], fingerprint: str = ""
    ) -> None:
        self.calendar = calendar
        self.fingerprint = fingerprint
        """Changes with whatever changes a due moment; what was computed with another one is out of date."""
        self._working_day = working_day
        # Looked through from the end: the heaviest first, and of two alike the later line of the file.
        self._levels = sorted(levels, key=lambda level: level.weight)

    @classmethod
    def build(cls, zone: str, stated: Mapping[str, Any] | None = None) -> "ServiceLevels":
        """From what a file states, over the defaults.

        Raises:
            ServiceLevelsError: something in it cannot be used.
        """
        try:
            file = _File.model_validate(stated or {})
            hours = tuple(_read_hours(text) for text in file.working_hours)
            calendar = WorkingCalendar(ZoneInfo(zone), hours, days_off=file.days_off, workdays=file.workdays)
        except ValidationError as error:
            raise ServiceLevelsError(explain_first(error)) from None
        except KeyError as error:
            raise ServiceLevelsError(f"没有时区“{zone}”，请检查 KB_TIME_ZONE") from error
        except ValueError as error:
            raise ServiceLevelsError(f"working_hours：{error}") from error
        if not hours:
            raise ServiceLevelsError("working_hours：至少要有一段工作时间，如 8:30-12:00")
        working_day = sum((_length(stretch) for stretch in hours), timedelta())
        levels = cls(calendar, working_day, [*_DEFAULTS, *file.levels], _fingerprint(zone, file))
        for number, level in enumerate(file.levels):
            for name in ("response", "proposal", "resolution"):
                levels._check_length(f"levels.{number}.{name}", getattr(level, name))
        return levels

    @classmethod
    def load(cls, zone: str, path: Path | None) -> "ServiceLevels":
        """From a YAML file; without one, the defaults.

        Raises:
            ServiceLevelsError: the file cannot be read or used.
        """
        if path is None:
            return cls.build(zone)
        stated = read_settings_file(path, "KB_SERVICE_LEVELS", ServiceLevelsError)
        try:
            return cls.build(zone, stated)
        except ServiceLevelsError as error:
            raise ServiceLevelsError(f"{path}：{error.detail}") from error

    def response(self, kind: TicketKind, priority: str | None, contract: str | None) -> Target:
        return self._find("response", kind, priority, contract)

    def proposal(self, kind: TicketKind, priority: str | None, contract: str | None) -> Target:
        """Of a presales request; nobody else is promised one."""
        return self._find("proposal", kind, priority, contract)

    def resolution(self, kind: TicketKind, priority: str | None, contract: str | None) -> Target:
        return self._find("resolution", kind, priority, contract)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The moment at which so many working days' time has passed since ``start``."""
        return self.calendar.add(start, days * self._working_day)

    def _check_length(self, place: str, text: str | None) -> None:
        try:
            length = self._read(text).amount if text else timedelta()
        except OverflowError:
            length = timedelta.max
        if length > _LONGEST:
            raise ServiceLevelsError(f"{place}：时限“{text}”太长，最多 {_LONGEST.days} 天")

    def _find(self, name: str, kind: TicketKind, priority: str | None, contract: str | None) -> Target:
        text = next(
            text
            for level in reversed(self._levels)
            if level.applies_to(kind, priority, contract) and (text := getattr(level, name)) is not None
        )
        return Target(text, self._read(text))

    def _read(self, text: str) -> SLATarget:
        match = _DURATION.fullmatch(text.strip())
        if match is None:
            return SLATarget(AT_ONCE, in_working_time=False)
        amount, unit = float(match[1]), match[2]
        length = {
            "分钟": timedelta(minutes=1),
            "小时": timedelta(hours=1),
            "天": timedelta(days=1),
            "工作小时": timedelta(hours=1),
            "工作日": self._working_day,
        }[unit]
        return SLATarget(amount * length, in_working_time=unit.startswith("工作"))


def _fingerprint(zone: str, file: _File) -> str:
    stated = (zone, file.model_dump_json(), [level.model_dump_json() for level in _DEFAULTS], version("holidays"))
    return hashlib.sha256(repr(stated).encode()).hexdigest()[:16]


def _read_hours(text: str) -> tuple[time, time]:
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"看不懂“{text}”，应写成 8:30-12:00")
    first, second, third, fourth = (int(part) for part in match.groups())
    return time(first, second), time(third, fourth)


def _length(stretch: tuple[time, time]) -> timedelta:
    low, high = (datetime.combine(date.min, moment) for moment in stretch)
    return high - low
