"""Numbers that are missing, come twice or have changed places."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.document import Finding, FindingCode, ParsedDocument
from ingest.section_numbers import NumberedSection, siblings, written_range

Found = tuple[int, Finding]
"""A finding and the character offset of its place."""

_RUNS_ON = ("cn", "num")
"""Lists that may go on below the next heading where they stopped: 8. below 一、 and 9. below 二、."""


def find_numbering_problems(document: ParsedDocument, numbered: Sequence[NumberedSection]) -> Iterator[Found]:
    """Yield what is wrong inside each list, and a line that has lost the number before its 、."""
    stopped: dict[str, int] = {}
    first = numbered[0] if numbered else None
    for items in siblings(numbered).values():
        yield from _problems_of(items, stopped, is_first=items[0] is first)
        stopped[items[0].marker.style] = items[-1].marker.value
    for block in document.blocks:
        if document.text.startswith("、", block.start):
            start = document.text[block.start : block.start + 12].split("\n")[0]
            yield block.start, Finding(FindingCode.MISSING_NUMBER, f"“{start}…”以顿号开头，原有的序号缺失")


def _problems_of(items: Sequence[NumberedSection], stopped: dict[str, int], *, is_first: bool) -> Iterator[Found]:
    marker = items[0].marker
    if not is_first and marker.value > 1 and _should_begin_at_one(items[0], stopped):
        yield _missing(items[0], 1, marker.value - 1)
    seen = {(marker.value, marker.added)}
    for position, (before, item) in enumerate(pairwise(items), start=1):
        value, last = item.marker.value, before.marker.value
        number = (value, item.marker.added)
        if value == 1 and not item.marker.added and (last > 1 or before.section.parent != item.section.parent):
            seen = {number}
            continue
        if value == 0 or last == 0:
            continue
        if number in seen:
            yield _at(item, FindingCode.REPEATED_NUMBER, f"序号{item.section.marker}重复出现")
        elif value < last:
            empty = "，前者没有正文" if before.section.end <= before.section.body_start else ""
            message = f"序号颠倒：{before.section.marker}排在{item.section.marker}之前{empty}"
            yield _at(before, FindingCode.MISSING_NUMBER, message)
        elif value > last + 1 and not _is_next(items, position, last + 1):
            yield _missing(item, last + 1, value - 1)
        seen.add(number)


def _should_begin_at_one(item: NumberedSection, stopped: dict[str, int]) -> bool:
    marker = item.marker
    runs_on = marker.style in _RUNS_ON and stopped.get(marker.style, 0) + 1 == marker.value
    return marker.style != "decimal" and marker.style != "annex" and not runs_on


def _is_next(items: Sequence[NumberedSection], position: int, value: int) -> bool:
    """Whether the number that seems to be missing stands right behind: then the two have changed places."""
    return position + 1 < len(items) and items[position + 1].marker.value == value


def _missing(item: NumberedSection, first: int, last: int) -> Found:
    return _at(
        item, FindingCode.MISSING_NUMBER, f"{item.section.marker}之前缺少{written_range(item.marker, first, last)}"
    )


def _at(item: NumberedSection, code: FindingCode, message: str) -> Found:
    return item.section.start, Finding(code, message, item.section.label)
