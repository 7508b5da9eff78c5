"""The suggestion contract. Clients depend on it: fields are added, never changed."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ingest.document import Kind
from kb_service.search.models import Citation, CitedRange
from kb_service.suggestions.outcomes import Outcome
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.models import NO_NUL, Body, Line, Name, Priority


class SuggestionRequest(BaseModel):
    """A ticket of another system, as it is at its creation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "报表打不开",
                    "description": "您好，今早应付账龄表一点开就报 PPR-9087，谢谢",
                    "product": "衡川ERP",
                    "external_id": "INC-20391",
                }
            ]
        },
    )

    title: Line
    description: Annotated[str, StringConstraints(max_length=100_000, pattern=NO_NUL)] = ""
    product: Name | None = Field(None, description="产品；同一产品的方案排在前面")
    category: Name | None = Field(None, description="已有的分类；没有时由 classification 建议")
    channel: Annotated[str, StringConstraints(max_length=32, pattern=NO_NUL)] | None = None
    external_id: Name | None = Field(None, description="对方系统的单号，原样返回")
    kind: TicketKind = TicketKind.INCIDENT
    priority: Priority | None = None
    limit: int = Field(5, ge=1, le=20, description="最多几条方案")


class TicketSuggestionRequest(BaseModel):
    """What to suggest for a ticket that is recorded here."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(5, ge=1, le=20, description="最多几条方案")


class UsedEdit(BaseModel):
    """A solution in the words in which somebody used it, having changed it."""

    text: str = Field(description="实际使用的办法；个人信息已遮盖")
    state: Outcome = Field(description="此后如何：confirmed 为客户已确认")
    actor: str
    at: datetime
    ticket_id: str | None
    external_id: str | None


class Evidence(BaseModel):
    """What speaks for a solution."""

    similar_symptom: str | None = Field(description="工单当时的、或知识文章所写的现象原文；其他方案为 null")
    times_adopted: int = Field(description="被采用的次数，重开的不算")
    times_rejected: int = Field(description="被否决、或采用后又重开的次数")
    success_rate: float | None = Field(description="采用与否决中成功的比例，以全体方案的比例为先验；没有记录时为 null")
    alike: float = Field(0.0, description="其中与本单现象相近的记录的权重之和：越大，成功率越是为这类问题而言")
    edits: list[UsedEdit] = Field(
        default=[], description="改后采用、至今未失败的办法，客户确认过的在前，其次新的；最多三条"
    )


class Solution(BaseModel):
    rank: int = Field(description="从 1 开始")
    source: Kind = Field(description="ticket、faq 或 manual")
    document_id: str
    title: str
    solution: str = Field(description="解决办法原文")
    citation: Citation
    score: float
    evidence: Evidence


class Rule(BaseModel):
    """An obligation that the ticket triggers now."""

    name: str = Field(examples=["首次响应时限"])
    citation: CitedRange
    text: str = Field(description="条款原文")
    why: str = Field(description="为何现在适用")
    also: list[CitedRange] = Field(default=[], description="其他制度中的同一规定")


class TicketRules(BaseModel):
    ticket_id: str
    rules: list[Rule] = Field(description="按工单此刻的状态；先做的在前")


class CategoryVote(BaseModel):
    category: str
    confidence: float = Field(description="0 到 1：对这一分类的把握，按相近工单的分类与名称的相近程度估计")


class Classification(BaseModel):
    category: str | None
    priority: str | None
    group: str | None = Field(description="一线或二线")
    confidence: float = Field(description="0 到 1：对 category 的把握")
    categories: list[CategoryVote] = Field(description="至多三个可选的分类，把握大的在前；第一个就是 category")


class DuplicateTicket(BaseModel):
    """An open ticket, here (``ticket_id``) or in the asking system (``external_id``)."""

    ticket_id: str | None
    external_id: str | None
    title: str
    state: str | None = Field(description="其他系统的工单为 null")
    similarity: float = Field(description="0 到 1")
    created_at: datetime


class Suggestion(BaseModel):
    suggestion_id: str
    ticket_id: str | None = None
    external_id: str | None = None
    answered: bool = Field(
        description="知识库里是否有讲这类事的内容，不表示其中必有解决办法；为 false 时 solutions 只是最接近的"
    )
    confidence: float
    query: str = Field(description="由工单提炼出的检索文本：寒暄、签名、引用的邮件和冗长日志已略去")
    solutions: list[Solution]
    rules: list[Rule]
    classification: Classification
    duplicates: list[DuplicateTicket] = Field(description="现在未关闭的、看来同因的工单")
    took_ms: float


class FeedbackRequest(BaseModel):
    """What became of one suggested solution."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"document_id": "TK-2026-2003", "outcome": "adopted", "actor": "工程师老周"}]},
    )

    document_id: Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=NO_NUL)]
    outcome: Literal[
        Outcome.OPENED,
        Outcome.ADOPTED,
        Outcome.EDITED,
        Outcome.REJECTED,
        Outcome.RESOLVED_WITH,
        Outcome.CONFIRMED,
        Outcome.REOPENED,
    ]
    actor: Name
    reason: Body | None = Field(None, description="否决时必填")
    text: Body | None = Field(None, description="edited 时必填：实际使用的办法")


class OutcomeItem(BaseModel):
    document_id: str
    rank: int
    outcome: Outcome
    actor: str
    at: datetime
    reason: str | None
    text: str | None


class SolutionStanding(BaseModel):
    """Where a suggested solution stands."""

    document_id: str
    rank: int
    title: str
    state: Outcome
    possible: list[Outcome] = Field(description="此后还可以反馈什么")


class KeptSolution(SolutionStanding):
    """A solution that was suggested, in the words of then, with what speaks for it now."""

    source: Kind
    solution: str | None = Field(description="当时给出的原文；文档已改或已撤下时为 null")
    citation: Citation | None = Field(description="solution 为 null 时也为 null")
    evidence: Evidence = Field(description="此刻的依据")


class KeptSuggestion(BaseModel):
    """A suggestion for a ticket, with what became of it."""

    suggestion_id: str
    at: datetime
    current: bool = Field(description="此后工单的文字与产品是否未变、原文是否仍可引用；为 false 时宜重新推荐")
    answered: bool
    confidence: float
    query: str
    classification: Classification | None
    solutions: list[KeptSolution]
    outcomes: list[OutcomeItem] = Field(description="全部反馈，只增不改")


class TicketSuggestions(BaseModel):
    ticket_id: str
    suggestions: list[KeptSuggestion] = Field(description="最新的在前")
    duplicates: list[DuplicateTicket] = Field(description="此刻未关闭的、看来同因的工单")


class SuggestionRecord(BaseModel):
    """A suggestion as the ledger has it."""

    suggestion_id: str
    ticket_id: str | None
    external_id: str | None
    at: datetime
    answered: bool
    query: str
    solutions: list[SolutionStanding]
    outcomes: list[OutcomeItem] = Field(description="全部反馈，只增不改")
