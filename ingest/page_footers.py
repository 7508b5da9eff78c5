"""Page numbers with running heads, on lines of their own or glued into running text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.document import Removal, RemovalReason
from ingest.passages import Passage

_PAGE = re.compile(r"(?<![\d/.])(\d{1,3})\s?/\s?(\d{1,3})(?![\d/])|第\s?(\d{1,3})\s?页\s?[,，/]?\s?共\s?(\d{1,3})\s?页")
_HEAD_MARK = re.compile(r"[。；，,;:：！？!?、%％]")
_LONGEST_HEAD = 40
_FEWEST_PAGES = 2
_SHORTEST_PAGE = 3
"""Fewest blocks from one footer on a line of its own to the next."""


@dataclass(frozen=True)
class PageFooter:
    """Page ``number`` of ``total`` under the running head ``head``, at ``text[start:end]`` of its passage."""

    passage: int
    start: int
    end: int
    number: int
    total: int
    head: str
    certain: bool


def mark_page_footers(passages: Sequence[Passage], next_titles: Sequence[str]) -> list[Passage]:
    """Leave out page footers.

    A fraction such as 1/4 is one only in company: two or more pages of one total under one running head, each on a
    line of its own in ascending order, or followed at once by one of ``next_titles`` (a new text begins behind it).
    """
    found = [footer for index, passage in enumerate(passages) for footer in _footers(index, passage, next_titles)]
    groups: dict[tuple[int, str], list[PageFooter]] = {}
    for footer in found:
        groups.setdefault((footer.total, footer.head), []).append(footer)
    accepted: dict[int, list[PageFooter]] = {}
    for group in groups.values():
        if _are_footers(group):
            for footer in group:
                accepted.setdefault(footer.passage, []).append(footer)
    marked: list[Passage] = []
    for index, passage in enumerate(passages):
        marked += _cut_out(passage, accepted.get(index, []))
    return marked


def _footers(index: int, passage: Passage, next_titles: Sequence[str]) -> Iterable[PageFooter]:
    if not passage.is_line:
        return
    text = passage.text
    for match in _PAGE.finditer(text):
        number, total = (int(group) for group in match.groups() if group)
        window = text[match.end() : match.end() + _LONGEST_HEAD + max(map(len, next_titles), default=0)]
        begins = [position for title in next_titles if (position := window.find(title)) >= 0]
        before_title = bool(begins)
        length = min(begins) if begins else len(text) - match.end()
        head = text[match.end() : match.end() + length] if length <= _LONGEST_HEAD else ""
        whole_line = match.start() == 0 and not before_title
        plausible = 0 < number <= total and length <= _LONGEST_HEAD and not _HEAD_MARK.search(head)
        if plausible and (before_title or whole_line):
            yield PageFooter(index, match.start(), match.end() + length, number, total, head.strip(), before_title)


def _are_footers(group: Sequence[PageFooter]) -> bool:
    numbers = [footer.number for footer in group]
    if len(set(numbers)) < max(len(numbers), _FEWEST_PAGES):
        return False
    if all(footer.certain for footer in group):
        return True
    pairs = list(pairwise(group))
    apart = all(later.passage - earlier.passage >= _SHORTEST_PAGE for earlier, later in pairs)
    return apart and all(later.number > earlier.number for earlier, later in pairs)


def _cut_out(passage: Passage, footers: Sequence[PageFooter]) -> list[Passage]:
    parts: list[Passage] = []
    position = 0
    for footer in footers:
        parts += passage.part(position, footer.start)
        parts += [part.without(RemovalReason.PAGE_FOOTER) for part in passage.part(footer.start, footer.end)]
        position = footer.end
    return [*parts, *passage.part(position, len(passage.text))] if footers else [passage]


def missing_pages(removals: Iterable[Removal]) -> dict[tuple[int, str], list[int]]:
    """Pages that no footer names, by total and running head, for those of which at least two are there."""
    seen: dict[tuple[int, str], set[int]] = {}
    for removal in removals:
        if removal.reason is RemovalReason.PAGE_FOOTER and (found := read_footer(removal.text)):
            number, total, head = found
            seen.setdefault((total, head), set()).add(number)
    return {
        (total, head): [number for number in range(1, total + 1) if number not in pages]
        for (total, head), pages in seen.items()
        if len(pages) >= _FEWEST_PAGES
    }


def read_footer(text: str) -> tuple[int, int, str] | None:
    """Number, total and running head of a removed footer."""
    match = _PAGE.search(text)
    if match is None:
        return None
    number, total = (int(group) for group in match.groups() if group)
    return number, total, (text[: match.start()] + text[match.end() :]).strip()
