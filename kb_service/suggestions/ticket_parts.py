"""The text of a resolved ticket -> its parts."""

from ingest.formats.json_lines import TICKET_PARTS

_NAMES = {heading: name for name, heading in TICKET_PARTS.items()}


def split_ticket(text: str) -> dict[str, tuple[int, int]]:
    """Name of each part (symptom, solution, …) -> its range in ``text``, without the heading and white space around."""
    parts: dict[str, tuple[int, int]] = {}
    name, begun, position = "", 0, 0
    for line in text.splitlines(keepends=True):
        heading = _NAMES.get(line.strip())
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
