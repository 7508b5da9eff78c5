"""The report contract. Clients depend on it: fields and sections are added, never changed.

A figure without anything to count is null, not 0: no tickets solved is not a rate of 0.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from kb_service.tickets.lifecycle import TicketKind


class Rate(BaseModel):
    """A share of things that were counted; both counts are told with it."""

    numerator: int = Field(description="分子")
    denominator: int = Field(description="分母")
    value: float | None = Field(description="分子÷分母，0 到 1；分母为 0 时为 null")

    @classmethod
    def of(cls, numerator: int, denominator: int) -> "Rate":
        value = numerator / denominator if denominator else None
        return cls(numerator=numerator, denominator=denominator, value=value)


class VolumeFigures(BaseModel):
    """Openings of tickets. Open at the end = open at the start + created + reopened - closed - cancelled."""

    open_at_start: int = Field(description="期初在办：期初已登记或重开、尚未结束的工单")
    created: int = Field(description="新建：期内登记的工单")
    reopened: int = Field(description="重开：期内重新打开的次数")
    closed: int = Field(description="关闭：期内关闭的次数；关闭后重开又关闭的计两次")
    cancelled: int = Field(description="取消：期内取消或审批驳回的工单")
    open_at_end: int = Field(description="期末在办：期初在办＋新建＋重开－关闭－取消；本期未完时为此刻在办")


class PromiseFigures(BaseModel):
    """Promises that were fulfilled in the period, late or not; and those that fell due without being fulfilled."""

    count: int = Field(description="期内履行的次数：首次响应（重开后重新计），或解决（客户说未解决的不算）")
    within_target: Rate = Field(description="达标率：分子为时限内履行的，分母为期内履行的；按履行当时优先级的时限判断")
    overdue: int = Field(description="逾期未履行：时限在期内到期，而到期末（未完时为此刻）仍未响应或解决的")
    median_working_seconds: float | None = Field(
        description="用时中位数，单位秒，只计工作时间；解决用时不计等待客户的时间；没有履行的为 null"
    )
    p90_working_seconds: float | None = Field(description="用时的九成位：九成的用时不超过它（最近序位法），单位秒")
    median_target_share: float | None = Field(
        description="用时与时限之比的中位数，1 为恰在时限；用时按该时限的口径（工作时限只计工作时间，其余按自然时间）"
    )
    p90_target_share: float | None = Field(description="用时与时限之比的九成位（最近序位法）")


class SatisfactionFigures(BaseModel):
    count: int = Field(description="期内作出的评价数；同一次关闭后再次评价的，以最后一次为准")
    mean: float | None = Field(description="平均分：评分之和÷评价数，1 到 5；没有评价时为 null")
    distribution: dict[str, int] = Field(description="1 到 5 分各有几次")


class WorkFigures(BaseModel):
    minutes_worked: int = Field(description="工时：期内各步骤所记的分钟数之和")
    tickets: int = Field(description="期内记有工时的工单数")


class Figures(BaseModel):
    volume: VolumeFigures = Field(description="工单数量")
    response: PromiseFigures = Field(description="响应：工程师本人第一次联系客户，计入响应的那一期")
    resolution: PromiseFigures = Field(description="解决：给出解决办法（售前为方案），计入解决的那一期")
    resolution_rate: Rate = Field(
        description="解决率：分母为期内新建或重开、到期末未取消的，分子为其中到期末（未完时为此刻）已解决的"
    )
    reopening_rate: Rate = Field(
        description="重开率：分母为期内的关闭次数，分子为其中后来又重开的；关闭满 7 天后不再变"
    )
    escalation_rate: Rate = Field(description="升级率：分母为期内解决的，分子为其中曾升级到二线或三线的")
    satisfaction: SatisfactionFigures = Field(description="满意度，计入评价的那一期")
    work: WorkFigures = Field(description="工时，计入记录的那一期")


class KnowledgeFigures(BaseModel):
    """How knowledge was used."""

    suggestions: int = Field(description="推荐次数：期内为工单推荐方案的次数")
    answered: Rate = Field(description="有方案率：分母为期内的推荐次数，分子为其中有可用方案的")
    adopted: Rate = Field(description="采用率：分母为期内推荐过的工单，分子为其中至少有一条方案至今在用的")
    held: Rate = Field(description="采用有效率：分母为期内采用的方案被客户确认与被重开的次数之和，分子为被确认的")
    rejected: int = Field(description="否决：期内否决方案的次数")
    articles_published: int = Field(description="发布：期内发布知识文章的次数，修订也算")
    articles_reused: int = Field(description="复用：期内把知识文章关联到工单的次数")
    searches: int = Field(description="检索次数：期内经接口的检索")
    unanswered: Rate = Field(description="无答案率：分母为期内的检索次数，分子为其中没有可用内容的")


class GroupFigures(BaseModel):
    """``key`` is a person, a product, a category; tickets without one have null."""

    key: str | None = Field(description="人员、产品或类别；未填的为 null")
    figures: Figures


class KindVolume(BaseModel):
    kind: TicketKind = Field(description="工单类型")
    name: str = Field("", description="类型的名称")
    volume: VolumeFigures


class ChannelVolume(BaseModel):
    channel: str = Field(description="受理渠道")
    volume: VolumeFigures


class TrendPoint(BaseModel):
    """A day of a month or a week of a quarter."""

    first_day: date = Field(description="这一天，或这一周在期内的第一天")
    last_day: date = Field(description="这一天，或这一周在期内的最后一天")
    created: int = Field(description="新建：当天或当周登记的工单")
    resolved: int = Field(description="解决：当天或当周解决的次数，客户说未解决的不算")
    closed: int = Field(description="关闭：当天或当周关闭的次数")
    open_at_end: int = Field(description="结束时在办：当天或当周结束时（未完时为此刻）的在办数")
    minutes_worked: int = Field(description="工时：当天或当周各步骤所记的分钟数之和")


class Change(BaseModel):
    """A figure beside that of the period before."""

    name: str = Field(description="指标在 figures 中的位置，如 response.within_target.value")
    title: str = Field(description="指标名称")
    current: float | None = Field(description="本期；没有可计的为 null")
    previous: float | None = Field(description="上期；没有可计的为 null")
    difference: float | None = Field(description="本期减上期；任一为 null 时为 null")


class Comparison(BaseModel):
    period: str = Field(description="上一报告期", examples=["2026-10"])
    figures: Figures = Field(description="上期的全部数字，口径相同")
    changes: list[Change] = Field(description="主要指标与上期之差；本期未完时，数量类指标不宜直接比较")


class Definition(BaseModel):
    name: str = Field(description="数字在报告中的位置；全部门、按人员等各处的 figures 从其内写起")
    title: str = Field(description="名称")
    text: str = Field(description="口径：分子、分母、计入哪一期")


class Report(BaseModel):
    """A month or a quarter of the department."""

    period: str = Field(description="报告期：2026-11 或 2026-Q4", examples=["2026-11"])
    title: str = Field(examples=["2026年11月"])
    time_zone: str = Field(description="日历所在的时区", examples=["Asia/Shanghai"])
    starts_at: datetime = Field(description="期初，含")
    ends_at: datetime = Field(description="期末，不含")
    generated_at: datetime = Field(description="统计的时刻")
    complete: bool = Field(description="报告期是否已经结束；未结束时数字截至 generated_at")
    figures: Figures = Field(description="全部门")
    knowledge: KnowledgeFigures = Field(description="知识的使用")
    comparison: Comparison = Field(description="与上一报告期比较")
    by_kind: list[KindVolume] = Field(description="按类型的数量")
    by_channel: list[ChannelVolume] = Field(description="按渠道的数量")
    by_assignee: list[GroupFigures] = Field(
        description="按人员：工单归当次处理最后的负责人，工时归记录它的操作人；人员名不同的各列一行"
    )
    by_product: list[GroupFigures] = Field(description="按产品")
    by_category: list[GroupFigures] = Field(description="按类别")
    trend_unit: Literal["day", "week"] = Field(description="月报按天，季报按周（周一至周日，在期的两端截断）")
    trend: list[TrendPoint] = Field(description="走势；尚未开始的天或周不列")
    definitions: list[Definition] = Field(default=[], description="各数字的名称与口径")
