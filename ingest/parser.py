"""Source record -> parsed document: format, fields and outline put together."""

from collections.abc import Mapping

from ingest.document import BlockKind, ParsedDocument, SourceRecord, StructuredText
from ingest.errors import MalformedSourceError
from ingest.fields import DocumentFields, check_fields, infer_kind, keep_known
from ingest.formats.registry import FORMATS_BY_NAME, RECORD_READERS
from ingest.normalizer import normalize_line
from ingest.outline import build_outline

_LONGEST_TITLE = 30


def parse(record: SourceRecord) -> list[ParsedDocument]:
    """Return the documents that ``record`` holds, in the order of its text; several where texts were pasted together.

    A field that the source states wins over what its text suggests: the title over the first heading and the
    file name, the kind over the folder's name.

    Raises:
        MalformedSourceError: a field is wrong, or nothing is left to index.
    """
    fields, structured, attributes = _read(record)
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
    )
    return [document]


def _read(record: SourceRecord) -> tuple[DocumentFields, StructuredText, Mapping[str, str]]:
    content, origin = record.content, record.origin
    if isinstance(content, Mapping):
        return RECORD_READERS[record.format](content, origin)
    source_format = FORMATS_BY_NAME[record.format]
    if isinstance(content, str):
        assert source_format.read_text is not None
        values, structured = source_format.read_text(content, origin)
    else:
        assert source_format.read_bytes is not None
        values, structured = source_format.read_bytes(content, origin)
    return check_fields(DocumentFields, keep_known(values, DocumentFields, origin), origin), structured, {}


def _untitled(record: SourceRecord, structured: StructuredText) -> str:
    """A name for a text without one: a file's own, or the beginning of a text that is one of many in its file."""
    if record.origin.line is None:
        return record.document_id.rsplit("/", 1)[-1]
    first_line = structured.text.split("\n", 1)[0]
    return first_line if len(first_line) <= _LONGEST_TITLE else first_line[:_LONGEST_TITLE] + "…"


def _first_heading(structured: StructuredText) -> str | None:
    for block in structured.blocks:
        if block.kind is BlockKind.HEADING:
            return normalize_line(structured.text[block.start : block.end])
    return None
