"""Index entries -> the passages, citations and links that a reader gets."""

from typing import Any
from urllib.parse import quote

from haystack import Document

from ingest.document import Meta, sha256
from kb_service.search.models import Answer, Citation, CitedRange, Parent, Passage


def build_passage(chunk: Document) -> Passage:
    return Passage(
        chunk_id=chunk.id,
        score=round(chunk.score or 0.0, 6),
        text=chunk.content or "",
        citation=cite_chunk(chunk),
    )


def cite_chunk(chunk: Document) -> Citation:
    meta = chunk.meta
    return build_citation(
        label=meta[Meta.CITATION],
        document_id=meta[Meta.DOCUMENT_ID],
        version=meta[Meta.VERSION],
        heading_path=meta[Meta.HEADING_PATH],
        clause_id=meta[Meta.CLAUSE_ID],
        start_char=meta[Meta.START_CHAR],
        end_char=meta[Meta.END_CHAR],
        sha256=meta[Meta.SHA256],
        page=meta[Meta.PAGE],
    )


def build_citation(**fields: Any) -> Citation:
    return Citation(**fields, url=_range_url(fields))


def build_parent(chunk: Document, text: str) -> Parent | None:
    """The article or section around ``chunk``, whose text is ``text``; None where that is the chunk itself."""
    meta = chunk.meta
    if text == chunk.content:
        return None
    label, start = meta[Meta.PARENT_CITATION], meta[Meta.PARENT_START_CHAR]
    return Parent(text=text, citation=build_range(meta[Meta.DOCUMENT_ID], meta[Meta.VERSION], label, text, start))


def build_answer(chunk: Document, text: str, start: int, label: str) -> Answer:
    """A stretch of the document of ``chunk`` that begins there at ``start``."""
    meta = chunk.meta
    cited = build_range(meta[Meta.DOCUMENT_ID], meta[Meta.VERSION], label, text, start)
    inside = meta[Meta.START_CHAR] <= start and cited.end_char <= meta[Meta.END_CHAR]
    return Answer(
        **cited.model_dump(),
        text=text,
        start=start - meta[Meta.START_CHAR] if inside else None,
        end=cited.end_char - meta[Meta.START_CHAR] if inside else None,
    )


def build_range(document_id: str, version: str, label: str, text: str, start: int) -> CitedRange:
    """``text`` as it stands in a version from ``start`` on."""
    fields = {
        "label": label,
        "document_id": document_id,
        "version": version,
        "start_char": start,
        "end_char": start + len(text),
        "sha256": sha256(text.encode()),
    }
    return CitedRange(**fields, url=_range_url(fields))


def _range_url(fields: dict[str, Any]) -> str:
    return f"{reader_url(fields['document_id'], fields['version'])}#c{fields['start_char']}-{fields['end_char']}"


def reader_url(document_id: str, version: str) -> str:
    """Address of the reader page, relative to the service's root; a fragment ``#c<start>-<end>`` cites a range."""
    return f"/documents/{quote(document_id)}?version={quote(version, safe='')}"
