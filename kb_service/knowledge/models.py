"""Documents as the API shows them. Open-ended days are null; character offsets count Unicode code points."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from ingest.chunking.pages import build_page_starts
from ingest.document import ALWAYS, Kind, ParsedDocument, Section
from ingest.records import ChunkRecord, DocumentSummary, StoredVersion
from kb_service.knowledge.outline import FindingItem, finding_items
from kb_service.search.citing import build_citation
from kb_service.search.models import Citation


class DocumentItem(BaseModel):
    document_id: str
    kind: Kind
    title: str
    product: str | None
    version: str
    effective_from: date | None
    effective_to: date | None


class DocumentPage(BaseModel):
    documents: list[DocumentItem]
    next_cursor: str | None = Field(description="传给下一次请求的 cursor；没有更多时为 null")


class SectionItem(BaseModel):
    """A section of the outline; ranges nest, ``parent`` is the index of the enclosing one."""

    index: int
    clause_id: str
    parent: int | None
    level: int
    marker: str
    heading: str
    label: str
    start_char: int
    end_char: int


class VersionItem(BaseModel):
    version: str
    effective_from: date | None
    effective_to: date | None
    in_force: bool


class VersionDetail(VersionItem):
    title: str
    ingested_at: datetime
    chars: int
    clauses: int = Field(description="大纲中的条款数，款、项在内")


class VersionList(BaseModel):
    document_id: str
    versions: list[VersionDetail] = Field(description="按生效日期从新到旧")


class PageItem(BaseModel):
    """The text from ``start_char`` on stands on this page of the source."""

    page: int
    start_char: int


class DocumentDetail(DocumentItem):
    in_force: bool
    source: str | None
    attributes: dict[str, str]
    text: str
    sections: list[SectionItem]
    versions: list[VersionItem]
    pages: list[PageItem] = Field(description="原件各页从哪里开始；原件不分页时为空")
    findings: list[FindingItem] = Field(description="原文可能有的问题，如缺条、内容不全")
    removed_count: int = Field(description="导入时略去的内容有几处；内容见 outline")


class ChunkItem(BaseModel):
    chunk_id: str
    ordinal: int
    tokens: int
    text: str
    citation: Citation


class ChunkList(BaseModel):
    document_id: str
    version: str
    chunks: list[ChunkItem]


def document_item(summary: DocumentSummary) -> DocumentItem:
    return DocumentItem(
        document_id=summary.document_id,
        kind=summary.kind,
        title=summary.title,
        product=summary.product,
        version=summary.version,
        **_period(summary.effective_from, summary.effective_to),
    )


def document_detail(stored: StoredVersion, versions: list[StoredVersion], today: date) -> DocumentDetail:
    document = stored.document
    return DocumentDetail(
        document_id=document.document_id,
        kind=document.kind,
        title=document.title,
        product=document.product,
        version=document.version,
        **_period(document.effective_from, document.effective_to),
        in_force=in_force(document, today),
        source=document.source,
        attributes=dict(document.attributes),
        text=document.text,
        sections=[_section_item(section) for section in document.sections],
        versions=[_version_item(version.document, today) for version in versions],
        pages=[PageItem(page=start.page, start_char=start.start_char) for start in build_page_starts(document)],
        findings=finding_items(document.findings),
        removed_count=len(document.removed),
    )


def version_detail(stored: StoredVersion, today: date) -> VersionDetail:
    document = stored.document
    return VersionDetail(
        **_version_item(document, today).model_dump(),
        title=document.title,
        ingested_at=stored.ingested_at,
        chars=len(document.text),
        clauses=len(document.sections),
    )


def chunk_item(document: ParsedDocument, chunk: ChunkRecord) -> ChunkItem:
    return ChunkItem(
        chunk_id=chunk.chunk_id,
        ordinal=chunk.ordinal,
        tokens=chunk.tokens,
        text=document.text[chunk.start_char : chunk.end_char],
        citation=build_citation(
            label=chunk.citation,
            document_id=document.document_id,
            version=document.version,
            heading_path=list(chunk.heading_path),
            clause_id=chunk.clause_id,
            start_char=chunk.start_char,
            end_char=chunk.end_char,
            sha256=chunk.sha256,
            page=chunk.page,
        ),
    )


def in_force(document: ParsedDocument, day: date) -> bool:
    return document.effective_from <= day <= document.effective_to


def _section_item(section: Section) -> SectionItem:
    return SectionItem(
        index=section.index,
        clause_id=section.clause_id,
        parent=section.parent,
        level=section.level,
        marker=section.marker,
        heading=section.heading,
        label=section.label,
        start_char=section.start,
        end_char=section.end,
    )


def _version_item(document: ParsedDocument, today: date) -> VersionItem:
    return VersionItem(
        version=document.version,
        **_period(document.effective_from, document.effective_to),
        in_force=in_force(document, today),
    )


def _period(effective_from: date, effective_to: date) -> dict[str, date | None]:
    return {
        "effective_from": None if effective_from == date.min else effective_from,
        "effective_to": None if effective_to == ALWAYS else effective_to,
    }
