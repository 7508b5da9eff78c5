"""The figures that are put side by side: of two periods, or of many people."""

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from kb_service.reports.models import Figures


class Unit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    SCORE = "score"


@dataclass(frozen=True)
class Metric:
    """``name`` is its place in `Figures`, like ``response.within_target.value``."""

    name: str
    title: str
    unit: Unit = Unit.COUNT

    def read(self, figures: Figures) -> float | None:
        value: float | None = attrgetter(self.name)(figures)
        return value

    @property
    def definition(self) -> str:
        """What is counted, as the contract says it: of a rate's value, what is said of the rate."""
        model: Any = Figures
        for part in self.name.removesuffix(".value").split("."):
            field = model.model_fields[part]
            model = field.annotation
        return str(field.description)


METRICS = (
    Metric("volume.created", "新建工单"),
    Metric("volume.reopened", "重开次数"),
    Metric("volume.closed", "关闭次数"),
    Metric("volume.cancelled", "取消与驳回"),
    Metric("volume.open_at_end", "期末在办"),
    Metric("response.count", "响应次数"),
    Metric("response.within_target.value", "响应达标率", Unit.SHARE),
    Metric("response.median_working_seconds", "响应用时中位数", Unit.SECONDS),
    Metric("response.p90_working_seconds", "响应用时九成位", Unit.SECONDS),
    Metric("response.overdue", "逾期未响应"),
    Metric("resolution.count", "解决工单"),
    Metric("resolution.within_target.value", "解决达标率", Unit.SHARE),
    Metric("resolution.median_working_seconds", "解决用时中位数", Unit.SECONDS),
    Metric("resolution.p90_working_seconds", "解决用时九成位", Unit.SECONDS),
    Metric("resolution.overdue", "逾期未解决"),
    Metric("resolution_rate.value", "解决率", Unit.SHARE),
    Metric("reopening_rate.value", "重开率", Unit.SHARE),
    Metric("escalation_rate.value", "升级率", Unit.SHARE),
    Metric("satisfaction.count", "评价数"),
    Metric("satisfaction.mean", "满意度平均分", Unit.SCORE),
    Metric("work.minutes_worked", "工时（分钟）"),
)
