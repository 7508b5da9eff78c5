"""Obligations -> the sentences of the regulations in force that state them, cited."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.catalogue import Catalogue
from ingest.citation import citation_label
from ingest.document import Kind, ParsedDocument, Section
from kb_service.access.principal import Principal
from kb_service.search.citing import build_range
from kb_service.suggestions.models import Rule
from kb_service.suggestions.obligations import Obligation, Situation, triggered

MOST_RULES = 10
_MOST_PLACES = 5
_LIGHT = 4
"""Obligations of this weight or less are good to know: they are shown where few others are."""
_ENOUGH = 6
_MOST_REGULATIONS = 500
"""Regulations that are read; where more are in force, those that came first."""
_SENTENCE_END = re.compile(r"[。；！？\n]")


@dataclass(frozen=True)
class _Place:
    """A sentence that states an obligation; ``pattern`` is the index of the clause's pattern, the best being 0."""

    pattern: int
    start: int
    end: int


@dataclass(frozen=True)
class _Regulation:
    document: ParsedDocument
    places: dict[str, _Place]
    """Name of an obligation -> the best sentence that states it here."""


class RuleFinder:
    """Keeps where the regulations that it has read state which obligation; new texts are read when first asked for."""

    def __init__(self, catalogue: Catalogue, obligations: list[Obligation]) -> None:
        self._catalogue = catalogue
        self._obligations = obligations
        self._read: dict[int, _Regulation] = {}

    def find(self, situation: Situation, on: date, principal: Principal) -> list[Rule]:
        """At most `MOST_RULES` obligations that the situation triggers, as regulations in force ``on`` that day state
        them; one that none states is left out, and so is a light one where `_ENOUGH` are found."""
        regulations = [
            regulation
            for regulation in self._in_force(on)
            if principal.may_read(regulation.document.clearance, regulation.document.departments)
        ]
        rules: list[Rule] = []
        for found in triggered(self._obligations, situation):
            if len(rules) == MOST_RULES or (found.weight <= _LIGHT and len(rules) >= _ENOUGH):
                break
            rule = _build_rule(found.obligation, regulations)
            if rule is not None and all(rule.citation != shown.citation for shown in rules):
                rules.append(rule)
        return rules

    def _in_force(self, on: date) -> list[_Regulation]:
        keys = self._catalogue.published_keys(Kind.REGULATION, on, _MOST_REGULATIONS)
        missing = [key for key in keys if key not in self._read]
        new = {
            stored.key: _Regulation(stored.document, _locate(stored.document.text, self._obligations))
            for stored in self._catalogue.load_versions(missing)
        }
        # One assignment, so that threads see the old or the new whole.
        self._read = {key: regulation for key in keys if (regulation := self._read.get(key) or new.get(key))}
        return sorted(self._read.values(), key=lambda one: one.document.document_id)


def _locate(text: str, obligations: Sequence[Obligation]) -> dict[str, _Place]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    places: dict[str, _Place] = {}
    for obligation in obligations:
        for number, pattern in enumerate(obligation.clauses):
            place = _first_within_sentence(text, pattern, ends)
            if place is not None:
                places[obligation.name] = _Place(number, *place)
                break
    return places


def _first_within_sentence(text: str, pattern: re.Pattern[str], ends: Sequence[int]) -> tuple[int, int] | None:
    """The first sentence that holds a match as a whole, without white space around it."""
    match = pattern.search(text)
    while match is not None:
        number = bisect_right(ends, match.start())
        start = ends[number - 1] if number else 0
        end = ends[number] if number < len(ends) else len(text)
        if match.end() <= end or pattern.search(text, match.start(), end):
            stretch = text[start:end]
            start += len(stretch) - len(stretch.lstrip())
            return start, start + len(stretch.strip())
        # It ran over the end of its sentence, and may have run over one that is found in the next.
        match = pattern.search(text, end)
    return None


def _build_rule(obligation: Obligation, regulations: Sequence[_Regulation]) -> Rule | None:
    stating = [one for one in regulations if obligation.name in one.places]
    stating.sort(key=lambda one: one.places[obligation.name].pattern)
    cited = [
        build_range(
            one.document.document_id,
            one.document.version,
            citation_label(one.document, _section_at(one.document.sections, place.start, place.end)),
            one.document.text[place.start : place.end],
            place.start,
        )
        for one in stating[:_MOST_PLACES]
        for place in (one.places[obligation.name],)
    ]
    if not cited:
        return None
    first = stating[0]
    place = first.places[obligation.name]
    text = first.document.text[place.start : place.end]
    return Rule(name=obligation.name, citation=cited[0], text=text, why=obligation.why, also=cited[1:])


def _section_at(sections: Sequence[Section], start: int, end: int) -> int | None:
    """Index of the innermost section around the range: sections are in text order, so the last one."""
    around = [section.index for section in sections if section.start <= start and end <= section.end]
    return around[-1] if around else None
