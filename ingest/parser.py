"""Source record -> parsed documents: format, noise, texts, outline and findings put together."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ingest.cleaning.noise import mark_noise
from ingest.cleaning.pasted import PastedText, build_piece_ids, split_texts
from ingest.completeness.findings import find_missing_pages, find_problems
from ingest.document import BlockKind, Kind, ParsedDocument, SourceRecord, StructuredText
from ingest.errors import MalformedSourceError
from ingest.fields import DocumentFields, check_fields, infer_kind, keep_known
from ingest.formats.plain_text import effective_day
from ingest.formats.registry import FORMATS_BY_NAME, RECORD_READERS
from ingest.normalizer import normalize_line
from ingest.privacy.masking import mask, mask_source
from ingest.structure.outline import build_outline

_LONGEST_TITLE = 30
_LINES_AT_TOP = 3


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
    texts = _texts(structured, kind)
    titles = [text.title or title for text in texts]
    ids = _document_ids(fields.version_of or record.document_id, titles)
    whole = ParsedDocument(
        document_id="",
        version="",
        kind=kind,
        title=title,
        text="",
        origin=record.origin,
        digest=record.digest,
        product=fields.product,
        source=fields.source,
        clearance=fields.clearance,
        departments=fields.departments,
        attributes=attributes,
    )
    documents = [
        _build_document(record, replace(whole, document_id=document_id, title=own_title), fields, text)
        for document_id, own_title, text in zip(ids, titles, texts, strict=True)
    ]
    # What was masked was counted before the texts were told apart.
    documents[0] = replace(documents[0], masked=masked)
    return find_missing_pages(documents)


def _texts(structured: StructuredText, kind: Kind) -> list[PastedText]:
    """Noise and pasting are a matter of regulations; other texts are kept as their format has them."""
    if kind is not Kind.REGULATION:
        return [PastedText(None, structured)]
    texts = split_texts(mark_noise(structured), structured.removed)
    return [text for text in texts if text.text.text.strip()] or [PastedText(None, structured)]


def _document_ids(document_id: str, titles: list[str]) -> list[str]:
    return [document_id] if len(titles) == 1 else build_piece_ids(document_id, titles)


def _build_document(
    record: SourceRecord, whole: ParsedDocument, fields: DocumentFields, pasted: PastedText
) -> ParsedDocument:
    """``whole`` with its text: what changes the text's characters belongs first, before the outline is built."""
    structured = pasted.text
    if pasted.title is not None and record.format == "text":
        # The first lines of plain text speak for its first text alone; front matter speaks for all.
        fields = fields.model_copy(update={"effective_from": _stated_day(structured)})
    effective_from, effective_to = fields.period
    document = replace(
        whole,
        version=fields.version_label,
        text=structured.text,
        blocks=structured.blocks,
        sections=build_outline(structured, whole.title, whole.kind),
        removed=structured.removed,
        effective_from=effective_from,
        effective_to=effective_to,
    )
    return replace(document, findings=find_problems(document))


def _stated_day(structured: StructuredText) -> date | None:
    """The day that one of several texts names below its title."""
    lines = (structured.text[block.start : block.end] for block in structured.blocks[:_LINES_AT_TOP])
    return next(filter(None, map(effective_day, lines)), None)


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
        return mask(record.document_id.rsplit("/", 1)[-1]).text
    first_line = structured.text.split("\n", 1)[0]
    return first_line if len(first_line) <= _LONGEST_TITLE else first_line[:_LONGEST_TITLE] + "…"


def _first_heading(structured: StructuredText) -> str | None:
    for block in structured.blocks:
        if block.kind is BlockKind.HEADING:
            return normalize_line(structured.text[block.start : block.end])
    return None
