"""The ticket contract. Clients depend on it: fields are added, never changed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kb_service.tickets.clocks import ClockState
from kb_service.tickets.follow_ups import FollowUpKind
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState
from kb_service.tickets.linking import Relation
from kb_service.tickets.tables import LONGEST_NAME

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no U+0000."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000, pattern=NO_NUL)]
Priority = Literal["P1", "P2", "P3", "P4"]


class Origin(BaseModel):
    """The foreign ticket that a ticket was taken over from: a system's name here, and its own number there."""

    model_config = ConfigDict(frozen=True)

    source: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]
    external_id: Name


class TicketRequest(BaseModel):
    """A request for help as it comes in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"title": "打印凭证提示找不到模板", "customer": "财务部", "channel": "电话", "actor": "客服小林"}
            ]
        },
    )

    kind: TicketKind = TicketKind.INCIDENT
    title: Line
    description: Annotated[str, StringConstraints(max_length=100_000, pattern=NO_NUL)] = ""
    customer: Name
    channel: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=NO_NUL)] = (
        Field(description="电话、邮件、在线…")
    )
    product: Name | None = None
    contract: Name | None = Field(None, description="服务合同；有约定时按其时限")
    actor: Name = Field(description="登记人")


class ActionRequest(BaseModel):
    """One step of the workflow. Which fields an action takes is told by ``/v1/tickets/workflow``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"action": "triage", "sequence": 1, "actor": "客服小林", "priority": "P3", "category": "打印"}]
        },
    )

    action: Action
    sequence: int = Field(ge=1, description="所见工单的 sequence；此后有人改过就拒绝")
    actor: Name = Field(description="操作人")
    category: Name | None = None
    priority: Priority | None = None
    assignee: Name | None = None
    to_level: Literal[2, 3] | None = Field(None, description="升级到二线或三线")
    reason: Body | None = None
    text: Body | None = Field(None, description="对客户说的话、备注、方案或报价")
    tried: Body | None = Field(None, description="升级时：已经试过什么、结果如何")
    cause: Body | None = None
    solution: Body | None = None
    minutes_worked: int | None = Field(None, ge=1, le=100_000)
    satisfaction: int | None = Field(None, ge=1, le=5)
    relation: Literal["duplicate_of", "related", "follow_up_of", "caused_by"] | None = Field(
        None, description="本工单是另一张的重复、后续，由它引起，或与它相关"
    )
    other_ticket_id: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=NO_NUL)] | None
    ) = Field(None, description="要关联或解除关联的另一张工单")


class Clock(BaseModel):
    """A promise to the customer, as it stands at the moment of the answer."""

    target: str = Field(examples=["2 工作小时"])
    state: ClockState
    started_at: datetime
    due_at: datetime | None = Field(description="解决计时因等待客户而停住时为 null")
    met_at: datetime | None
    used_seconds: int = Field(description="已计入的时间；工作时限只计工作时间")


class TicketLink(BaseModel):
    """Another ticket that this one is linked to."""

    relation: Relation = Field(description="本工单是另一张的什么")
    ticket_id: str
    title: str


class FollowUpItem(BaseModel):
    """What the customer of a closed ticket is still owed."""

    kind: FollowUpKind = Field(description="rating 回访并请客户评分，review 低分复查")
    due_at: datetime


class Ticket(BaseModel):
    ticket_id: str
    sequence: int = Field(description="最后一次变更的序号，变更时须带上")
    kind: TicketKind
    state: TicketState
    title: str
    description: str
    customer: str
    channel: str
    product: str | None
    contract: str | None
    source: str | None = Field(None, description="来自哪个外部系统；本系统登记的为 null")
    external_id: str | None = Field(None, description="在外部系统中的编号")
    category: str | None
    priority: str | None
    assignee: str | None
    level: int = Field(description="一线为 1，二线为 2")
    cause: str | None
    solution: str | None
    satisfaction: int | None
    minutes_worked: int
    reopened: int
    created_at: datetime
    changed_at: datetime
    response: Clock = Field(description="响应：工程师本人第一次联系客户")
    proposal: Clock | None = Field(None, description="售前：提交初步建议书或方案，不计等待客户的时间；其他工单为 null")
    resolution: Clock = Field(description="解决：到给出解决办法为止，不计等待客户的时间")
    links: list[TicketLink] = Field(default=[], description="关联的其他工单，先关联的在前")
    follow_up: FollowUpItem | None = Field(None, description="尚欠客户的回访或低分复查")
    allowed_actions: list[Action]


class TicketEventItem(BaseModel):
    sequence: int
    action: Action
    actor: str
    at: datetime
    fields: dict[str, Any]


class TicketPage(BaseModel):
    tickets: list[Ticket]
    next_cursor: str | None


class TicketHistory(BaseModel):
    ticket_id: str
    events: list[TicketEventItem] = Field(description="自登记起的全部经过，只增不改")
