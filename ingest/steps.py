"""The pipeline's own steps, as Haystack components; encoders are components in their own files.

Each takes a batch and passes on what goes further; what fails is put out beside it, with its place.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from haystack import Document, component
from haystack.document_stores.types import DuplicatePolicy

from ingest.catalogue import Catalogue
from ingest.chunker import Chunker
from ingest.citation import citation_label
from ingest.document import EVERY_DEPARTMENT, Meta, ParsedDocument, SourceRecord, chunk_id, day_number, sha256
from ingest.errors import DuplicateDocumentIdError, MalformedSourceError, Origin, SourceError
from ingest.pages import PageStart, build_page_starts, find_page
from ingest.parser import parse
from ingest.records import ChunkRecord
from ingest.report import Failure
from ingest.span import Span
from ingest.store.protocol import ChunkStore

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
        documents, failures = [], []
        for record in records:
            try:
                documents.extend(parse(record))
            except SourceError as error:
                failures.append(Failure.of(error))
            except Exception as error:  # a border: one document that trips the parser must not stop the others
                _logger.exception("parser failed on %s", record.origin)
                problem = MalformedSourceError(record.origin, f"解析时出错：{error}", "请将该文件反馈给管理员")
                failures.append(Failure.of(problem))
        return {"documents": documents, "failures": failures}


@component
class ChangeSelector:
    """Passes on documents that are new or changed; refuses an id that another source of this run has used.

    Remembers the ids it has seen, so one selector serves one run.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._seen: dict[tuple[str, str], Origin] = {}

    @component.output_types(documents=list[ParsedDocument], unchanged=int, updated=int, failures=list[Failure])
    def run(self, documents: list[ParsedDocument]) -> dict[str, Any]:
        failures, fresh = [], []
        for document in documents:
            identity = (document.document_id, document.version)
            if first := self._seen.get(identity):
                failures.append(Failure.of(DuplicateDocumentIdError(document.origin, *identity, first)))
            else:
                self._seen[identity] = document.origin
                fresh.append(document)
        known = self._catalogue.published_digests([(item.document_id, item.version) for item in fresh])
        changed = [item for item in fresh if known.get((item.document_id, item.version)) != item.digest]
        return {
            "documents": changed,
            "unchanged": len(fresh) - len(changed),
            "updated": sum((item.document_id, item.version) in known for item in changed),
            "failures": failures,
        }


@component
class ChunkBuilder:
    """Parsed documents -> chunks with everything that search filters and shows."""

    def __init__(self, chunker: Chunker) -> None:
        self._chunker = chunker

    @component.output_types(chunks=list[Document], entries=list[Entry])
    def run(self, documents: list[ParsedDocument]) -> dict[str, Any]:
        chunks: list[Document] = []
        entries: list[Entry] = []
        for document in documents:
            records = tuple(_chunk_records(document, self._chunker.split(document)))
            entries.append(Entry(document, records))
            chunks.extend(build_chunk(document, record) for record in records)
        return {"chunks": chunks, "entries": entries}


@component
class Publisher:
    """Writes a batch to the index and the catalogue so that searches see whole documents or nothing.

    The catalogue notes the chunks first, the index gets them, then one transaction publishes. A process killed
    anywhere in between leaves leftovers that `Indexer.recover` clears away, and no search shows them.
    """

    def __init__(self, catalogue: Catalogue, store: ChunkStore) -> None:
        self._catalogue = catalogue
        self._store = store

    @component.output_types(published=int, chunks_written=int)
    def run(self, documents: list[Document], entries: list[Entry]) -> dict[str, Any]:
        if not entries:
            return {"published": 0, "chunks_written": 0}
        keys = self._catalogue.add_pending([(entry.document, entry.chunks) for entry in entries])
        self._store.write_documents(documents, DuplicatePolicy.OVERWRITE)
        self._store.flush()
        self._catalogue.publish(keys)
        clear_leftovers(self._catalogue, self._store)
        return {"published": len(keys), "chunks_written": len(documents)}


def clear_leftovers(catalogue: Catalogue, store: ChunkStore) -> None:
    """Remove the points of versions that are not published, then the versions themselves."""
    leftovers = catalogue.leftover_chunk_ids()
    if leftovers:
        store.delete_documents(leftovers)
        store.flush()
    catalogue.drop_leftovers()


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
