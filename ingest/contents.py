"""Tables of contents: lines that name the chapters once before the chapters themselves."""

import re
from collections.abc import Sequence

from ingest.document import Block, BlockKind, StructuredText
from ingest.numbering import parse_marker

_CONTENTS = re.compile(r"目\s*[录次]")
_PAGE_NUMBER = re.compile(r"[\s.．…·—-]*[（(]?\d{0,4}[）)]?\s*$")
_SENTENCE_END = re.compile(r"[。；;！？!?]")
_LONGEST_ENTRY = 60
_LONGEST_TABLE = 1000
_FEWEST_ENTRIES = 2


def find_contents_lines(structured: StructuredText) -> frozenset[int]:
    """Return the indices of the blocks that are entries of a table of contents, its own heading not among them."""
    blocks = structured.blocks
    entries = [_entry(structured.text, block) for block in blocks]
    found: set[int] = set()
    for index, block in enumerate(blocks):
        if index in found or block.kind not in (BlockKind.LINE, BlockKind.HEADING):
            continue
        if _CONTENTS.fullmatch(structured.text[block.start : block.end].strip()):
            found |= _headed_table(entries, index + 1)
        elif block.kind is BlockKind.LINE and _names_chapter(entries[index]):
            found |= _bare_table(entries, index)
    return frozenset(found)


def _entry(text: str, block: Block) -> str:
    """The line as a table of contents prints it: without spaces, leaders and page number; ``""`` for a sentence."""
    line = text[block.start : min(block.end, block.start + _LONGEST_ENTRY + 1)]
    if (
        block.kind not in (BlockKind.LINE, BlockKind.HEADING)
        or len(line) > _LONGEST_ENTRY
        or _SENTENCE_END.search(line)
    ):
        return ""
    return "".join(_PAGE_NUMBER.sub("", line).split())


def _headed_table(entries: Sequence[str], start: int) -> set[int]:
    """What follows 目录, as far as the place where its first entry stands again."""
    first = entries[start] if start < len(entries) else ""
    for index in range(start + 1, min(start + _LONGEST_TABLE, len(entries))):
        if not first or not entries[index]:
            break
        if entries[index] == first:
            return set(range(start, index))
    return set()


def _bare_table(entries: Sequence[str], start: int) -> set[int]:
    """Chapters listed one below the other and then printed again from the first one on."""
    end = start + 1
    limit = min(len(entries), start + _LONGEST_TABLE)
    while end < limit and entries[end] != entries[start] and _names_chapter(entries[end]):
        end += 1
    repeated = end < len(entries) and entries[end] == entries[start]
    return set(range(start, end)) if repeated and end - start >= _FEWEST_ENTRIES else set()


def _names_chapter(entry: str) -> bool:
    marker = parse_marker(entry) if entry.startswith("第") else None
    return marker is not None and bool(marker.tier) and not marker.atomic
