"""The figures that are put side by side: of two periods, or of many people."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from kb_service.reports.models import Definition, Figures, KnowledgeFigures, Rate, TrendPoint, VolumeFigures


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


@cache
def build_definitions() -> tuple[Definition, ...]:
    """Name and meaning of every figure that a report shows, by its place in the report."""
    compared = [Definition(name=one.name, title=one.title, text=one.definition) for one in METRICS]
    known = {one.name for one in METRICS}
    others = [
        *_told(VolumeFigures, "volume"),
        *_told(KnowledgeFigures, "knowledge"),
        *_told(TrendPoint, "trend"),
    ]
    return (*compared, *(one for one in others if one.name not in known))


def _told(model: type[BaseModel], place: str) -> list[Definition]:
    """Fields described as 名称：口径."""
    definitions = []
    for name, field in model.model_fields.items():
        title, colon, _ = str(field.description).partition("：")
        value = ".value" if field.annotation is Rate else ""
        if colon:
            definitions.append(Definition(name=f"{place}.{name}{value}", title=title, text=str(field.description)))
    return definitions
