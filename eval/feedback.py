"""Does what engineers tell of suggestions make the next ones better? Simulated tickets through the real service.

Each simulated ticket tells a past one anew: some sentences of its symptom, often without its title; the past one's own
entry is hidden. The simulated engineer looks down the suggested tickets, each place with less patience, errs at times,
trusts the first place more than the others, and tells what came of it: a right solution is mostly confirmed, a wrong
one mostly reopened. The same tickets are used with feedback and without.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.suggesting import HidingSearch, PastTicket, build_hiding_search, build_ledger, build_service
from ingest.document import Kind
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import FeedbackRequest, Solution, SuggestionRequest
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.service import SuggestionService

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]?")


@dataclass(frozen=True)
class Habits:
    """The simulated engineer; shares from 0 to 1.

    Attributes:
        patience: chance to look at rank r is ``patience ** (r - 1)``.
        sees_right: chance to adopt a right solution that is looked at.
        takes_wrong: chance to adopt a wrong one; at the first place ``trust`` comes on top.
        says_no: chance to reject a wrong one aloud instead of passing on.
        right_holds, wrong_holds: chance that what was adopted is confirmed and not reopened.
    """

    patience: float = 0.75
    sees_right: float = 0.85
    takes_wrong: float = 0.08
    trust: float = 0.10
    says_no: float = 0.5
    right_holds: float = 0.95
    wrong_holds: float = 0.15


@dataclass(frozen=True)
class Told:
    """A simulated ticket."""

    past: PastTicket
    title: str
    description: str


@dataclass
class Course:
    """Ticket by ticket, whether the first suggested past ticket had the same cause."""

    hits: list[bool] = field(default_factory=list)

    def rate(self, start: int = 0) -> float:
        return sum(self.hits[start:]) / len(self.hits[start:])


def tell_anew(past: PastTicket, dice: random.Random) -> Told:
    """The same trouble told by someone who leaves things out."""
    sentences = _SENTENCE.findall(past.symptom)
    kept = [sentence for sentence in sentences if dice.random() < 0.6] or [dice.choice(sentences)]
    title = past.title if dice.random() < 0.5 else kept[0].strip(" 。；！？\n")[:60]
    return Told(past, title or past.title, "".join(kept))


def simulate(
    runtime: Runtime, past: Sequence[PastTicket], folder: Path, count: int, seed: int, *, feedback: bool
) -> Course:
    """``count`` tickets one after the other; without ``feedback`` nothing is told of what came of them."""
    dice = random.Random(seed)
    stream = [tell_anew(dice.choice(past), dice) for _ in range(count)]
    search = build_hiding_search(runtime)
    ledger = build_ledger(runtime, folder)
    service = build_service(runtime, search, ledger)
    causes = {ticket.ticket_id: ticket.cause for ticket in past}
    course = Course()
    for told in stream:
        suggestion_id, solutions = _ask(service, search, told)
        course.hits.append(bool(solutions) and _is_right(solutions[0], told, causes))
        answers = _answer(solutions, told, causes, Habits(), dice)
        for document_id, outcome in answers:
            if feedback:
                _tell(ledger, suggestion_id, document_id, outcome)
    return course


@dataclass(frozen=True)
class Popular:
    """How often a wrong solution that was adopted blindly stood first for its symptom, before and after feedback."""

    before: float
    after: float


def dethrone(runtime: Runtime, past: Sequence[PastTicket], folder: Path, causes: int, seed: int) -> Popular:
    """For each of some causes a wrong solution is adopted ten times unseen; then 20 tickets run as in `simulate`."""
    dice = random.Random(seed)
    search = build_hiding_search(runtime)
    ledger = build_ledger(runtime, folder)
    service = build_service(runtime, search, ledger)
    of = {ticket.ticket_id: ticket.cause for ticket in past}
    first: list[bool] = []
    last: list[bool] = []
    for ticket in dice.sample(list(past), causes):
        _, solutions = _ask(service, search, tell_anew(ticket, dice))
        wrong = [solution.document_id for solution in solutions if of.get(solution.document_id, "") != ticket.cause]
        if not wrong:
            continue
        for _ in range(10):
            suggestion_id, shown = _ask(service, search, tell_anew(ticket, dice))
            if any(solution.document_id == wrong[0] for solution in shown):
                _tell(ledger, suggestion_id, wrong[0], Outcome.ADOPTED)
        tops = []
        for _ in range(20):
            told = tell_anew(ticket, dice)
            suggestion_id, shown = _ask(service, search, told)
            tops.append(bool(shown) and shown[0].document_id == wrong[0])
            for document_id, outcome in _answer(shown, told, of, Habits(), dice):
                _tell(ledger, suggestion_id, document_id, outcome)
        first.append(tops[0])
        last.append(sum(tops[-5:]) > len(tops[-5:]) / 2)
    return Popular(sum(first) / len(first), sum(last) / len(last))


def interval(with_feedback: Course, without: Course, seed: int) -> tuple[float, float]:
    """95 % bootstrap interval of the difference in hit@1, ticket by ticket."""
    differences = np.array(with_feedback.hits, float) - np.array(without.hits, float)
    draws = np.random.default_rng(seed).choice(differences, (2_000, len(differences))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def _ask(service: SuggestionService, search: HidingSearch, told: Told) -> tuple[str, list[Solution]]:
    """The suggestion's id and the past tickets in it."""
    search.hidden = told.past.ticket_id
    request = SuggestionRequest(title=told.title, description=told.description, product=told.past.product, limit=8)
    suggestion = service.suggest(request, LOOPBACK)
    return suggestion.suggestion_id, [one for one in suggestion.solutions if one.source is Kind.TICKET]


def _answer(
    solutions: Sequence[Solution], told: Told, causes: Mapping[str, str], habits: Habits, dice: random.Random
) -> Iterator[tuple[str, Outcome]]:
    """What the engineer tells, down to the first solution that holds."""
    for place, solution in enumerate(solutions):
        right = _is_right(solution, told, causes)
        looks, adopts, speaks, holds = (dice.random() for _ in range(4))
        if looks >= habits.patience**place:
            return
        taken = habits.sees_right if right else habits.takes_wrong + habits.trust * (place == 0)
        if adopts < taken:
            yield solution.document_id, Outcome.ADOPTED
            if holds < (habits.right_holds if right else habits.wrong_holds):
                yield solution.document_id, Outcome.CONFIRMED
                return
            yield solution.document_id, Outcome.REOPENED
        elif not right and speaks < habits.says_no:
            yield solution.document_id, Outcome.REJECTED


def _is_right(solution: Solution, told: Told, causes: Mapping[str, str]) -> bool:
    return causes.get(solution.document_id) == told.past.cause


def _tell(ledger: Ledger, suggestion_id: str, document_id: str, outcome: Outcome) -> None:
    reason = "不是这个原因" if outcome is Outcome.REJECTED else None
    request = FeedbackRequest.model_validate(
        {"document_id": document_id, "outcome": outcome, "actor": "模拟工程师", "reason": reason}
    )
    ledger.give_feedback(suggestion_id, request)
