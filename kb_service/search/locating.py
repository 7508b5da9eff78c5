"""Answers queries that name a place (保密规定第27条第2项) from the outlines of the regulations in force."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import log

from ingest.catalogue import Catalogue
from ingest.citation import citation_label
from ingest.document import Kind, ParsedDocument, Section
from ingest.tokenizer import fold
from kb_service.access.principal import Principal
from kb_service.search.locators import Locator, Outline, Place, find_locator

_UNNAMED = 0.2
"""What a place of the right number is worth where nothing of the query says which regulation is meant."""
_BY_TEXT = 0.5
_OPENING_CHARS = 400
"""Of a place's own text, as much as is looked at for what the query asks about it."""
_LEAST = 0.5
"""A bare 4.12 may be anything; it is a place only where the query says of what."""
_CLEARLY_BETTER = 0.9
_MOST_PLACES = 3
_MOST_KEPT = 5_000
"""Regulations whose outlines are held. Where more are in force, no place is looked up: reading them takes seconds."""


@dataclass(frozen=True)
class Located:
    """A place that a query names.

    Attributes:
        chunk_id: the chunk in which it begins.
        label: its citation.
        start, end: its range in the document's text.
        text: the whole of it.
    """

    chunk_id: str
    label: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Regulation:
    key: int
    document: ParsedDocument
    outline: Outline

    @cached_property
    def title_pairs(self) -> frozenset[str]:
        return _pairs(self.document.title)


class OutlineSearch:
    """Keeps the outlines of the regulations that it has read; those of new texts are read when first asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._read: dict[int, _Regulation] = {}

    def find(self, text: str, on: date, principal: Principal) -> list[Located]:
        """The places that ``text`` names for sure, the best first: mostly one, several where they are equally good.

        Empty where the query names no place, or does not say of which regulation and several have such a place.
        """
        locator = find_locator(text)
        if locator is None:
            return []
        regulations = [
            regulation
            for regulation in self._in_force(on)
            if principal.may_read(regulation.document.clearance, regulation.document.departments)
        ]
        return [
            located
            for named in _select(_rank(locator, regulations), locator)[:_MOST_PLACES]
            if (located := self._located(named)) is not None
        ]

    def _located(self, named: "_Named") -> Located | None:
        section = named.section
        chunks = self._catalogue.list_chunks(named.regulation.key)
        begun = (chunk for chunk in chunks if chunk.end_char > section.start and chunk.start_char < section.end)
        chunk = next(begun, None)
        if chunk is None:
            return None
        document = named.regulation.document
        text = document.text[section.start : section.end].strip()
        start = document.text.index(text, section.start)
        return Located(chunk.chunk_id, citation_label(document, section.index), start, start + len(text), text)

    def _in_force(self, on: date) -> list[_Regulation]:
        keys = self._catalogue.published_keys(Kind.REGULATION, on, _MOST_KEPT + 1)
        if len(keys) > _MOST_KEPT:
            return []
        missing = [key for key in keys if key not in self._read]
        if len(self._read) + len(missing) > _MOST_KEPT:
            self._read.clear()
            missing = keys
        self._read.update(
            (stored.key, _Regulation(stored.key, stored.document, Outline.of(stored.document)))
            for stored in self._catalogue.load_versions(missing)
        )
        return [self._read[key] for key in keys if key in self._read]


@dataclass(frozen=True)
class _Named:
    """The score only orders the places of one query."""

    regulation: _Regulation
    section: Section
    score: float


def _rank(locator: Locator, regulations: Sequence[_Regulation]) -> list[_Named]:
    asked = _pairs(locator.rest)
    spread = Counter(pair for regulation in regulations for pair in regulation.title_pairs)

    def weight(pairs: Iterable[str]) -> float:
        return sum(log((len(regulations) + 1) / (spread[pair] + 0.5)) for pair in pairs if spread[pair])

    known = weight(asked)
    found = []
    for regulation in regulations:
        named = weight(asked & regulation.title_pairs) / known if known else 0.0
        other = asked - regulation.title_pairs
        for place, likeness in regulation.outline.find(locator):
            told = _share_told(other, place, regulation.document) * len(other) / max(1, len(asked))
            found.append(_Named(regulation, place.section, likeness * (_UNNAMED + named + told)))
    return sorted(found, key=lambda one: (-one.score, one.regulation.document.document_id, one.section.start))


def _share_told(pairs: frozenset[str], place: Place, document: ParsedDocument) -> float:
    """How much of ``pairs`` stands in the headings above the place (in full) or in its own text (by half)."""
    if not pairs:
        return 0.0
    section = place.section
    above = _pairs(" ".join(document.heading_path(section.parent)))
    own = _pairs(document.text[section.start : min(section.end, section.start + _OPENING_CHARS)])
    return (len(pairs & above) + _BY_TEXT * len((pairs & own) - above)) / len(pairs)


def _select(ranked: Sequence[_Named], locator: Locator) -> list[_Named]:
    if not ranked or (not locator.decisive and ranked[0].score < _LEAST):
        return []
    rivals = [named for named in ranked if named.score >= _CLEARLY_BETTER * ranked[0].score]
    if len({named.regulation.key for named in rivals}) > 1:
        return []
    return rivals


def _pairs(text: str) -> frozenset[str]:
    letters = "".join(char for char in fold(text) if char.isalnum())
    return frozenset(first + second for first, second in pairwise(letters))
