"""What became of solutions before -> how far each is to be trusted for a ticket like this one.

Each judgement (adopted, confirmed, rejected, reopened) counts by how near the symptom it was passed on is to the one at
hand::

    weight = (BASE + (1 - BASE) * max(0, (cos - NEAR) / (1 - NEAR))) / propensity(rank)

with ``cos`` the cosine of the two symptom vectors (`SearchService.symptom_vector`), so that a solution that is right
for one cause and wrong for another keeps both records. ``propensity`` is the chance that a solution on that rank is
looked at, 1 / sqrt(rank), bounded: judgements on lower ranks are rarer for no fault of theirs (inverse propensity
weighting, Joachims, Swaminathan, Schnabel: Unbiased Learning-to-Rank with Biased Feedback, 2017).

The success rate is the mean of a Beta distribution whose prior is the rate of all solutions, worth ``PRIOR`` judgements
(empirical Bayes). It is a rate: being shown or adopted often moves nothing by itself, so nothing stays on top for
being on top. The ranking is moved by the rate's log odds against the prior's, within bounds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, FAILED_OUTCOMES, Outcome

NEAR = 0.3
"""Cosine from which on two symptoms have anything in common: one in twenty pairs of the sample tickets with different
causes is nearer."""
BASE = 0.03
"""What a judgement on quite another symptom is worth."""
PRIOR = 0.6
RANKING_WEIGHT = 0.35
HIGHEST_BOOST = 0.9
MOST_JUDGEMENTS = 50_000
"""The newest are kept in memory (about 80 MB)."""

_LOWEST_PROPENSITY = 0.4
_LEAST_BALANCE = 0.05
_VALUES: Mapping[Outcome, float] = {
    Outcome.ADOPTED: 0.5,
    Outcome.EDITED: 0.5,
    Outcome.RESOLVED_WITH: 0.8,
    Outcome.CONFIRMED: 1.0,
    Outcome.REJECTED: 0.0,
    Outcome.REOPENED: 0.0,
}
"""Success that an outcome stands for: to be tried is less than to have solved it."""


@dataclass(frozen=True)
class Judgement:
    """Where one suggested solution stands.

    Attributes:
        key: of the suggestion and the solution; a later judgement with the same key replaces this one.
        vector: symptom vector of the ticket it was suggested for.
    """

    key: tuple[str, str]
    outcome: Outcome
    rank: int
    vector: NDArray[np.float32]

    @property
    def document_id(self) -> str:
        return self.key[1]


@dataclass(frozen=True)
class Record:
    """What speaks for and against a solution.

    Attributes:
        adopted, rejected: how often, whatever the symptom.
        success_rate: between 0 and 1, for a symptom like the one at hand.
        alike: sum of the weights, without the propensities, of judgements on near symptoms.
        boost: to be added to the solution's score.
    """

    adopted: int = 0
    rejected: int = 0
    success_rate: float | None = None
    alike: float = 0.0
    boost: float = 0.0


@dataclass(frozen=True)
class Recollection:
    """What the judgements say for one symptom.

    Attributes:
        places: document id -> its place in the sums below.
        good, bad: weights of what speaks for and against it.
        alike: see `Record`.
        balance: nearness of the judgements, those against it counted below 0.
        adopted, rejected: numbers of judgements.
        mean: success rate of all judgements.
    """

    places: Mapping[str, int]
    good: NDArray[np.float64]
    bad: NDArray[np.float64]
    alike: NDArray[np.float64]
    balance: NDArray[np.float64]
    adopted: NDArray[np.float64]
    rejected: NDArray[np.float64]
    mean: float

    def record(self, document_id: str) -> Record:
        place = self.places.get(document_id)
        if place is None or self.adopted[place] + self.rejected[place] == 0:
            return Record()
        good, bad = self.good[place], self.bad[place]
        rate = float((good + PRIOR * self.mean) / (good + bad + PRIOR))
        adopted, rejected = int(self.adopted[place]), int(self.rejected[place])
        return Record(adopted, rejected, rate, float(self.alike[place]), _boost(rate, self.mean))

    def find_proven(self, at_most: int) -> list[str]:
        """Solutions that helped with such symptoms, the best first."""
        helped = np.flatnonzero(self.balance > _LEAST_BALANCE)
        best = sorted(helped, key=lambda place: (-self.balance[place], place))[:at_most]
        names = list(self.places) if best else []
        return [names[place] for place in best]


class EvidenceMemory:
    """The judgements, as columns. Not safe for several threads at once."""

    def __init__(self, dimension: int) -> None:
        self._places: dict[tuple[str, str], int] = {}
        self._documents: dict[str, int] = {}
        self._vectors: NDArray[np.float32] = np.empty((64, dimension), np.float32)
        self._of_document = np.zeros(64, np.int64)
        self._success = np.zeros(64, np.float64)
        self._weight = np.zeros(64, np.float64)
        """0 where the place holds nothing that counts (a judgement that was taken back)."""

    def learn(self, judgements: Iterable[Judgement]) -> None:
        """Take in new judgements; the oldest give way past `MOST_JUDGEMENTS`."""
        for judgement in judgements:
            self._put(judgement)

    def recall(self, vector: NDArray[np.float32]) -> "Recollection":
        """What is known of all solutions, for a ticket with this symptom vector."""
        size, counts = len(self._places), len(self._documents)
        near = self._near(vector)
        documents, success, weight = self._of_document[:size], self._success[:size], self._weight[:size]
        decided = weight > 0
        shares = weight * (BASE + (1 - BASE) * near)

        def add_up(values: NDArray[Any]) -> NDArray[np.float64]:
            return np.bincount(documents, values, counts).astype(np.float64, copy=False)

        return Recollection(
            dict(self._documents),
            good=add_up(shares * success),
            bad=add_up(shares * (1 - success)),
            alike=add_up(near * decided),
            balance=add_up(decided * near * (success - 0.5)),
            adopted=add_up(decided & (success > 0)),
            rejected=add_up(decided & (success == 0)),
            mean=_mean(weight, success),
        )

    def _near(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        size = len(self._places)
        cosines = self._vectors[:size] @ vector
        closeness: NDArray[np.float64] = np.clip((cosines - NEAR) / (1 - NEAR), 0, 1).astype(np.float64)
        return closeness

    def _put(self, judgement: Judgement) -> None:
        place = self._places.pop(judgement.key, None)
        if place is None:
            place = self._free_place()
        # Last in order: what was judged anew is not old.
        self._places[judgement.key] = place
        document = self._documents.setdefault(judgement.document_id, len(self._documents))
        decided = judgement.outcome in ADOPTED_OUTCOMES | FAILED_OUTCOMES
        self._vectors[place] = judgement.vector
        self._of_document[place] = document
        self._success[place] = _VALUES.get(judgement.outcome, 0.0)
        self._weight[place] = 1 / propensity(judgement.rank) if decided else 0.0

    def _free_place(self) -> int:
        if len(self._places) == MOST_JUDGEMENTS:
            oldest = next(iter(self._places))
            return self._places.pop(oldest)
        place = len(self._places)
        if place == len(self._weight):
            self._grow()
        return place

    def _grow(self) -> None:
        size = len(self._weight)
        self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
        self._of_document = np.concatenate([self._of_document, np.zeros(size, np.int64)])
        self._success = np.concatenate([self._success, np.zeros(size)])
        self._weight = np.concatenate([self._weight, np.zeros(size)])


def propensity(rank: int) -> float:
    """Chance that a solution on this rank (from 1) is looked at, not less than 0.4."""
    return max(_LOWEST_PROPENSITY, 1 / sqrt(rank))


def _mean(weight: NDArray[np.float64], success: NDArray[np.float64]) -> float:
    """Success rate of all judgements, kept away from 0 and 1 by one of each kind."""
    return float((weight @ success + 0.5) / (weight.sum() + 1))


def _boost(rate: float, mean: float) -> float:
    moved = RANKING_WEIGHT * (log(rate / (1 - rate)) - log(mean / (1 - mean)))
    return max(-HIGHEST_BOOST, min(HIGHEST_BOOST, moved))
