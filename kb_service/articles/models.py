"""The article contract. Clients depend on it: fields are added, never changed."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kb_service.articles.lifecycle import CONTENT_FIELDS, ArticleAction, ArticleState, FlagReason
from kb_service.tickets.models import Body, Line, Name

ArticleId = Annotated[str, StringConstraints(pattern=r"^A[1-9]\d{0,9}$")]
TicketId = Annotated[str, StringConstraints(pattern=r"^T[1-9]\d{0,9}$")]

_MOST_SOURCES = 50


class ContentFields(BaseModel):
    """What an article says."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = None
    symptom: Body | None = Field(None, description="现象：客户会怎么说")
    environment: Body | None = None
    cause: Body | None = None
    solution: Body | None = Field(None, description="解决办法，每步一行")
    product: Name | None = None
    category: Name | None = None
    product_version: Name | None = Field(None, description="只适用于产品的这一版本时填写")

    def stated(self) -> dict[str, Any]:
        """The content fields that the request names, with null for those to be emptied."""
        return self.model_dump(include=set(CONTENT_FIELDS), exclude_unset=True)


class ArticleRequest(ContentFields):
    """A new draft: from a solved ticket, from fields, or from a ticket with some fields put otherwise."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ticket_id": "T12", "actor": "工程师甲"}]},
    )

    ticket_id: TicketId | None = Field(None, description="从这张已解决的工单起草")
    source_tickets: list[TicketId] = Field(default=[], max_length=_MOST_SOURCES, description="另有哪些工单是它的依据")
    actor: Name = Field(description="作者")

    @model_validator(mode="after")
    def _has_a_beginning(self) -> "ArticleRequest":
        if self.ticket_id is None and not (self.title and self.symptom):
            raise ValueError("需要 ticket_id，或者 title 与 symptom")
        return self


class ArticleActionRequest(ContentFields):
    """One step. Which fields an action needs is in the answer to a request without them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"action": "publish", "sequence": 3, "actor": "工程师乙"}]},
    )

    action: ArticleAction
    sequence: int | None = Field(
        None, ge=1, description="所见文章的 sequence，此后有人改过就拒绝；link 与 unlink 可不带"
    )
    actor: Name = Field(description="操作人")
    reason: Body | None = Field(None, description="退回、归档、标记等的理由")
    flag: FlagReason | None = Field(None, description="flag：outdated 过时、wrong 有误、duplicate 重复、unclear 不清楚")
    ticket_id: TicketId | None = Field(None, description="link、unlink：用这篇文章解决的工单")
    review_due_at: AwareDatetime | None = Field(None, description="publish、confirm：下次复审的时间，缺省按设置")


class FlagItem(BaseModel):
    reason: FlagReason
    text: str | None
    actor: str
    at: datetime


class PublishedText(BaseModel):
    """The text that searches find."""

    number: int = Field(description="第几次发布，也是文档的版本号")
    title: str
    symptom: str
    environment: str | None
    cause: str | None
    solution: str | None
    product: str | None
    category: str | None
    product_version: str | None
    writers: list[str]
    reviewer: str
    published_at: datetime


class Article(BaseModel):
    article_id: str
    document_id: str = Field(description="发布后在检索结果与 /v1/documents 中的编号")
    sequence: int = Field(description="最后一次变更的序号，变更时须带上")
    state: ArticleState
    title: str
    symptom: str
    environment: str | None
    cause: str | None
    solution: str | None
    product: str | None
    category: str | None
    product_version: str | None
    source_tickets: list[str]
    author: str
    writers: list[str] = Field(description="未发布的这一稿由谁撰写；他们不能审核它")
    published: PublishedText | None = Field(description="检索得到的文本；修订期间可与上面的草稿不同")
    searchable: bool = Field(description="索引中是否正是 published（为 null 时：索引中是否已没有）")
    publications: int
    review_due_at: datetime | None
    flags: list[FlagItem]
    linked_tickets: list[str] = Field(description="用它解决的工单")
    reuse_count: int
    last_used_at: datetime | None
    created_at: datetime
    changed_at: datetime
    allowed_actions: list[ArticleAction]


class ArticleEventItem(BaseModel):
    sequence: int
    action: ArticleAction
    actor: str
    at: datetime
    fields: dict[str, Any]


class ArticlePage(BaseModel):
    articles: list[Article]
    next_cursor: str | None


class ArticleHistory(BaseModel):
    article_id: str
    events: list[ArticleEventItem] = Field(description="自起草起的全部经过，只增不改")
