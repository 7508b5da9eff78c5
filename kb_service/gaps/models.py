"""The contract of knowledge gaps. Clients depend on it: fields are added, never changed."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from kb_service.tickets.models import Body, Line, Name


class GapState(StrEnum):
    OPEN = "open"
    DRAFTED = "drafted"
    DISMISSED = "dismissed"


class Gap(BaseModel):
    """Searches that ask for the same thing and found no answer."""

    gap_id: str
    state: GapState
    count: int = Field(description="检索次数")
    examples: list[str] = Field(description="不同的问法，问得多的在前；个人信息已遮盖")
    terms: list[str] = Field(description="最多的问法里有的词")
    first_seen_at: datetime
    last_seen_at: datetime
    best_confidence: float = Field(description="其中最接近有答案的一次，0 到 1")
    article_id: str | None = Field(description="为它起草的文章")
    reason: str | None = Field(description="忽略的理由")
    decided_by: str | None


class GapList(BaseModel):
    gaps: list[Gap] = Field(description="问得多的在前")


class UnwrittenTickets(BaseModel):
    """Solved tickets of one product and category that no article came from or was used for."""

    product: str | None
    category: str | None
    count: int
    ticket_ids: list[str] = Field(description="最近的几张")


class UnwrittenTicketList(BaseModel):
    groups: list[UnwrittenTickets] = Field(description="多的在前")


class GapDraftRequest(BaseModel):
    """Who writes; the title and the symptom come from the searches where they are not given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"actor": "工程师甲"}]})

    actor: Name = Field(description="作者")
    title: Line | None = None
    symptom: Body | None = None
    solution: Body | None = None
    product: Name | None = None
    category: Name | None = None


class GapDismissal(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"actor": "组长", "reason": "与技术支持无关"}]}
    )

    actor: Name = Field(description="操作人")
    reason: Body
