"""Solutions that failed where a newer one helped (the staleness that KCS calls a contradiction).

A failure (rejected, or reopened after use) of a text as it now stands is *contradicted* when all of this holds:

- another solution, a ticket's or an article's, not older than the one that failed, is in use or confirmed for a symptom
  like it (cosine of the symptom vectors at least `ALIKE`) and not for another product, and the last that was said of it
  is later than the failure; or the ticket at hand was later solved without any suggested solution;
- the solution that failed has not itself helped with such a symptom since.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kb_service.suggestions.duplicates import ALIKE
from kb_service.suggestions.usage_repository import Judged, OwnSolution

IsNewer = Callable[[Judged, Judged], bool]
"""Whether the first may replace the second."""


@dataclass
class Contradiction:
    """One solution with its contradicted failures, and what helped instead; both newest first."""

    document_id: str
    failures: list[Judged] = field(default_factory=list)
    by: list[Judged] = field(default_factory=list)
    own: list[OwnSolution] = field(default_factory=list)


def find_contradictions(
    failures: Iterable[Judged],
    successes: Sequence[Judged],
    own: Mapping[int, OwnSolution],
    may_replace: IsNewer,
) -> list[Contradiction]:
    """The most often contradicted first; ``own`` is by ticket key: how tickets were solved without suggestions."""
    found: dict[str, Contradiction] = {}
    for failure, later in _pair(failures, successes):
        if any(one.document_id == failure.document_id for one in later):
            continue
        instead = [one for one in later if may_replace(one, failure)]
        solved = own.get(failure.ticket_key) if failure.ticket_key is not None else None
        if solved is not None and solved.at <= failure.at:
            solved = None
        if not instead and solved is None:
            continue
        contradiction = found.setdefault(failure.document_id, Contradiction(failure.document_id))
        contradiction.failures.append(failure)
        contradiction.by += instead
        contradiction.own += [solved] if solved else []
    for one in found.values():
        one.failures.sort(key=lambda failure: failure.at, reverse=True)
        one.by = _newest_of_each(one.by)
        one.own.sort(key=lambda solution: solution.at, reverse=True)
    return sorted(
        found.values(), key=lambda one: (-len(one.failures), -one.failures[0].at.timestamp(), one.document_id)
    )


def _pair(failures: Iterable[Judged], successes: Sequence[Judged]) -> Iterable[tuple[Judged, list[Judged]]]:
    """Each failure with the later successes on symptoms like its own."""
    by_model: dict[str, list[Judged]] = defaultdict(list)
    for success in successes:
        by_model[success.model].append(success)
    of_model: dict[str, list[Judged]] = defaultdict(list)
    for failure in failures:
        of_model[failure.model].append(failure)
    for model, failed in of_model.items():
        helped = by_model[model]
        alike = _matrix(failed) @ _matrix(helped).T >= ALIKE if helped else np.zeros((len(failed), 0), bool)
        for failure, row in zip(failed, alike, strict=True):
            near = [helped[place] for place in np.flatnonzero(row)]
            yield failure, [one for one in near if one.at > failure.at and not _differ(one.product, failure.product)]


def _matrix(judged: Sequence[Judged]) -> NDArray[np.float32]:
    return np.stack([one.vector for one in judged])


def _differ(first: str | None, second: str | None) -> bool:
    return bool(first and second and first != second)


def _newest_of_each(successes: Iterable[Judged]) -> list[Judged]:
    newest = sorted(successes, key=lambda one: one.at, reverse=True)
    return list({one.document_id: one for one in reversed(newest)}.values())[::-1]
