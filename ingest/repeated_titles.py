"""Titles printed two or three times: on lines of their own and once more glued to the first sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.document import RemovalReason
from ingest.numbering import parse_marker
from ingest.numerals import NUMERAL, to_int
from ingest.passages import Passage
from ingest.titles import collection_title, is_regulation_title

_VERSION = re.compile(r"[vV]\d+(?:\.\d+)*")
_FIRST_PIECE = re.compile(rf"(?:[（(]\s?[1１一]\s?[）)])?(?:{_VERSION.pattern})?")
# What makes a title at the start of a line the subject of its sentence: 值班管理规定由总部解释。
_PREDICATE = re.compile(
    r"[是的由自经在将从和与及、，,》（(]|为(?![了加规保提进适贯促健维确])|适用|规定|所|包括|旨在|主要|明确|如|应|须|必|不|作为"
)
_SENTENCE_ENDS = ("。", "；", ";", "！", "？", "”", "）", ")")


def piece_openings(passages: Sequence[Passage]) -> list[str]:
    """How the titles of a collection's further pieces begin: ``…制度(`` for every headline ``…制度(3篇)``."""
    titles = (passage.text for passage in passages if passage.is_line or passage.is_title)
    bases = {base for title in titles if (base := collection_title(title))}
    return [base + bracket for base in sorted(bases) for bracket in "(（"]


def mark_titles(passages: Sequence[Passage]) -> list[Passage]:
    """Keep one printing of each title that is printed repeatedly, as a heading, and leave out the others.

    The headline of a collection (``…制度(3篇)``) is left out where the first piece has its title glued to its text;
    the titles of the further pieces (``…制度(二)``) become headings wherever in a line they stand.
    """
    marked: list[Passage] = []
    waiting = list(reversed(passages))
    base, piece = "", 1
    while waiting:
        passage = waiting.pop()
        if base and passage.is_line and (parts := _cut_at_piece(passage, base, piece + 1)):
            *before, title, rest = parts
            marked += [*before, title.as_title()]
            waiting += [rest] if rest.text else []
            piece += 1
            continue
        if not (passage.is_line or passage.is_title) or not is_regulation_title(passage.text):
            marked.append(passage)
            continue
        repeats = [passage]
        while waiting and _is_same_title(waiting[-1], passage):
            repeats.append(waiting.pop())
        collection = collection_title(passage.text)
        name = collection or passage.text.strip()
        glued = bool(waiting) and _is_glued(waiting[-1], name, certain=len(repeats) > 1 or collection is not None)
        base, piece = collection or "", 1
        if not glued and len(repeats) == 1:
            marked.append(passage)
        elif glued and collection:
            marked += [repeat.without(RemovalReason.BOILERPLATE) for repeat in repeats]
            first = waiting.pop()
            number = _FIRST_PIECE.match(first.text, len(name))
            end = number.end() if number else len(name)
            marked += [title.as_title() for title in first.part(0, end)]
            waiting += first.part(end, len(first.text))
        else:
            marked += [passage.as_title(), *(repeat.without(RemovalReason.REPEATED_TITLE) for repeat in repeats[1:])]
            if glued:
                first = waiting.pop()
                marked += [title.without(RemovalReason.REPEATED_TITLE) for title in first.part(0, len(name))]
                waiting += first.part(len(name), len(first.text))
    return marked


def _is_same_title(passage: Passage, title: Passage) -> bool:
    return (passage.is_line or passage.is_title) and passage.text.strip() == title.text.strip()


def _is_glued(passage: Passage, title: str, *, certain: bool) -> bool:
    """Whether a line begins with the title and then with its own text.

    ``certain``: the title stands above it twice, so that anything but a predicate counts as the text.
    """
    text = passage.text
    if not passage.is_line or not text.startswith(title):
        return False
    rest = text[len(title) :]
    if not rest.strip():
        return False
    version = _VERSION.match(rest)
    if rest[0].isspace() or parse_marker(rest) or version:
        return True
    return certain and not _PREDICATE.match(rest)


def _cut_at_piece(passage: Passage, base: str, number: int) -> list[Passage]:
    """The passage cut into what stands before, title and text of the piece with ``number``; empty where none begins."""
    match = re.search(rf"{re.escape(base)}[（(]\s?({NUMERAL})\s?[）)](?:{_VERSION.pattern})?", passage.text)
    if match is None or to_int(match[1]) != number:
        return []
    if match.start() and not passage.text[: match.start()].rstrip().endswith(_SENTENCE_ENDS):
        return []
    rest = passage.part(match.end(), len(passage.text)) or [replace(passage, text="")]
    return [*passage.part(0, match.start()), *passage.part(*match.span()), *rest]
