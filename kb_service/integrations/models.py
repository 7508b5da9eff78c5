"""What the integrations' routes answer."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field


class Outcome(StrEnum):
    CREATED = "created"
    APPLIED = "applied"
    COMMENTED = "commented"
    PASSED_OVER = "passed_over"


class WebhookAnswer(BaseModel):
    ticket_id: str | None = Field(description="本系统的工单编号；还没有对应的工单时为 null")
    outcome: Outcome = Field(description="created 新建、applied 流转、commented 只记备注、passed_over 未改动")
    reason: str | None = Field(description="为何只记备注或未改动")


class DeadLetter(BaseModel):
    """An event that its subscriber did not take, however often it was sent."""

    id: int
    subscription: str
    webhook_id: str
    ticket_id: str
    type: str = Field(examples=["ticket.assigned"])
    at: datetime = Field(description="事件发生的时刻")
    attempts: int
    last_error: str | None


class DeadLetterPage(BaseModel):
    dead_letters: list[DeadLetter]
    next_cursor: int | None
