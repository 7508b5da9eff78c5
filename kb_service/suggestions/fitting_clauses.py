"""Clauses of regulations whose words fit a ticket, shown after the obligations that it triggers.

Conditions foresee what often happens; what a customer asks for once a year stands in a clause that a search finds.
"""

import re
from collections.abc import Sequence

from ingest.document import Kind
from kb_service.search.citing import cite_chunk
from kb_service.search.matching import Match, Source
from kb_service.search.models import CitedRange
from kb_service.suggestions.models import Rule

CLAUSES = Source([Kind.REGULATION], 8, by_document=False)
"""What to look for: more than are added, as some are cited already."""
MOST_ADDED = 2
_WHY = "与工单所说的事相近"
_NAMELESS = "相近的条款"
_NUMBER = re.compile(
    r"^\s*(第[一二三四五六七八九十百\d]+[编章节条款项]|（[^）]{1,4}）|[一二三四五六七八九十\d.]+[、．]?)\s*"
)
"""What a heading has before its title."""


def add_clauses(rules: Sequence[Rule], clauses: Sequence[Match]) -> list[Rule]:
    """``rules``, and the first `MOST_ADDED` of ``clauses`` that none of them cites."""
    cited = [place for rule in rules for place in (rule.citation, *rule.also)]
    added = [rule for rule in map(_build_rule, clauses) if not any(_overlap(rule.citation, place) for place in cited)]
    return [*rules, *added[:MOST_ADDED]]


def _build_rule(clause: Match) -> Rule:
    citation = cite_chunk(clause.chunk)
    titles = [_NUMBER.sub("", heading) for heading in reversed(citation.heading_path)]
    name = next((title for title in titles if title), _NAMELESS)
    cited = CitedRange.model_validate(citation, from_attributes=True)
    return Rule(name=name, citation=cited, text=clause.text, why=_WHY)


def _overlap(one: CitedRange, other: CitedRange) -> bool:
    return (
        (one.document_id, one.version) == (other.document_id, other.version)
        and one.start_char < other.end_char
        and other.start_char < one.end_char
    )
