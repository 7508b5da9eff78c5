"""One JSON object a document: a text with fields, or a resolved ticket or knowledge article with fields of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from ingest.document import BlockKind, Kind, StructuredText
from ingest.errors import Origin
from ingest.fields import DocumentFields, check_fields
from ingest.formats.blocks import BlockWriter

TICKET_PARTS = {"symptom": "现象", "environment": "环境", "diagnosis": "诊断", "solution": "解决", "outcome": "结果"}
"""Field of a ticket -> heading under which its text is kept, in this order."""

ARTICLE_PARTS = {"symptom": "现象", "environment": "环境", "cause": "原因", "solution": "解决"}
"""The same of a knowledge article; the solution comes last, so that all that follows its heading belongs to it."""

ARTICLE_ATTRIBUTES = ("article_id", "category", "product_version")
TICKET_ATTRIBUTES = ("category", "priority", "channel", "line", "opened_at", "resolved_at")


class TextObject(DocumentFields):
    """A FAQ, or any other text, on one line."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)


class TicketObject(DocumentFields):
    """A resolved ticket on one line."""

    id: str = Field(min_length=1)
    symptom: str = Field(min_length=1)
    environment: str | None = None
    diagnosis: str | None = None
    solution: str = Field(min_length=1)
    outcome: str | None = None
    category: str | None = None
    priority: str | None = None
    channel: str | None = None
    line: str | None = None
    opened_at: datetime | None = None
    resolved_at: datetime | None = None


class ArticleObject(DocumentFields):
    """A knowledge article on one line: a FAQ in parts."""

    id: str = Field(min_length=1)
    symptom: str = Field(min_length=1)
    environment: str | None = None
    cause: str | None = None
    solution: str = Field(min_length=1)
    article_id: str | None = None
    category: str | None = None
    product_version: str | None = None


def read_json_object(
    content: Mapping[str, Any], origin: Origin
) -> tuple[DocumentFields, StructuredText, Mapping[str, str]]:
    """Return an object's common fields, its text, and a ticket's or article's further attributes.

    Raises:
        MalformedSourceError: a field is missing, unknown or of the wrong type.
    """
    writer = BlockWriter()
    fields, attributes = write_object(writer, content, origin)
    return fields, writer.finish(), attributes


def write_object(
    writer: BlockWriter, content: Mapping[str, Any], origin: Origin
) -> tuple[DocumentFields, Mapping[str, str]]:
    """Write the text of an object; return its common fields and its further attributes; see above."""
    if content.get("kind") == Kind.TICKET and "text" not in content:
        ticket = check_fields(TicketObject, content, origin)
        for field, heading in TICKET_PARTS.items():
            if value := getattr(ticket, field):
                writer.add(heading, BlockKind.HEADING, level=2, apart=True)
                writer.add(value, BlockKind.LINE)
        return ticket, _attributes(ticket, TICKET_ATTRIBUTES)
    if content.get("kind") == Kind.FAQ and "text" not in content and "symptom" in content:
        article = check_fields(ArticleObject, content, origin)
        # Lines and no headings: the parts of a short text belong into one chunk, which answers as a whole.
        for number, (field, heading) in enumerate(ARTICLE_PARTS.items()):
            if value := getattr(article, field):
                writer.add(heading, BlockKind.LINE, apart=number > 0)
                writer.add(value, BlockKind.LINE)
        return article, _attributes(article, ARTICLE_ATTRIBUTES)
    text = check_fields(TextObject, content, origin)
    writer.add(text.text, BlockKind.LINE)
    return text, {}


def _attributes(fields: DocumentFields, names: Sequence[str]) -> dict[str, str]:
    values = {name: getattr(fields, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items() if value
    }
