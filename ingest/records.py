"""What the catalogue hands out and takes in, and how that stands in its tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from ingest.document import (
    Block,
    BlockKind,
    Finding,
    FindingCode,
    Kind,
    ParsedDocument,
    Removal,
    RemovalReason,
    Section,
)
from ingest.errors import Origin
from ingest.tables import ChunkRow, State, VersionRow


@dataclass(frozen=True)
class ChunkRecord:
    """A chunk as the catalogue keeps it.

    Attributes:
        ordinal: from 0 in text order.
        sha256: hex digest of the chunk's text, by which a citation of it can be verified.
        clause_id: of the section that holds the chunk, ``""`` where that is the document itself.
        page: page of the source (from 1) on which the chunk begins, None where the format has no pages.
        parent_start_char, parent_end_char: the whole article or section around the chunk, at least the chunk.
        parent_citation: the citation of that range.
    """

    chunk_id: str
    ordinal: int
    start_char: int
    end_char: int
    tokens: int
    citation: str
    heading_path: tuple[str, ...]
    sha256: str
    clause_id: str
    page: int | None
    parent_start_char: int
    parent_end_char: int
    parent_citation: str


@dataclass(frozen=True)
class StoredVersion:
    """A published version and its key in the catalogue."""

    key: int
    document: ParsedDocument
    ingested_at: datetime


@dataclass(frozen=True)
class DocumentSummary:
    """A document by its version in force on a given day, or by its latest one where none is."""

    document_id: str
    kind: Kind
    title: str
    product: str | None
    version: str
    effective_from: date
    effective_to: date


@dataclass(frozen=True)
class CatalogueCounts:
    documents: int
    versions: int
    chunks: int


def version_row(document: ParsedDocument, chunks: Sequence[ChunkRecord], moment: datetime) -> VersionRow:
    return VersionRow(
        document_id=document.document_id,
        version=document.version,
        state=State.PENDING,
        kind=document.kind.value,
        title=document.title,
        product=document.product,
        source=document.source,
        text=document.text,
        blocks=[[b.start, b.end, b.kind.value, b.level, b.line, b.page] for b in document.blocks],
        sections=[asdict(section) for section in document.sections],
        attributes=dict(document.attributes),
        removed=[asdict(removal) for removal in document.removed],
        findings=[asdict(finding) for finding in document.findings],
        masked=dict(document.masked),
        effective_from=document.effective_from,
        effective_to=document.effective_to,
        clearance=document.clearance,
        departments=list(document.departments),
        source_path=document.origin.path,
        source_line=document.origin.line,
        digest=document.digest,
        ingested_at=moment,
        chunks=[chunk_row(chunk) for chunk in chunks],
    )


def chunk_row(chunk: ChunkRecord, version_key: int | None = None) -> ChunkRow:
    row = ChunkRow(**{**asdict(chunk), "heading_path": list(chunk.heading_path)})
    if version_key is not None:
        row.version_key = version_key
    return row


def stored_version(row: VersionRow) -> StoredVersion:
    document = ParsedDocument(
        document_id=row.document_id,
        version=row.version,
        kind=Kind(row.kind),
        title=row.title,
        text=row.text,
        origin=Origin(row.source_path, row.source_line),
        digest=row.digest,
        blocks=tuple(Block(start, end, BlockKind(kind), *place) for start, end, kind, *place in row.blocks),
        sections=tuple(Section(**section) for section in row.sections),
        product=row.product,
        source=row.source,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        clearance=row.clearance,
        departments=tuple(row.departments),
        attributes=row.attributes,
        removed=tuple(Removal(**{**item, "reason": RemovalReason(item["reason"])}) for item in row.removed),
        findings=tuple(Finding(**{**item, "code": FindingCode(item["code"])}) for item in row.findings),
        masked=row.masked,
    )
    return StoredVersion(row.id, document, row.ingested_at)


def chunk_record(row: ChunkRow) -> ChunkRecord:
    return ChunkRecord(
        row.chunk_id,
        row.ordinal,
        row.start_char,
        row.end_char,
        row.tokens,
        row.citation,
        tuple(row.heading_path),
        row.sha256,
        row.clause_id,
        row.page,
        row.parent_start_char,
        row.parent_end_char,
        row.parent_citation,
    )
