"""Where inside a line numbering could stand, and what surrounds such a place: 第一章总则第一条为规范…"""

import re
from collections import deque
from dataclasses import dataclass

from ingest.numbering import SPACE, Marker, parse_marker
from ingest.numerals import CHINESE_DIGITS, CHINESE_NUMERAL, NUMERAL

_CANDIDATE = re.compile(
    rf"第[{SPACE}]{{0,2}}{NUMERAL}[{SPACE}]{{0,2}}(?:分编|部分|[编章节条篇卷])"
    rf"|(?<![第{CHINESE_DIGITS}]){CHINESE_NUMERAL}[、.．]"
    rf"|[（(](?:{CHINESE_NUMERAL}|\d{{1,3}})[）)]"
    r"|(?<![\d.第])\d{1,3}(?:\.\d{1,2}){1,3}|(?<![\d.第A-Za-z])\d{1,3}(?:[、．.](?!\d)|[)）])"
    r"|(?<![A-Za-z\d])(?:[A-Z]\d{0,2}|[a-z])[、．.)）](?![A-Za-z\d])"
    r"|[①-⑳⑴-⒇]"
)
_QUOTATION = re.compile(r"“[^“”]*”|‘[^‘’]*’")
# Closing brackets and quotes of the line before, which a bad line break has left at the start of this one.
_LEADING = re.compile(rf"[{SPACE}]*(?:[)）」』”’][{SPACE}]*){{0,2}}")
_SENTENCE_END = "。；;！？!?…"
_CLOSERS = "”’」』）)】"
_COLONS = "：:"
_CAPTION_MARK = re.compile(r"[，。；：,;:•●！？!?“”]")
_LONGEST_CAPTION = 20

# What comes before or after a number that is only mentioned: 见（二）, 前款（二）, （二）项, （二）的规定.
_MENTIONING = re.compile(
    rf"(?:[第见按依及和或与至到款项条目、，,/~—*+×=-]|前述|上述|所述|依照|按照|根据|参照|符合|违反)[{SPACE}]?$"
)
_MENTIONED = re.compile(r"[的中所之款项条目节章、，,/)）]|规定|以[上下内外]|[至到和及或与][（(第]")


@dataclass(frozen=True)
class Candidate:
    """A marker and the characters before it: what a decision about it rests on.

    Attributes:
        start: where in the line it stands.
        end: where the text after it begins.
        leading: nothing but indentation or a stray closing bracket stands before it in its line.
        after_sentence: a sentence has just ended before it.
        after_colon: an enumeration is announced before it.
        after_space: white space separates it from what stands before.
        mentioned: the words around it make it a reference.
    """

    marker: Marker
    start: int
    end: int
    leading: bool
    after_sentence: bool
    after_colon: bool
    after_space: bool
    mentioned: bool


def find_candidates(line: str) -> list[Candidate]:
    """Return every place of ``line`` that looks like numbering, in order; those inside quotation marks left out."""
    lead = _LEADING.match(line)
    first = lead.end() if lead else 0
    found: list[Candidate] = []
    # A figure such as "3 目的" counts at the start of a line only.
    marker = parse_marker(line[first:]) if first < len(line) else None
    position = first
    if marker:
        found.append(Candidate(marker, first, first + marker.length, True, False, False, False, False))
        position = first + marker.length
    quotations = deque(match.span() for match in _QUOTATION.finditer(line))
    for match in _CANDIDATE.finditer(line, position):
        while quotations and quotations[0][1] <= match.start():
            quotations.popleft()
        if quotations and quotations[0][0] < match.start():
            continue
        marker = parse_marker(line, match.start())
        if marker and marker.style != "annex":
            found.append(_describe(line, marker, match.start()))
    return found


def _describe(line: str, marker: Marker, start: int) -> Candidate:
    before = line[max(0, start - 8) : start]
    bare = before.rstrip(SPACE)
    end = start + marker.length
    return Candidate(
        marker,
        start,
        end,
        leading=False,
        after_sentence=bare.rstrip(_CLOSERS)[-1:] in tuple(_SENTENCE_END),
        after_colon=bare[-1:] in tuple(_COLONS),
        after_space=before != bare,
        mentioned=bool(_MENTIONING.search(bare)) or bool(_MENTIONED.match(line, end)),
    )


def caption_between(line: str, start: int, end: int) -> str | None:
    """The short heading ``line[start:end]`` without its colon, or None where that is a sentence or nothing."""
    if end - start > _LONGEST_CAPTION + 8:
        return None
    caption = line[start:end].strip(SPACE).rstrip(f"{_COLONS}{SPACE}")
    if not caption or len(caption) > _LONGEST_CAPTION or _CAPTION_MARK.search(caption):
        return None
    return caption
