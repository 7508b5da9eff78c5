"""Asks a system all queries of a set."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.progress import track

from eval.labelled_set import Query
from eval.measures import Run
from eval.systems.protocol import Answer, System

DEPTH = 10


@dataclass(frozen=True)
class Outcome:
    """What a system answered to each query, by query id, and how long it took."""

    system: str
    answers: dict[str, Answer]
    milliseconds: dict[str, float]

    @property
    def run(self) -> Run:
        return {query_id: answer.found for query_id, answer in self.answers.items()}


def ask(system: System, queries: Sequence[Query], depth: int = DEPTH) -> Outcome:
    outcome = Outcome(system.name, {}, {})
    for query in track(queries, description=system.name, transient=True):
        started = time.perf_counter()
        outcome.answers[query.query_id] = system.answer(query.text, depth)
        outcome.milliseconds[query.query_id] = (time.perf_counter() - started) * 1000
    return outcome
