"""Index entries -> the passages, citations and links that a reader gets."""

from typing import Any
from urllib.parse import quote

from haystack import Document

from ingest.document import Meta
from kb_service.search.models import Citation, Passage


def build_passage(chunk: Document) -> Passage:
    meta = chunk.meta
    return Passage(
        chunk_id=chunk.id,
        score=round(chunk.score or 0.0, 6),
        text=chunk.content or "",
        citation=build_citation(
            label=meta[Meta.CITATION],
            document_id=meta[Meta.DOCUMENT_ID],
            version=meta[Meta.VERSION],
            heading_path=meta[Meta.HEADING_PATH],
            start_char=meta[Meta.START_CHAR],
            end_char=meta[Meta.END_CHAR],
        ),
    )


def build_citation(**fields: Any) -> Citation:
    url = reader_url(fields["document_id"], fields["version"], fields["start_char"], fields["end_char"])
    return Citation(**fields, url=url)


def reader_url(document_id: str, version: str, start_char: int, end_char: int) -> str:
    """Address of the reader page with the cited range, relative to the service's root."""
    return f"/documents/{quote(document_id)}?version={quote(version, safe='')}#c{start_char}-{end_char}"
