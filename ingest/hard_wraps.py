"""Line ends inside sentences: lines of a fixed width, joined again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.document import RemovalReason
from ingest.numbering import parse_marker
from ingest.passages import Passage
from ingest.titles import is_regulation_title

_SHORTEST_WRAPPED = 20
_WIDTHS_APART = 4
"""Lines broken at one width differ by this many characters at most: a figure or a word is kept whole."""
_ENDS = re.compile(r"[。；;：:！？!?…”’）)】》>.．]\s*$")
_NEW_ITEM = re.compile(r"\s*[•●○■◆▪·*\-–—“|]")
_WORD = re.compile(r"[A-Za-z0-9]")


def join_wrapped_lines(passages: Sequence[Passage]) -> list[Passage]:
    """Join lines that break off in mid-sentence at one common width; each line end stays behind as left out.

    A text whose lines end like sentences nowhere is a list, not a wrapped text; nothing is joined in it.
    """
    breaks = {i for i in range(len(passages) - 1) if _may_continue(passages[i], passages[i + 1])}
    width = max((len(passages[i].text) for i in breaks), default=0)
    narrow = any(width - len(passages[i].text) > _WIDTHS_APART for i in breaks)
    complete = sum(1 for passage in passages if passage.is_line and _ENDS.search(passage.text))
    if not breaks or narrow or complete < len(breaks):
        return list(passages)
    joined: list[Passage] = []
    index = 0
    while index < len(passages):
        last = index
        while last in breaks:
            last += 1
        run = passages[index : last + 1]
        joined.append(replace(run[0], text=_join([passage.text for passage in run])))
        joined += [replace(passage, text="\n", removed=RemovalReason.HARD_WRAP) for passage in run[:-1]]
        index = last + 1
    return joined


def _join(texts: Sequence[str]) -> str:
    parts = [texts[0]]
    for before, text in pairwise(texts):
        is_word = bool(_WORD.match(before[-1:])) and bool(_WORD.match(text[:1]))
        parts += [" " if is_word else "", text]
    return "".join(parts)


def _may_continue(passage: Passage, following: Passage) -> bool:
    """Whether ``following``, the very next line, may go on with the sentence of ``passage``."""
    if not (passage.is_line and following.is_line) or passage.line is None or following.line != passage.line + 1:
        return False
    if len(passage.text) < _SHORTEST_WRAPPED or _ENDS.search(passage.text):
        return False
    text = following.text
    starts_anew = parse_marker(text) is not None or _NEW_ITEM.match(text) or is_regulation_title(text)
    return not starts_anew and text == text.lstrip()
