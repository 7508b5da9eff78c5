"""Plain text: one line one block; the first lines may be the title and the day it takes effect."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ingest.document import BlockKind, StructuredText
from ingest.errors import Origin
from ingest.formats.blocks import BlockWriter

_LINE_END = re.compile(r"\r\n?|\n")
_LONGEST_TITLE = 60
_SENTENCE_MARKS = re.compile(r"[。；，;,：:!?！？]")
_EFFECTIVE = re.compile(r"^[（(]?(?:自)?(\d{4})年(\d{1,2})月(\d{1,2})日起?(?:施行|执行|实施|生效|试行)[）)]?。?$")


def read_plain_text(content: str, _origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return the fields that the first lines state (``title``, ``effective_from``) and the text, line by line.

    The title line stays in the text, as the outermost heading.
    """
    numbered = [(number, line.strip()) for number, line in enumerate(_LINE_END.split(content), start=1) if line.strip()]
    lines = [line for _, line in numbered]
    writer = BlockWriter()
    fields: dict[str, Any] = {}
    if lines and len(lines[0]) <= _LONGEST_TITLE and not _SENTENCE_MARKS.search(lines[0]):
        fields["title"] = lines[0]
        writer.add(lines.pop(0), BlockKind.HEADING, level=1, line=numbered.pop(0)[0])
        effective = _EFFECTIVE.match(lines[0]) if lines else None
        if effective:
            fields["effective_from"] = _day(effective)
    for number, line in numbered:
        writer.add(line, BlockKind.LINE, line=number)
    return {key: value for key, value in fields.items() if value is not None}, writer.finish()


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        # An impossible day such as 2月30日 stays what it is, a line of the text.
        return None
