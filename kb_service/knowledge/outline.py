"""Clauses as the API shows them: the outline of a version, one clause with its neighbours, what parsing noticed."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from ingest.chunking.pages import build_page_starts, find_page
from ingest.citation import citation_label
from ingest.document import Finding, FindingCode, ParsedDocument, Removal, RemovalReason, Section
from kb_service.search.citing import build_citation
from kb_service.search.models import Citation


class OutlineClause(BaseModel):
    """A place of the outline, ``text[start_char:end_char]``; ranges nest, ``parent`` is the enclosing clause's id."""

    clause_id: str = Field(examples=["chp_3__art_15"])
    parent: str | None
    level: int = Field(description="从 1 开始，1 为最外层")
    marker: str
    heading: str
    label: str
    citation: str = Field(examples=["《技术支持组规章制度》第三章第十五条"])
    start_char: int
    end_char: int
    sha256: str
    page: int | None
    atomic: bool = Field(description="是否可单独引用的条、编号条款或有标题的节")


class RemovalItem(BaseModel):
    """What stands in the source and was left out of the text, verbatim."""

    reason: RemovalReason
    text: str
    line: int | None
    page: int | None


class FindingItem(BaseModel):
    """What seems to be wrong with the source; ``label`` names the place, if any."""

    code: FindingCode
    message: str = Field(examples=["原文缺第五条"])
    label: str
    line: int | None


class DocumentOutline(BaseModel):
    document_id: str
    version: str
    title: str
    clauses: list[OutlineClause]
    removed: list[RemovalItem]
    findings: list[FindingItem]
    masked: dict[str, int] = Field(description="已遮盖的个人信息：种类 -> 处数")


class ClauseReference(BaseModel):
    clause_id: str
    label: str
    heading: str


class ClauseNeighbours(BaseModel):
    """``previous`` and ``next`` have the same parent."""

    parent: ClauseReference | None
    previous: ClauseReference | None
    next: ClauseReference | None
    children: list[ClauseReference]


class ClauseDetail(BaseModel):
    document_id: str
    version: str
    title: str
    in_force: bool
    clause_id: str
    marker: str
    heading: str
    label: str
    text: str
    citation: Citation
    neighbours: ClauseNeighbours


def document_outline(document: ParsedDocument) -> DocumentOutline:
    pages = build_page_starts(document)
    sections = document.sections
    return DocumentOutline(
        document_id=document.document_id,
        version=document.version,
        title=document.title,
        clauses=[
            OutlineClause(
                clause_id=section.clause_id,
                parent=None if section.parent is None else sections[section.parent].clause_id,
                level=section.level,
                marker=section.marker,
                heading=section.heading,
                label=section.label,
                citation=citation_label(document, section.index, page := find_page(pages, section.start)),
                start_char=section.start,
                end_char=section.end,
                sha256=section.sha256,
                page=page,
                atomic=section.atomic,
            )
            for section in sections
        ],
        removed=[_removal_item(removal) for removal in document.removed],
        findings=finding_items(document.findings),
        masked=dict(document.masked),
    )


def find_clause(document: ParsedDocument, clause_id: str) -> Section | None:
    return next((section for section in document.sections if section.clause_id == clause_id), None)


def clause_detail(document: ParsedDocument, section: Section, in_force: bool) -> ClauseDetail:
    page = find_page(build_page_starts(document), section.start)
    return ClauseDetail(
        document_id=document.document_id,
        version=document.version,
        title=document.title,
        in_force=in_force,
        clause_id=section.clause_id,
        marker=section.marker,
        heading=section.heading,
        label=section.label,
        text=document.text[section.start : section.end],
        citation=build_citation(
            label=citation_label(document, section.index, page),
            document_id=document.document_id,
            version=document.version,
            heading_path=list(document.heading_path(section.index)),
            clause_id=section.clause_id,
            start_char=section.start,
            end_char=section.end,
            sha256=section.sha256,
            page=page,
        ),
        neighbours=_neighbours(document.sections, section),
    )


def finding_items(findings: Sequence[Finding]) -> list[FindingItem]:
    return [FindingItem(code=one.code, message=one.message, label=one.label, line=one.line) for one in findings]


def _removal_item(removal: Removal) -> RemovalItem:
    return RemovalItem(reason=removal.reason, text=removal.text, line=removal.line, page=removal.page)


def _neighbours(sections: Sequence[Section], section: Section) -> ClauseNeighbours:
    siblings = [one for one in sections if one.parent == section.parent]
    position = siblings.index(section)
    return ClauseNeighbours(
        parent=None if section.parent is None else _reference(sections[section.parent]),
        previous=_reference(siblings[position - 1]) if position else None,
        next=_reference(siblings[position + 1]) if position + 1 < len(siblings) else None,
        children=[_reference(one) for one in sections if one.parent == section.index],
    )


def _reference(section: Section) -> ClauseReference:
    return ClauseReference(clause_id=section.clause_id, label=section.label, heading=section.heading)
