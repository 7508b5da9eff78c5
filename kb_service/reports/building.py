"""Figures put together to a report: the whole, its parts, its course, and the period before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from kb_service.reports.columns import Columns
from kb_service.reports.figures import Stretch, build_figures, count_open, count_volume
from kb_service.reports.metrics import METRICS, build_definitions
from kb_service.reports.models import (
    Change,
    ChannelVolume,
    Comparison,
    Figures,
    GroupFigures,
    KindVolume,
    KnowledgeFigures,
    Report,
    TrendPoint,
)
from kb_service.reports.periods import Period
from kb_service.tickets.lifecycle import TicketKind, TicketState
from kb_service.tickets.wording import KIND_NAMES


def build_report(period: Period, facts: Columns, work: Columns, knowledge: KnowledgeFigures, now: datetime) -> Report:
    """``facts`` and ``work`` reach from the start of the period before to the end of this one."""
    stretch = Stretch.between(period.start, period.end, now)
    figures = build_figures(facts, work, stretch)
    return Report(
        period=period.name,
        title=period.title,
        time_zone=period.zone.key,
        starts_at=period.start,
        ends_at=period.end,
        generated_at=now.astimezone(period.zone),
        complete=period.end <= now,
        figures=figures,
        knowledge=knowledge,
        comparison=_compare(figures, period.previous(), facts, work, now),
        by_kind=[
            KindVolume(kind=kind, name=KIND_NAMES[kind], volume=count_volume(facts.with_text("kind", kind), stretch))
            for kind in TicketKind
        ],
        by_channel=[
            ChannelVolume(channel=channel, volume=volume)
            for channel in facts.values["channel"]
            if channel is not None
            and any((volume := count_volume(facts.with_text("channel", channel), stretch)).model_dump().values())
        ],
        by_assignee=list(_iter_groups(facts, "assignee", work, "person", stretch)),
        by_product=list(_iter_groups(facts, "product", work, "product", stretch)),
        by_category=list(_iter_groups(facts, "category", work, "category", stretch)),
        trend_unit="day" if period.months == 1 else "week",
        trend=list(_iter_trend(period, facts, work, now)),
        definitions=list(build_definitions()),
    )


def _iter_groups(
    facts: Columns, fact_column: str, work: Columns, work_column: str, stretch: Stretch
) -> Iterator[GroupFigures]:
    """In the order of their names, those without one last; left out are those that nothing happened to."""
    keys = {*facts.values[fact_column], *work.values[work_column]}
    for key in sorted(keys, key=lambda one: (one is None, one)):
        figures = build_figures(facts.with_text(fact_column, key), work.with_text(work_column, key), stretch)
        if _tells_anything(figures):
            yield GroupFigures(key=key, figures=figures)


def _tells_anything(figures: Figures) -> bool:
    counts = (*figures.volume.model_dump().values(), figures.work.minutes_worked, figures.satisfaction.count)
    return any(counts)


def _compare(figures: Figures, previous: Period, facts: Columns, work: Columns, now: datetime) -> Comparison:
    before = build_figures(facts, work, Stretch.between(previous.start, previous.end, now))
    changes = []
    for metric in METRICS:
        current, then = metric.read(figures), metric.read(before)
        difference = None if current is None or then is None else current - then
        changes.append(
            Change(name=metric.name, title=metric.title, current=current, previous=then, difference=difference)
        )
    return Comparison(period=previous.name, figures=before, changes=changes)


def _iter_trend(period: Period, facts: Columns, work: Columns, now: datetime) -> Iterator[TrendPoint]:
    closed = facts.is_text("end_state", TicketState.CLOSED)
    for low, high in period.iter_stretches():
        if low > now:
            return
        stretch = Stretch.between(low, high, now)
        yield TrendPoint(
            first_day=low.date(),
            last_day=high.date() - timedelta(days=1),
            created=int(np.count_nonzero(stretch.holds(facts["opened_epoch"]) & (facts["opening"] == 1))),
            resolved=int(np.count_nonzero(stretch.holds(facts["resolution_epoch"]))),
            closed=int(np.count_nonzero(stretch.holds(facts["ended_epoch"]) & closed)),
            open_at_end=count_open(facts, stretch.end),
            minutes_worked=int(work["minutes"][stretch.holds(work["worked_epoch"])].sum()),
        )
