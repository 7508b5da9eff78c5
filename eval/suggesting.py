"""How good suggestions are: leave-one-out over the resolved tickets of our corpus, and rules on labelled tickets.

Each ticket of a cause that at least one other ticket shares (`ticket_causes.tsv`) is asked as if it had just come in,
its own entry hidden. A suggested ticket of the same cause is right, and so is a passage of FAQ or manual that gives
that cause's remedy (`cause_answers.tsv`).
"""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from eval.labelled_set import Half
from eval.rule_recall import RulesScore, squeeze
from ingest.document import Kind
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.database import build_engine, migrate
from kb_service.runtime import Runtime
from kb_service.search.matching import Matches, Source
from kb_service.search.service import SearchService
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import Solution, Suggestion, SuggestionRequest
from kb_service.suggestions.rules import RuleFinder
from kb_service.suggestions.service import SuggestionService

LABELS = Path(__file__).with_name("labels")
DEPTHS = (1, 3, 5)
_NAMES = {True: "已知产品", False: "不知产品"}


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


class HidingSearch(SearchService):
    """The service's search, as if one document were not there."""

    hidden = ""

    def find_matches(
        self, text: str, sources: Sequence[Source], principal: Principal, *, as_ticket: bool = False
    ) -> list[Matches]:
        more = [replace(source, limit=source.limit + 1) for source in sources]
        return [
            replace(found, matches=[one for one in found.matches if one.document_id != self.hidden][: source.limit])
            for source, found in zip(
                sources, super().find_matches(text, more, principal, as_ticket=as_ticket), strict=True
            )
        ]


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


def load_answers() -> dict[str, list[tuple[str, str]]]:
    """Cause -> (document id, quote of the remedy) of each passage of FAQ and manuals that solves it."""
    answers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with (LABELS / "cause_answers.tsv").open(encoding="utf-8", newline="") as file:
        for cause, document_id, quote in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            answers[cause].append((document_id, quote))
    return answers


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
    return asked


class Judge:
    """Knows which solutions are right for a ticket: others of its cause, and passages that give its remedy."""

    def __init__(self, tickets: Sequence[PastTicket], answers: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """``answers``: cause -> (document id, quote of the remedy)."""
        self._answers = answers
        self._tickets: dict[str, set[str]] = defaultdict(set)
        for ticket in tickets:
            if ticket.cause:
                self._tickets[ticket.cause].add(ticket.ticket_id)

    def is_right(self, solution: Solution, ticket: PastTicket) -> bool:
        if solution.source is Kind.TICKET:
            return solution.document_id in self._tickets[ticket.cause] - {ticket.ticket_id}
        return any(
            document_id == solution.document_id and squeeze(quote) in squeeze(solution.solution)
            for document_id, quote in self._answers.get(ticket.cause, ())
        )


def hit_rate(asked: Sequence[LeftOut], judge: Judge, depth: int, *, of_tickets: bool) -> float:
    """Share of the tickets with company for which one of the first ``depth`` solutions is right.

    ``of_tickets`` looks at past tickets alone, as if they had all the places.
    """
    hits = []
    for one in asked:
        solutions = [
            solution for solution in one.suggestion.solutions if not of_tickets or solution.source is Kind.TICKET
        ]
        hits.append(any(judge.is_right(solution, one.ticket) for solution in solutions[:depth]))
    return sum(hits) / len(hits)


def category_accuracy(asked: Sequence[LeftOut], among: int = 1) -> float:
    """Share of the tickets whose own category is one of the first ``among`` that are suggested."""
    return sum(
        one.ticket.category in [vote.category for vote in one.suggestion.classification.categories[:among]]
        for one in asked
    ) / len(asked)


def mean_confidence(asked: Sequence[LeftOut]) -> float:
    """What is believed of the first category on average; where belief is sound, as much as the accuracy."""
    return sum(one.suggestion.classification.confidence for one in asked) / len(asked)


def render(asked: Mapping[bool, Sequence[LeftOut]], half: Half, judge: Judge, rules: RulesScore) -> str:
    """The report in Markdown; ``asked`` by whether the request named the product."""
    lines = ["| 推荐 | 工单数 | hit@1 | hit@3 | hit@5 |", "|---|---:|---:|---:|---:|"]
    for product, left_out in asked.items():
        chosen = [one for one in left_out if one.ticket.half is half and one.ticket.cause]
        name = _NAMES[product]
        for label, of_tickets in (("全部方案", False), ("只看工单", True)):
            rates = " | ".join(f"{hit_rate(chosen, judge, depth, of_tickets=of_tickets):.3f}" for depth in DEPTHS)
            lines.append(f"| {name}，{label} | {len(chosen)} | {rates} |")
    lines += [
        "",
        "| 分类 | 工单数 | 首个正确 | 前两个中有 | 前三个中有 | 对首个的把握，平均 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for product, left_out in asked.items():
        rates = " | ".join(f"{category_accuracy(left_out, among):.3f}" for among in (1, 2, 3))
        lines.append(f"| {_NAMES[product]} | {len(left_out)} | {rates} | {mean_confidence(left_out):.3f} |")
    lines += [
        "",
        "| 适用的规定 | 工单数 | 标注的义务 | 召回率 | 显示的规定中有标注的 |",
        "|---|---:|---:|---:|---:|",
        f"| {half.value} | {rules.tickets} | {rules.obligations} | {rules.recall:.3f} | {rules.precision:.3f} |",
    ]
    return "\n".join(lines)
