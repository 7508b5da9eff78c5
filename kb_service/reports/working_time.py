"""Who worked how long on which tickets on which day, as a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from kb_service.reports.paper import Paper
from kb_service.reports.periods import Period
from kb_service.tickets.presenting import ID_PREFIX

_HEADER = ("人员", "日期", "工单数", "分钟", "小时", "工单")
_WIDTHS_CM = (2.6, 2.6, 1.6, 1.6, 1.6, 6.6)


@dataclass(frozen=True)
class WorkedDay:
    """``ticket_keys`` in their order, each once; ``day`` is that of the zone."""

    person: str
    day: date
    ticket_keys: tuple[int, ...]
    minutes: int


def sum_worked_days(work: Iterable[Sequence[Any]], zone: ZoneInfo) -> list[WorkedDay]:
    """Of rows like those of `FactRepository.load_work`; by person, then by day."""
    days: dict[tuple[str, date], tuple[set[int], int]] = {}
    for person, _, _, ticket_key, _, worked, minutes in work:
        place = (person, datetime.fromtimestamp(worked, zone).date())
        keys, total = days.get(place, (set(), 0))
        days[place] = (keys | {ticket_key}, total + minutes)
    return [
        WorkedDay(person, day, tuple(sorted(keys)), minutes) for (person, day), (keys, minutes) in sorted(days.items())
    ]


def build_working_time_document(period: Period, days: Sequence[WorkedDay], now: datetime) -> bytes:
    """The file's bytes."""
    paper = Paper(f"{period.title}工时记录")
    paper.add_text(f"制表时刻：{now.astimezone(period.zone):%Y-%m-%d %H:%M}（{period.zone.key}）")
    if period.end > now:
        paper.add_text("报告期未结束，工时截至制表时刻。")
    rows: list[tuple[str, ...]] = []
    totals: list[int] = []
    for person, worked in groupby(days, key=lambda one: one.person):
        mine = list(worked)
        rows += [(person, f"{one.day:%Y-%m-%d}", *_counts(one.ticket_keys, one.minutes), _ids(one)) for one in mine]
        totals.append(len(rows))
        rows.append((person, "小计", *_sum(mine), ""))
    totals.append(len(rows))
    rows.append(("合计", "", *_sum(days), ""))
    paper.add_table(_HEADER, rows, _WIDTHS_CM, bold_rows=totals)
    return paper.to_bytes()


def _sum(days: Sequence[WorkedDay]) -> tuple[str, str, str]:
    return _counts({key for one in days for key in one.ticket_keys}, sum(one.minutes for one in days))


def _counts(ticket_keys: Iterable[int], minutes: int) -> tuple[str, str, str]:
    return str(len(set(ticket_keys))), str(minutes), f"{minutes / 60:.1f}"


def _ids(day: WorkedDay) -> str:
    return "、".join(f"{ID_PREFIX}{key}" for key in day.ticket_keys)
