"""Plain text: one line one block; the first lines may be the title and the day it takes effect."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ingest.document import BlockKind, StructuredText
from ingest.errors import Origin
from ingest.formats.blocks import BlockWriter
from ingest.normalizer import normalize_text
from ingest.structure.titles import is_regulation_title

_LONGEST_TITLE = 60
_TITLE_LINES = 3
"""Above the title may stand the name of the company and the number of the document."""
_SENTENCE_MARKS = re.compile(r"[。；，;,：:!?！？]")
_EFFECTIVE = re.compile(r"^[（(]?(?:自)?(\d{4})年(\d{1,2})月(\d{1,2})日起?(?:施行|执行|实施|生效|试行)[）)]?。?$")
_LINE_END = re.compile(r"\r\n?|\n")


def read_plain_text(content: str, _origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return the fields that the first lines state (``title``, ``effective_from``) and the text, line by line.

    The title line stays in the text, as the outermost heading.
    """
    lines = list(_visible_lines(content))
    writer = BlockWriter()
    fields: dict[str, Any] = {}
    title = _title_line([text for text, _ in lines[:_TITLE_LINES]])
    for index, (text, number) in enumerate(lines):
        if index == title:
            fields["title"] = text
            writer.add(text, BlockKind.HEADING, level=1, line=number)
            fields["effective_from"] = effective_day(lines[index + 1][0]) if index + 1 < len(lines) else None
        else:
            writer.add(text, BlockKind.LINE, line=number)
    return {key: value for key, value in fields.items() if value is not None}, writer.finish()


def effective_day(line: str) -> date | None:
    """The day that a line below a title names: （自2025年3月1日起施行）."""
    match = _EFFECTIVE.match(line)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        # An impossible day such as 2月30日 stays what it is, a line of the text.
        return None


def _visible_lines(content: str) -> Iterator[tuple[str, int]]:
    """Lines with something visible on them, and their numbers as an editor counts them."""
    for number, raw in enumerate(_LINE_END.split(content), start=1):
        for part in normalize_text(raw).split("\n"):
            if text := part.strip():
                yield text, number


def _title_line(first_lines: Sequence[str]) -> int | None:
    """The first of the short lines at the top that reads like a regulation's title, else the first line if short."""
    for index, line in enumerate(first_lines):
        if len(line) > _LONGEST_TITLE or _SENTENCE_MARKS.search(line):
            break
        if is_regulation_title(line):
            return index
    short = first_lines and len(first_lines[0]) <= _LONGEST_TITLE and not _SENTENCE_MARKS.search(first_lines[0])
    return 0 if short else None
