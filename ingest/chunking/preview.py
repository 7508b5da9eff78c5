"""How files would be cut, told without an index: what `kb chunks` shows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.chunking.chunker import Chunker
from ingest.chunking.pages import build_page_starts, find_page
from ingest.chunking.span import CutReason, Span
from ingest.citation import citation_label
from ingest.document import Finding, Kind, ParsedDocument, RemovalReason, SourceRecord
from ingest.errors import SourceError
from ingest.reader import SourceFile, find_sources, read_records
from ingest.report import Failure
from ingest.steps import SourceParser


@dataclass(frozen=True)
class ChunkPreview:
    """A chunk as it would be indexed; ``parent_citation`` names what would be shown around it."""

    start_char: int
    end_char: int
    tokens: int
    reason: CutReason
    citation: str
    page: int | None
    text: str
    parent_citation: str
    parent_chars: int


@dataclass(frozen=True)
class DocumentPreview:
    """A document as it would be ingested, and what parsing did to it and noticed."""

    path: str
    line: int | None
    document_id: str
    version: str
    kind: Kind
    title: str
    chars: int
    chunks: tuple[ChunkPreview, ...]
    findings: tuple[Finding, ...]
    removed: Mapping[RemovalReason, int]
    masked: Mapping[str, int]


def iter_previews(
    paths: Sequence[Path], chunker: Chunker, max_source_bytes: int
) -> Iterator[DocumentPreview | Failure]:
    """Yield each document of the sources under ``paths``, and a failure in place of each that cannot be taken in."""
    parser = SourceParser()
    for source in find_sources(paths):
        for record in _records(source, max_source_bytes):
            if isinstance(record, SourceError):
                yield Failure.of(record)
                continue
            parsed = parser.run(records=[record])
            yield from parsed["failures"]
            for document in parsed["documents"]:
                yield build_preview(document, chunker.split(document))


def build_preview(document: ParsedDocument, spans: Sequence[Span]) -> DocumentPreview:
    pages = build_page_starts(document)

    def cited(section: int | None, start: int) -> str:
        return citation_label(document, section, find_page(pages, start))

    return DocumentPreview(
        path=document.origin.path,
        line=document.origin.line,
        document_id=document.document_id,
        version=document.version,
        kind=document.kind,
        title=document.title,
        chars=len(document.text),
        chunks=tuple(
            ChunkPreview(
                start_char=span.start,
                end_char=span.end,
                tokens=span.tokens,
                reason=span.reason,
                citation=cited(span.section, span.start),
                page=find_page(pages, span.start),
                text=document.text[span.start : span.end],
                parent_citation=cited(span.parent_section, span.parent_start),
                parent_chars=span.parent_end - span.parent_start,
            )
            for span in spans
        ),
        findings=document.findings,
        removed=dict(Counter(removal.reason for removal in document.removed)),
        masked=document.masked,
    )


def _records(source: SourceFile | SourceError, max_source_bytes: int) -> Iterator[SourceRecord | SourceError]:
    if isinstance(source, SourceError):
        yield source
        return
    try:
        yield from read_records(source, max_source_bytes)
    except SourceError as error:
        yield error
