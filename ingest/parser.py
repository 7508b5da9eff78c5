"""Source record -> parsed document: format, fields and outline put together."""

from collections.abc import Mapping
from typing import Any

from ingest.document import BlockKind, ParsedDocument, SourceRecord, StructuredText
from ingest.errors import MalformedSourceError, UnsupportedFormatError
from ingest.fields import DocumentFields, check_fields, infer_kind
from ingest.formats.json_lines import read_json_object
from ingest.formats.markdown import read_markdown
from ingest.formats.plain_text import read_plain_text
from ingest.masking import mask, mask_source
from ingest.normalizer import normalize_line
from ingest.outline import build_outline

_LONGEST_TITLE = 30
_TEXT_READERS = {"markdown": read_markdown, "text": read_plain_text}


def parse(record: SourceRecord) -> list[ParsedDocument]:
    """Return the documents that ``record`` holds, in the order of its text; several where texts were pasted together.

    A field that the source states wins over what its text suggests: the title over the first heading and the
    file name, the kind over the folder's name.

    Raises:
        MalformedSourceError: a field is wrong, or nothing is left to index.
    """
    fields, structured, attributes, masked = mask_source(record.document_id, *_read(record))
    if not structured.text.strip():
        raise MalformedSourceError(record.origin, "没有可索引的正文", "请补充正文或删除该文件")
    title = fields.title or _first_heading(structured) or _untitled(record, structured)
    kind = fields.kind or infer_kind(record.document_id, title)
    effective_from, effective_to = fields.period
    document = ParsedDocument(
        document_id=fields.version_of or record.document_id,
        version=fields.version_label,
        kind=kind,
        title=title,
        text=structured.text,
        origin=record.origin,
        digest=record.digest,
        blocks=structured.blocks,
        sections=build_outline(structured, title, kind),
        product=fields.product,
        source=fields.source,
        effective_from=effective_from,
        effective_to=effective_to,
        clearance=fields.clearance,
        departments=fields.departments,
        attributes=attributes,
        removed=structured.removed,
        masked=masked,
    )
    return [document]


def _read(record: SourceRecord) -> tuple[DocumentFields, StructuredText, Mapping[str, str]]:
    if isinstance(record.content, str):
        values, structured = _TEXT_READERS[record.format](record.content, record.origin)
        return check_fields(DocumentFields, _string_keys(values), record.origin), structured, {}
    if isinstance(record.content, bytes):
        raise UnsupportedFormatError(record.origin, f"不支持的格式“{record.format}”", "文本与 JSON Lines")
    return read_json_object(record.content, record.origin)


def _string_keys(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items()}


def _untitled(record: SourceRecord, structured: StructuredText) -> str:
    """A name for a text without one: a file's own, or the beginning of a text that is one of many in its file."""
    if record.origin.line is None:
        return mask(record.document_id.rsplit("/", 1)[-1]).text
    first_line = structured.text.split("\n", 1)[0]
    return first_line if len(first_line) <= _LONGEST_TITLE else first_line[:_LONGEST_TITLE] + "…"


def _first_heading(structured: StructuredText) -> str | None:
    for block in structured.blocks:
        if block.kind is BlockKind.HEADING:
            return normalize_line(structured.text[block.start : block.end])
    return None
