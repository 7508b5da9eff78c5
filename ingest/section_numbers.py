"""The numbers of a document's sections, read back from its text: what checks of completeness go by."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.document import ParsedDocument, Section
from ingest.numbering import Marker, parse_marker
from ingest.numerals import CHINESE_DIGITS, to_chinese

_MARKED_CHARS = 80
"""How much of a line is read for its number; the heading of an annex is shorter."""


@dataclass(frozen=True)
class NumberedSection:
    """A section with its marker, and the annex that holds it (its index, -1 outside)."""

    section: Section
    marker: Marker
    annex: int


def number_sections(document: ParsedDocument) -> list[NumberedSection]:
    """The sections that have a number, in text order; 款 are counted, not numbered, and left out."""
    annexes: dict[int, int] = {}
    numbered = []
    for section in document.sections:
        above = annexes.get(section.parent, -1) if section.parent is not None else -1
        line = document.text[section.start : section.start + _MARKED_CHARS].split("\n", 1)[0]
        marker = parse_marker(line) if section.marker else None
        annexes[section.index] = section.index if marker and marker.style == "annex" else above
        if marker and marker.text == section.marker:
            numbered.append(NumberedSection(section, marker, above))
    return numbered


def written_like(marker: Marker, value: int) -> str:
    """Another number in the form of ``marker``: 第三条 beside 第十五条, （5） beside （2）, 4.10.2 beside 4.10.3."""
    text = marker.text.split("之")[0] if marker.added else marker.text
    if marker.style == "decimal":
        return ".".join(str(part) for part in (*marker.number[:-1], value))
    if marker.style.startswith(("alpha", "lower")):
        first = ord("a") if marker.style.startswith("lower") else ord("A")
        return marker.group + (str(value) if marker.group else chr(first + value - 1))
    if marker.style.startswith("circled"):
        return chr(ord("①" if marker.style == "circled" else "⑴") + value - 1)
    digits = [char for char in text if char.isdecimal() or char in CHINESE_DIGITS]
    numeral = "".join(digits)
    return text.replace(numeral, to_chinese(value) if numeral[:1] in CHINESE_DIGITS else str(value), 1)


def written_range(marker: Marker, first: int, last: int) -> str:
    """``第五条``, ``第五条至第七条``."""
    names = [written_like(marker, first)] + ([written_like(marker, last)] if last > first else [])
    return "至".join(names)


def siblings(numbered: Sequence[NumberedSection]) -> dict[tuple[object, ...], list[NumberedSection]]:
    """The sections by the list they belong to, each list in text order.

    编, 章, 节 and 条 count through the text or its annex, decimals below one number, everything else below one parent.
    """
    lists: dict[tuple[object, ...], list[NumberedSection]] = {}
    for item in numbered:
        marker = item.marker
        if marker.style == "annex":
            # 附件1, 附表1 and 附录A are counted apart.
            key: tuple[object, ...] = (marker.style, marker.text[:2])
        elif marker.tier:
            key = (item.annex, marker.style, marker.tier)
        elif marker.style == "decimal":
            key = (item.section.parent, marker.style, marker.number[:-1])
        else:
            key = (item.section.parent, marker.style, marker.group)
        lists.setdefault(key, []).append(item)
    return lists


def label_at(document: ParsedDocument, position: int) -> str:
    """Label of the innermost section that holds ``position``, ``""`` outside all of them."""
    index = bisect_right([section.start for section in document.sections], position) - 1
    section = document.sections[index] if index >= 0 else None
    while section is not None and section.end <= position:
        section = document.sections[section.parent] if section.parent is not None else None
    return section.label if section else ""
