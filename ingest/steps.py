"""The pipeline's own steps, as Haystack components; the encoders and the selector are in their own files.

Each takes a batch and passes on what goes further; what fails is put out beside it, with its place.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from traceback import format_tb
from typing import Any

from haystack import Document, component
from haystack.document_stores.types import DuplicatePolicy

from ingest.chunking.chunker import Chunker
from ingest.chunking.pages import PageStart, build_page_starts, find_page
from ingest.chunking.span import Span
from ingest.citation import citation_label
from ingest.document import EVERY_DEPARTMENT, Meta, ParsedDocument, SourceRecord, chunk_id, day_number, sha256
from ingest.errors import MalformedSourceError, SourceError
from ingest.parser import parse
from ingest.records import ChunkRecord
from ingest.report import Failure
from ingest.store.protocol import ChunkStore
from ingest.sync.content_digest import content_digest

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A document with its chunks, as the catalogue keeps them."""

    document: ParsedDocument
    chunks: tuple[ChunkRecord, ...]


@component
class SourceParser:
    """Records -> parsed documents."""

    @component.output_types(documents=list[ParsedDocument], failures=list[Failure])
    def run(self, records: list[SourceRecord]) -> dict[str, Any]:
        documents: list[ParsedDocument] = []
        failures: list[Failure] = []
        for record in records:
            try:
                documents.extend(replace(found, digest=content_digest(found)) for found in parse(record))
            except SourceError as error:
                failures.append(Failure.of(error))
            except Exception as error:  # a border: one document that trips the parser must not stop the others
                # Neither log nor report may quote the source, as the error's own message would.
                trace = "".join(format_tb(error.__traceback__))
                _logger.error("parser failed on %s: %s\n%s", record.origin, type(error).__name__, trace)
                problem = MalformedSourceError(
                    record.origin, f"解析时出错（{type(error).__name__}）", "请将该文件反馈给管理员"
                )
                failures.append(Failure.of(problem))
        return {"documents": documents, "failures": failures}


@component
class ChunkBuilder:
    """Parsed documents -> what the catalogue keeps of their chunks."""

    def __init__(self, chunker: Chunker) -> None:
        self._chunker = chunker

    @component.output_types(entries=list[Entry], failures=list[Failure])
    def run(self, documents: list[ParsedDocument]) -> dict[str, Any]:
        entries, failures = [], []
        for document in documents:
            try:
                entries.append(Entry(document, tuple(_chunk_records(document, self._chunker.split(document)))))
            except Exception as error:  # a border: one document that trips the chunker must not stop the others
                trace = "".join(format_tb(error.__traceback__))
                _logger.error("chunker failed on %s: %s\n%s", document.origin, type(error).__name__, trace)
                problem = MalformedSourceError(
                    document.origin, f"切分时出错（{type(error).__name__}）", "请将该文件反馈给管理员"
                )
                failures.append(Failure.of(problem))
        return {"entries": entries, "failures": failures}


@component
class IndexWriter:
    """Encoded chunks -> points of the index, which no search shows before the catalogue publishes them."""

    def __init__(self, store: ChunkStore) -> None:
        self._store = store

    @component.output_types(chunks_written=int)
    def run(self, documents: list[Document]) -> dict[str, Any]:
        return {"chunks_written": self._store.write_documents(documents, DuplicatePolicy.OVERWRITE)}


def iter_chunks(entries: Sequence[Entry], at_once: int) -> Iterator[list[Document]]:
    """The index entries of several documents, shortest first, so that batches hold chunks of one length.

    At most ``at_once`` of them are built at a time, however long a document is.
    """
    places = [(entry, record) for entry in entries for record in entry.chunks]
    places.sort(key=lambda place: place[1].end_char - place[1].start_char)
    for low in range(0, len(places), at_once):
        yield [build_chunk(entry.document, record) for entry, record in places[low : low + at_once]]


def build_chunk(document: ParsedDocument, record: ChunkRecord) -> Document:
    """The index entry of ``document.text[record.start_char:record.end_char]``, still without vectors."""
    return Document(
        id=record.chunk_id,
        content=document.text[record.start_char : record.end_char],
        meta={
            Meta.DOCUMENT_ID: document.document_id,
            Meta.VERSION: document.version,
            Meta.KIND: document.kind.value,
            Meta.TITLE: document.title,
            Meta.PRODUCT: document.product,
            Meta.HEADING_PATH: list(record.heading_path),
            Meta.CITATION: record.citation,
            Meta.START_CHAR: record.start_char,
            Meta.END_CHAR: record.end_char,
            Meta.ORDINAL: record.ordinal,
            Meta.TOKENS: record.tokens,
            Meta.SHA256: record.sha256,
            Meta.CLAUSE_ID: record.clause_id,
            Meta.PAGE: record.page,
            Meta.PARENT_START_CHAR: record.parent_start_char,
            Meta.PARENT_END_CHAR: record.parent_end_char,
            Meta.PARENT_CITATION: record.parent_citation,
            Meta.EFFECTIVE_FROM: day_number(document.effective_from),
            Meta.EFFECTIVE_TO: day_number(document.effective_to),
            Meta.CLEARANCE: document.clearance,
            Meta.DEPARTMENTS: list(document.departments) or [EVERY_DEPARTMENT],
        },
    )


def _chunk_records(document: ParsedDocument, spans: Sequence[Span]) -> list[ChunkRecord]:
    pages = build_page_starts(document)
    return [_chunk_record(document, pages, ordinal, span) for ordinal, span in enumerate(spans)]


def _chunk_record(document: ParsedDocument, pages: Sequence[PageStart], ordinal: int, span: Span) -> ChunkRecord:
    page = find_page(pages, span.start)
    return ChunkRecord(
        chunk_id=chunk_id(document.document_id, document.version, document.digest, ordinal),
        ordinal=ordinal,
        start_char=span.start,
        end_char=span.end,
        tokens=span.tokens,
        citation=citation_label(document, span.section, page),
        heading_path=document.heading_path(span.section),
        sha256=sha256(document.text[span.start : span.end].encode()),
        clause_id=document.sections[span.section].clause_id if span.section is not None else "",
        page=page,
        parent_start_char=span.parent_start,
        parent_end_char=span.parent_end,
        parent_citation=citation_label(document, span.parent_section, find_page(pages, span.parent_start)),
    )
