"""What the catalogue hands out and takes in, and how that stands in its tables."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

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
    """A published version and its key in the catalogue; its document's ``effective_to`` is the end in force."""

    key: int
    document: ParsedDocument
    ingested_at: datetime


@dataclass(frozen=True)
class KnownVersion:
    """What has to be known of a published version to tell whether a text is new, changed or the same."""

    key: int
    document_id: str
    version: str
    digest: str
    source_path: str
    effective_from: date


@dataclass(frozen=True)
class SourceState:
    """A source file that was read to its end without failure: what it was before it was read, and what it held."""

    path: str
    name: str
    digest: str
    size_bytes: int
    mtime_ns: int
    documents: int
    ingested_at: datetime


@dataclass(frozen=True)
class StalePeriod:
    """A version whose points in the index have to be given its period."""

    key: int
    effective_from: date
    effective_to: date
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True)
class DuplicateMember:
    """A published version that has a near-duplicate, with what decides who may see it."""

    document_id: str
    version: str
    title: str
    clearance: int
    departments: tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """A document and one that says nearly the same; ``similarity`` estimates Jaccard's, 0 to 1."""

    document: DuplicateMember
    twin: DuplicateMember
    similarity: float


@dataclass(frozen=True)
class DuplicateGroup:
    """Versions that hang together by near-duplicate pairs; ``similarity`` is the lowest among those pairs."""

    members: tuple[DuplicateMember, ...]
    similarity: float


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


def version_row(document: ParsedDocument, signature: bytes, moment: datetime) -> VersionRow:
    """A version on its way in, still without its chunks."""
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
        stated_effective_to=document.effective_to,
        clearance=document.clearance,
        departments=list(document.departments),
        source_path=document.origin.path,
        source_line=document.origin.line,
        digest=document.digest,
        ingested_at=moment,
        signature=signature,
    )


def chunk_values(chunk: ChunkRecord, version_key: int) -> dict[str, Any]:
    """A row of the chunks' table, column by column."""
    return {**asdict(chunk), "heading_path": list(chunk.heading_path), "version_key": version_key}


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
