"""How many of the rules that labelled tickets trigger are shown for them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.labelled_set import Half
from ingest.catalogue import Catalogue
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.suggestions.fitting_clauses import CLAUSES, add_clauses
from kb_service.suggestions.models import Rule
from kb_service.suggestions.obligations import Situation, load_obligations
from kb_service.suggestions.rules import RuleFinder
from kb_service.suggestions.ticket_text import build_query
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import TicketKind, TicketState

_LABELS = Path(__file__).with_name("labels") / "ticket_rules.jsonl"
_LAST_FOR_TUNING = 156
"""The tickets up to this number were there when conditions were chosen; those after it were labelled apart."""
_MARKER = re.compile(r"^\s*(（[一二三四五六七八九十]+）|第[一二三四五六七八九十百]+条|\d+(\.\d+)*[.、]?|[-●•])\s*")
"""Numbers a list item; a quote may begin after it."""


@dataclass(frozen=True)
class LabelledTicket:
    """A ticket with the obligations that its handler has now, each as the places that state it."""

    ticket_id: str
    half: Half
    situation: Situation
    obligations: Sequence[Sequence[tuple[str, str]]]
    """Of each obligation, (document id, quote) of every place that states it."""


def load_labelled_tickets() -> list[LabelledTicket]:
    lines = _LABELS.read_text(encoding="utf-8").splitlines()
    return [_labelled_ticket(json.loads(line)) for line in lines]


def _labelled_ticket(line: Mapping[str, Any]) -> LabelledTicket:
    ticket = line["ticket"]
    number = int(line["id"].rpartition("-")[2])
    return LabelledTicket(
        line["id"],
        Half.TUNING if number <= _LAST_FOR_TUNING else Half.REPORTING,
        Situation(
            kind=TicketKind(ticket["kind"]),
            state=TicketState(ticket["state"]),
            priority=ticket["priority"],
            channel=ticket["channel"],
            level=ticket["level"],
            reopened=ticket["reopened"],
            response=ClockState(ticket["response_clock"]),
            resolution=ClockState(ticket["resolution_clock"]),
            text=f"{ticket['title']}\n{ticket['description']}",
            product=ticket["product"],
            category=ticket["category"],
        ),
        [
            [(place["document_id"], place["quote"]) for place in (obligation, *obligation.get("alternatives", ()))]
            for obligation in line["obligations"]
        ],
    )


@dataclass(frozen=True)
class RulesScore:
    """``recall`` is the share of all labelled obligations that are shown, ``precision`` that of the rules shown that
    are labelled. Labels name at most five obligations a ticket, so a rule beyond them is not always wrong."""

    tickets: int
    obligations: int
    recall: float
    precision: float


def score_rules(runtime: Runtime, labelled: Sequence[LabelledTicket]) -> RulesScore:
    finder = RuleFinder(runtime.catalogue, load_obligations())
    found = wanted = shown = right = 0
    for ticket in labelled:
        title, _, description = ticket.situation.text.partition("\n")
        [clauses] = runtime.search.find_matches(build_query(title, description), [CLAUSES], LOOPBACK, as_ticket=True)
        rules = add_clauses(finder.find(ticket.situation, runtime.today(), LOOPBACK), clauses.matches)
        texts = [list(_iter_places(runtime.catalogue, rule)) for rule in rules]
        hits = [[_states(rule, obligation) for rule in texts] for obligation in ticket.obligations]
        wanted += len(hits)
        found += sum(any(row) for row in hits)
        shown += len(texts)
        right += sum(any(row[place] for row in hits) for place in range(len(texts)))
    return RulesScore(len(labelled), wanted, found / wanted, right / max(1, shown))


def _iter_places(catalogue: Catalogue, rule: Rule) -> Iterator[tuple[str, str]]:
    """(document id, sentence) of every place that a rule cites."""
    for cited in (rule.citation, *rule.also):
        [text] = [
            stored.document.text
            for stored in catalogue.find_versions(cited.document_id)
            if stored.document.version == cited.version
        ]
        yield cited.document_id, text[cited.start_char : cited.end_char]


def _states(rule: Sequence[tuple[str, str]], obligation: Sequence[tuple[str, str]]) -> bool:
    """Whether a sentence of the rule holds a quote of the obligation, or the quote holds the sentence."""
    return any(
        cited == document_id and (_bare(quote) in _bare(text) or _bare(text) in _bare(quote))
        for cited, text in rule
        for document_id, quote in obligation
    )


def _bare(text: str) -> str:
    return squeeze(_MARKER.sub("", text))


def squeeze(text: str) -> str:
    """Without white space, which chunks and quotes keep differently."""
    return "".join(text.split())
