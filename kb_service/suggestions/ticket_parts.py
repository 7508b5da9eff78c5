"""The text of a resolved ticket or of a knowledge article -> its parts."""

from collections.abc import Mapping

from ingest.document import Kind
from ingest.formats.json_lines import ARTICLE_PARTS, TICKET_PARTS

_TICKET_NAMES = {heading: name for name, heading in TICKET_PARTS.items()}
_ARTICLE_NAMES = {heading: name for name, heading in ARTICLE_PARTS.items()}


def split_parts(text: str, kind: Kind) -> dict[str, tuple[int, int]]:
    """Parts of a text that tells a problem and its solution under headings, none for others; see `split_ticket`."""
    if kind is Kind.TICKET:
        return split_ticket(text)
    is_article = kind is Kind.FAQ and text.startswith(f"{ARTICLE_PARTS['symptom']}\n")
    return _split(text, _ARTICLE_NAMES) if is_article else {}


def split_ticket(text: str) -> dict[str, tuple[int, int]]:
    """Name of each part (symptom, solution, …) -> its range in ``text``, without the heading and white space around."""
    return _split(text, _TICKET_NAMES)


def _split(text: str, names: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    parts: dict[str, tuple[int, int]] = {}
    name, begun, position = "", 0, 0
    for line in text.splitlines(keepends=True):
        heading = names.get(line.strip())
        if heading:
            _close(parts, name, text, begun, position)
            name, begun = heading, position + len(line)
        position += len(line)
    _close(parts, name, text, begun, position)
    return parts


def _close(parts: dict[str, tuple[int, int]], name: str, text: str, begun: int, end: int) -> None:
    stretch = text[begun:end]
    if name and stretch.strip() and name not in parts:
        start = begun + len(stretch) - len(stretch.lstrip())
        parts[name] = (start, start + len(stretch.strip()))
