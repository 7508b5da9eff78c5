"""Columns -> the figures of a stretch of time. What each one counts is said in `kb_service.reports.models`."""

from dataclasses import dataclass
from datetime import datetime
from math import floor

import numpy as np

from kb_service.reports.columns import Columns, Mask, Numbers
from kb_service.reports.models import (
    Figures,
    PromiseFigures,
    Rate,
    SatisfactionFigures,
    VolumeFigures,
    WorkFigures,
)
from kb_service.tickets.lifecycle import TicketState

_SCORES = range(1, 6)


@dataclass(frozen=True)
class Stretch:
    """Seconds since 1970, from ``start`` to before ``end``; up to the present second, where that comes first."""

    start: float
    end: float

    @classmethod
    def between(cls, start: datetime, end: datetime, now: datetime) -> "Stretch":
        return cls(start.timestamp(), min(end.timestamp(), floor(now.timestamp()) + 1))

    def holds(self, moments: Numbers) -> Mask:
        return (moments >= self.start) & (moments < self.end)


def build_figures(facts: Columns, work: Columns, stretch: Stretch) -> Figures:
    volume = count_volume(facts, stretch)
    resolved = stretch.holds(facts["resolution_epoch"])
    closed = stretch.holds(facts["ended_epoch"]) & facts.is_text("end_state", TicketState.CLOSED)
    worked = stretch.holds(work["worked_epoch"])
    return Figures(
        volume=volume,
        response=_promise(facts, "response", stretch),
        resolution=_promise(facts, "resolution", stretch),
        resolution_rate=_resolution_rate(facts, stretch),
        reopening_rate=_rate(closed & (facts["came_back"] == 1), closed),
        escalation_rate=_rate(resolved & (facts["escalated"] == 1), resolved),
        satisfaction=_satisfaction(facts["satisfaction"][stretch.holds(facts["rated_epoch"])]),
        work=WorkFigures(
            minutes_worked=int(work["minutes"][worked].sum()), tickets=len(np.unique(work["ticket_key"][worked]))
        ),
    )


def count_volume(facts: Columns, stretch: Stretch) -> VolumeFigures:
    opened = stretch.holds(facts["opened_epoch"])
    ended = stretch.holds(facts["ended_epoch"])
    closed = facts.is_text("end_state", TicketState.CLOSED)
    first = facts["opening"] == 1
    return VolumeFigures(
        open_at_start=count_open(facts, stretch.start),
        created=_count(opened & first),
        reopened=_count(opened & ~first),
        closed=_count(ended & closed),
        cancelled=_count(ended & ~closed),
        open_at_end=count_open(facts, stretch.end),
    )


def count_open(facts: Columns, moment: float) -> int:
    """Opened before ``moment``, and not ended before it."""
    return _count((facts["opened_epoch"] < moment) & ~(facts["ended_epoch"] < moment))


def _promise(facts: Columns, name: str, stretch: Stretch) -> PromiseFigures:
    fulfilled_at = facts[f"{name}_epoch"]
    fulfilled = stretch.holds(fulfilled_at)
    working = facts[f"{name}_working_seconds"][fulfilled]
    shares = facts[f"{name}_used_seconds"][fulfilled] / facts[f"{name}_target_seconds"][fulfilled]
    median_working, p90_working = _quantiles(working)
    median_share, p90_share = _quantiles(shares)
    return PromiseFigures(
        count=_count(fulfilled),
        within_target=_rate(fulfilled & (facts[f"{name}_met"] == 1), fulfilled),
        overdue=_count(stretch.holds(facts[f"{name}_due_epoch"]) & ~(fulfilled_at < stretch.end)),
        median_working_seconds=median_working,
        p90_working_seconds=p90_working,
        median_target_share=median_share,
        p90_target_share=p90_share,
    )


def _resolution_rate(facts: Columns, stretch: Stretch) -> Rate:
    given_up = (facts["ended_epoch"] < stretch.end) & ~facts.is_text("end_state", TicketState.CLOSED)
    counted = stretch.holds(facts["opened_epoch"]) & ~given_up
    return _rate(counted & (facts["resolution_epoch"] < stretch.end), counted)


def _satisfaction(scores: Numbers) -> SatisfactionFigures:
    return SatisfactionFigures(
        count=len(scores),
        mean=float(scores.mean()) if len(scores) else None,
        distribution={str(score): _count(scores == score) for score in _SCORES},
    )


def _rate(part: Mask, whole: Mask) -> Rate:
    return Rate.of(_count(part), _count(whole))


def _quantiles(values: Numbers) -> tuple[float | None, float | None]:
    """The median, and the smallest value that nine tenths of all do not exceed (nearest rank)."""
    if not len(values):
        return None, None
    ordered = np.sort(values)
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return float(middle.mean()), float(ordered[-(-len(ordered) * 9 // 10) - 1])


def _count(mask: Mask) -> int:
    return int(np.count_nonzero(mask))
