"""How good suggestions are: leave-one-out over the resolved tickets of our corpus, and rules on labelled tickets.

Each ticket of a cause that at least one other ticket shares (`ticket_causes.tsv`) is asked as if it had just come in,
its own entry hidden. It is a hit when a ticket of the same cause is among the first solutions.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from eval.labelled_set import Half
from ingest.catalogue import Catalogue
from ingest.document import Kind
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.database import build_engine, migrate
from kb_service.runtime import Runtime
from kb_service.search.models import SearchRequest, SearchResponse
from kb_service.search.service import SearchService
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import Rule, Suggestion, SuggestionRequest
from kb_service.suggestions.obligations import Situation, load_obligations
from kb_service.suggestions.rules import RuleFinder
from kb_service.suggestions.service import SuggestionService
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import TicketKind, TicketState

LABELS = Path(__file__).with_name("labels")
DEPTHS = (1, 3, 5)
_MARKER = re.compile(r"^\s*(（[一二三四五六七八九十]+）|第[一二三四五六七八九十百]+条|\d+(\.\d+)*[.、]?|[-●•])\s*")
"""Numbers a list item; a quote may begin after it."""


@dataclass(frozen=True)
class PastTicket:
    """A resolved ticket of the corpus; ``cause`` is ``""`` where no other ticket has the same."""

    ticket_id: str
    title: str
    symptom: str
    product: str
    category: str
    cause: str
    half: Half


@dataclass(frozen=True)
class LabelledTicket:
    """A ticket with the obligations that its handler has now, each as the places that state it."""

    ticket_id: str
    half: Half
    situation: Situation
    obligations: Sequence[Sequence[tuple[str, str]]]
    """Of each obligation, (document id, quote) of every place that states it."""


class HidingSearch(SearchService):
    """The service's search, as if one document were not there."""

    hidden = ""

    def search(self, request: SearchRequest, principal: Principal) -> SearchResponse:
        more = request.model_copy(update={"limit": min(50, request.limit + 1)})
        response = super().search(more, principal)
        hits = [hit for hit in response.hits if hit.document_id != self.hidden][: request.limit]
        return response.model_copy(update={"hits": hits})


