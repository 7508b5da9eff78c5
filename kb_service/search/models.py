"""The search contract. Clients depend on it: fields are added, never changed."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ingest.document import Kind

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class SearchFilters(BaseModel):
    """What hits are limited to; an empty list limits nothing."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[Kind] = Field(default=[], description="regulation、faq、manual、ticket")
    document_ids: list[str] = Field(default=[], max_length=1_000)
    products: list[str] = Field(default=[], max_length=1_000)
    effective_on: date | None = Field(None, description="在这一天有效的版本；缺省为今天")


class SearchRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"query": "客户报修后多久必须响应", "limit": 5, "filters": {"kinds": ["regulation"]}}]
        },
    )

    query: Query = Field(description="1 到 4,000 个字符：问题、关键词、错误码或客户原话")
    limit: int = Field(10, ge=1, le=50)
    filters: SearchFilters = SearchFilters()
    explain: bool = False


class CitedRange(BaseModel):
    """``text[start_char:end_char]`` of a version, in Unicode code points, that can be opened and checked."""

    label: str = Field(examples=["《技术支持组规章制度》第三章第十五条"])
    document_id: str
    version: str
    start_char: int
    end_char: int
    sha256: str = Field(description="该范围原文（UTF-8）的 SHA-256，用于核对")
    url: str = Field(description="阅读页地址，打开后定位并标出原文")


class Citation(CitedRange):
    """Where a passage stands."""

    heading_path: list[str]
    clause_id: str = Field(description="所在条款在文档内的固定编号；不属于任何条款时为空")
    page: int | None = Field(description="原件页码，从 1 开始；原件不分页时为 null")


class Highlight(BaseModel):
    """A matched stretch ``text[start:end]`` of a hit's text, in Unicode code points."""

    start: int
    end: int


class Passage(BaseModel):
    chunk_id: str
    score: float
    text: str
    citation: Citation


class Parent(BaseModel):
    """The article or section around a passage; the passage stands in it from its own ``start_char`` on."""

    text: str
    citation: CitedRange


class Twin(BaseModel):
    """Another document that says nearly the same."""

    document_id: str
    version: str
    title: str
    similarity: float = Field(description="0 到 1")
    url: str = Field(description="阅读页地址")


class Answer(CitedRange):
    """The sentence, table row or clause that answers, verbatim."""

    text: str
    start: int | None = Field(
        description="在 hit.text 中的起点，Unicode 码点；答案不在其中（如在工单的另一段）时为 null"
    )
    end: int | None = Field(description="在 hit.text 中的终点，不含")


class HitExplanation(BaseModel):
    """Why a hit is there. Ranks count from 1; null means not among the leg's candidates."""

    named_clause: str | None = Field(None, description="查询点名的条款；不是因此命中时为 null")
    matched_terms: list[str]
    identifiers: list[str]
    dense_rank: int | None
    sparse_rank: int | None
    parts: dict[str, float] = Field(default={}, description="得分的组成：dense 语义、sparse 关键词、identifiers 编号")


class Hit(Passage):
    rank: int = Field(description="从 1 开始")
    document_id: str
    kind: Kind
    title: str
    product: str | None
    effective_from: date | None
    effective_to: date | None
    in_force: bool = Field(description="今天是否有效；按其他日期检索时可能为 false")
    highlights: list[Highlight]
    answer: Answer | None = Field(None, description="回答问题的那一句、那一行或那一条；整体判为无答案时为 null")
    parent: Parent | None = Field(description="所在的整条或整节；与该段相同时为 null")
    more: list[Passage] = Field(description="同一文档的其他相关段落")
    twins: list[Twin] = Field(description="内容几乎相同的其他文档，不再单独列出")
    explanation: HitExplanation | None = None


LimitName = Literal["access", "effective_on", "kinds", "document_ids", "products"]


class Limit(BaseModel):
    """One of the limits of a search, in the order they are applied."""

    name: LimitName = Field(description="依次为访问权限、有效日期、类型、文档、产品")
    chunks: int = Field(description="加上这一条限制后还剩多少段")


class SearchExplanation(BaseModel):
    """How the query was read. ``candidates`` counts each leg's hits, ``unpublished`` those left out as outdated."""

    terms: list[str]
    added: list[str] = Field(default=[], description="为口语词补上的书面词")
    identifiers: list[str]
    filters: dict[str, object]
    candidates: dict[str, int]
    unpublished: int
    limits: list[Limit] = Field(default=[], description="没有结果时：逐条加上限制后还剩的段数，首个为 0 的即是原因")
    signals: dict[str, float] = Field(default={}, description="判断有无答案所依据的量")
    threshold: float = Field(0.0, description="可信度低于它时 answered 为 false")


class SearchResponse(BaseModel):
    search_id: str
    answered: bool = Field(description="是否找到可用的内容；为 false 时 hits 只是最接近的")
    confidence: float = Field(0.0, description="0 到 1：最好的几条能回答的可信度，经标注集校准")
    hits: list[Hit]
    took_ms: float
    explanation: SearchExplanation | None = Field(None, description="explain 为 true 时，或没有结果时")
