"""The sentence, table row or clause of a hit that answers, quoted as it stands in the document.

Chosen by what it shares with the query. The row of a table stays whole, so that a code keeps its remedy. Of a ticket it
is the solution, as much of it as is shown around the hit, since what resembles the query there is the complaint. On the
tuning half of our labelled queries, shared words and rows quoted the labelled words where the vectors of the sentences
did not: see docs/decisions/0014-answers-are-quoted.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from haystack import Document

from ingest.chunking.sentences import iter_sentences
from ingest.document import Kind, Meta
from ingest.formats.json_lines import ARTICLE_PARTS, TICKET_PARTS
from ingest.tokenizer import fold
from kb_service.search.citing import build_answer
from kb_service.search.models import Answer
from kb_service.search.query_analysis import AnalyzedQuery

_ROW = re.compile(r"[^；：\n]{1,20}：[^；\n]*；[^；：\n]{1,20}：")
"""A table row as the index holds it: ``column：cell；column：cell``."""
_LETTER = re.compile(r"[^\W_]")
_ANSWERING_PARTS = (TICKET_PARTS["solution"], TICKET_PARTS["diagnosis"])
"""Of a ticket, the first of these that it has."""
_LEAST_LETTERS = 4
"""What is shorter, a "1." say, belongs to what follows."""
_ADDED_WEIGHT = 0.5
_IDENTIFIER_WEIGHT = 2.0
"""In units of the best share of terms, so that a holder of the code goes before all others."""


@dataclass(frozen=True)
class _Unit:
    """``text[start:end]``, and the part of a ticket it belongs to."""

    start: int
    end: int
    part: str


def find_answer(chunk: Document, parent_text: str | None, analyzed: AnalyzedQuery) -> Answer | None:
    """What of the chunk answers, or of the ticket or knowledge article around it; None where it has no words.

    ``parent_text`` is the article, section or ticket that the chunk is a part of.
    """
    meta = chunk.meta
    kind = Kind(meta[Meta.KIND])
    text, low, label = chunk.content or "", meta[Meta.START_CHAR], meta[Meta.CITATION]
    if parent_text is not None and _is_in_parts(parent_text, kind):
        text, low, label = parent_text, meta[Meta.PARENT_START_CHAR], meta[Meta.PARENT_CITATION]
    found = find_range(text, kind, analyzed)
    return build_answer(chunk, text[slice(*found)], low + found[0], label) if found else None


def find_range(text: str, kind: Kind, analyzed: AnalyzedQuery) -> tuple[int, int] | None:
    """Range of ``text`` that answers, without surrounding white space; None where it has no words."""
    units = list(_iter_units(text))
    if _is_in_parts(text, kind):
        for part in _ANSWERING_PARTS:
            own = [unit for unit in units if unit.part == part]
            if own:
                return _stripped(text, own[0].start, own[-1].end)
    if not units:
        return None
    folded = fold(text)
    # The first of equals: a passage that shares no word with the query mostly begins with what it has to say.
    best = max(units, key=lambda unit: (_shared(folded[unit.start : unit.end], analyzed), -unit.start))
    return _stripped(text, best.start, best.end)


def _is_in_parts(text: str, kind: Kind) -> bool:
    """Whether a text tells a problem and its solution under headings: tickets do, and knowledge articles."""
    return kind is Kind.TICKET or (kind is Kind.FAQ and text.startswith(f"{ARTICLE_PARTS['symptom']}\n"))


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    return start, start + len(stretch.strip())


def _iter_units(text: str) -> Iterator[_Unit]:
    part, position = "", 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        if line.strip() in TICKET_PARTS.values():
            part = line.strip()
        elif _ROW.match(line.strip()):
            yield _Unit(start, position, part)
        else:
            yield from _sentences(text, start, position, part)


def _sentences(text: str, start: int, end: int, part: str) -> Iterator[_Unit]:
    begun = start
    for _, stop in iter_sentences(text, start, end):
        letters = len(_LETTER.findall(text, begun, stop))
        if letters >= _LEAST_LETTERS or stop == end:
            if letters:
                yield _Unit(begun, stop, part)
            begun = stop


def _shared(folded: str, analyzed: AnalyzedQuery) -> float:
    """Share of the query's terms in a unit, identifiers on top."""
    held = False
    if analyzed.identifiers:
        squeezed = "".join(_LETTER.findall(folded))
        held = any(key in squeezed for key in analyzed.identifiers)
    own = sum(term in folded for term in analyzed.terms)
    added = _ADDED_WEIGHT * sum(term in folded for term in analyzed.added)
    return (own + added) / max(1, len(analyzed.terms) + len(analyzed.added)) + _IDENTIFIER_WEIGHT * held