def load_past_tickets(corpus: Path) -> list[PastTicket]:
    with (LABELS / "ticket_causes.tsv").open(encoding="utf-8", newline="") as file:
        causes = {ticket_id: cause for cause, ticket_id in csv.reader(file, delimiter="\t")}
    # Every second cause is for choosing settings, the others for figures.
    tuning = set(sorted(set(causes.values()))[::2])
    return [
        PastTicket(
            line["id"],
            line["title"],
            line["symptom"],
            line["product"],
            line["category"],
            causes.get(line["id"], ""),
            Half.TUNING if causes.get(line["id"], "") in tuning else Half.REPORTING,
        )
        for path in sorted((corpus / "tickets").glob("*.jsonl"))
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def load_labelled_tickets() -> list[LabelledTicket]:
    lines = (LABELS / "ticket_rules.jsonl").read_text(encoding="utf-8").splitlines()
    return [_labelled_ticket(json.loads(line)) for line in lines]


def _labelled_ticket(line: Mapping[str, Any]) -> LabelledTicket:
    ticket = line["ticket"]
    number = int(line["id"].rpartition("-")[2])
    return LabelledTicket(
        line["id"],
        Half.TUNING if number % 2 else Half.REPORTING,
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


def build_ledger(runtime: Runtime, folder: Path) -> Ledger:
    """An empty ledger of its own, so that what is measured leaves nothing in the index's database."""
    engine: Engine = build_engine(f"sqlite:///{folder / 'ledger.sqlite3'}")
    migrate(engine)
    return Ledger(engine, runtime.tickets, "eval", runtime.embedder.dimension, lambda: datetime.now(UTC))


def build_service(runtime: Runtime, search: SearchService, ledger: Ledger) -> SuggestionService:
    rules = RuleFinder(runtime.catalogue, [])
    return SuggestionService(
        search, runtime.catalogue, runtime.tickets, ledger, rules, lambda: datetime.now(UTC), runtime.today
    )


def build_hiding_search(runtime: Runtime) -> HidingSearch:
    return HidingSearch(runtime.catalogue, runtime.store, runtime.embedder, runtime.sparse_encoder, runtime.today)


@dataclass(frozen=True)
class LeftOut:
    """What was suggested for a ticket with its own entry hidden."""

    ticket: PastTicket
    suggestion: Suggestion


def leave_one_out(runtime: Runtime, tickets: Sequence[PastTicket], folder: Path, *, product: bool) -> list[LeftOut]:
    """Ask each ticket; with ``product`` the request names it, as a ticket system does that knows it."""
    search = build_hiding_search(runtime)
    service = build_service(runtime, search, build_ledger(runtime, folder))
    asked = []
    for ticket in tickets:
        search.hidden = ticket.ticket_id
        request = SuggestionRequest(
            title=ticket.title, description=ticket.symptom, product=ticket.product if product else None, limit=20
        )
        asked.append(LeftOut(ticket, service.suggest(request, LOOPBACK)))
    service.close()
    return asked


def hit_rate(asked: Sequence[LeftOut], depth: int, *, of_tickets: bool) -> float:
    """Share of the tickets with company for which one of the same cause is among the first ``depth`` solutions.

    FAQ and manuals share the places but are not judged; ``of_tickets`` counts the places of past tickets alone.
    """
    causes: dict[str, set[str]] = defaultdict(set)
    for one in asked:
        if one.ticket.cause:
            causes[one.ticket.cause].add(one.ticket.ticket_id)
    hits = [
        any(
            solution.document_id in causes[one.ticket.cause] - {one.ticket.ticket_id}
            for solution in [
                solution for solution in one.suggestion.solutions if not of_tickets or solution.source is Kind.TICKET
            ][:depth]
        )
        for one in asked
        if one.ticket.cause
    ]
    return sum(hits) / len(hits)


def category_accuracy(asked: Sequence[LeftOut]) -> float:
    return sum(one.suggestion.classification.category == one.ticket.category for one in asked) / len(asked)


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
        rules = finder.find(ticket.situation, runtime.today(), LOOPBACK)
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
        cited == document_id and (_squeezed(quote) in _squeezed(text) or _squeezed(text) in _squeezed(quote))
        for cited, text in rule
        for document_id, quote in obligation
    )


def _squeezed(text: str) -> str:
    return "".join(_MARKER.sub("", text).split())


def render(asked: Mapping[bool, Sequence[LeftOut]], half: Half, rules: RulesScore) -> str:
    """The report in Markdown; ``asked`` by whether the request named the product."""
    lines = ["| 推荐 | 工单数 | hit@1 | hit@3 | hit@5 | 分类正确 |", "|---|---:|---:|---:|---:|---:|"]
    for product, left_out in asked.items():
        chosen = [one for one in left_out if one.ticket.half is half and one.ticket.cause]
        name = "已知产品" if product else "不知产品"
        accuracy = f"{category_accuracy(left_out):.3f}（{len(left_out)} 张）"
        for label, of_tickets in (("全部方案", False), ("只数工单", True)):
            rates = " | ".join(f"{hit_rate(chosen, depth, of_tickets=of_tickets):.3f}" for depth in DEPTHS)
            lines.append(f"| {name}，{label} | {len(chosen)} | {rates} | {accuracy} |")
    lines += [
        "",
        "| 适用的规定 | 工单数 | 标注的义务 | 召回率 | 显示的规定中有标注的 |",
        "|---|---:|---:|---:|---:|",
        f"| {half.value} | {rules.tickets} | {rules.obligations} | {rules.recall:.3f} | {rules.precision:.3f} |",
    ]
    return "\n".join(lines)
