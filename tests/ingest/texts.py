"""Parses a text that a test holds."""

from ingest.document import ParsedDocument, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse


def parse_text(content: str, source_format: str = "text", folder: str = "regulations") -> ParsedDocument:
    """The single document of ``content``, as if read from a file in ``folder``, whose name says its kind."""
    [document] = parse(SourceRecord(f"{folder}/case", source_format, Origin("case"), content, "digest"))
    return document
