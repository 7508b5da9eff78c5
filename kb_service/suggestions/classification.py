"""Tickets that are alike -> how this one is to be classified: a vote, weighted by nearness."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from kb_service.suggestions.models import CategoryVote, Classification

VOTERS = 8
"""How many of the nearest tickets vote."""
_SHARPNESS = 4.0
"""How much faster than the scores the votes fall: one search score less is a vote of 1/55."""
_SAME_PRODUCT = 2.0
_NAME_WEIGHT = 6.0
"""How much a category's name counts: votes times e^(6 cosine). Names tell what they hold: over the 194 tickets of the
corpus, each left out, it moves the right one to the front in 0.77 instead of 0.72 (`python -m eval suggestions`)."""
_TEMPER = 0.5
"""Votes fall too fast to be shares of belief: on the half of the causes kept out they said 0.92 where 0.79 were right;
their roots, with `_UNKNOWN`, say 0.77."""
_UNKNOWN = 0.08
"""Belief left to categories that none of the voters has; with `_TEMPER` the most likely on half of the tickets."""
_MOST_CATEGORIES = 3


@dataclass(frozen=True)
class Voter:
    """A resolved ticket that is like the one to classify; ``score`` is the search's."""

    score: float
    product: str | None
    attributes: Mapping[str, str]


def classify(voters: Sequence[Voter], product: str | None, nearness: Callable[[str], float]) -> Classification:
    """Category, priority and group that most of the nearest tickets have; all None without any.

    The confidence is a category's share of the roots of all votes, some belief being left to categories unseen.

    Args:
        nearness: cosine of the ticket and a category's name.
    """
    best = max((voter.score for voter in voters), default=0.0)
    weights = [
        exp(_SHARPNESS * (voter.score - best)) * (_SAME_PRODUCT if product and voter.product == product else 1.0)
        for voter in voters[:VOTERS]
    ]
    votes = _count(voters, weights, "category")
    named = {name: count * exp(_NAME_WEIGHT * nearness(name)) for name, count in votes.items()}
    categories = _rank({name: count**_TEMPER for name, count in named.items()})
    priorities = _rank(_count(voters, weights, "priority"))
    groups = _rank(_count(voters, weights, "line"))
    return Classification(
        category=categories[0][0] if categories else None,
        priority=priorities[0][0] if priorities else None,
        group=groups[0][0] if groups else None,
        confidence=_confidence(categories[0][1]) if categories else 0.0,
        categories=[
            CategoryVote(category=name, confidence=_confidence(share)) for name, share in categories[:_MOST_CATEGORIES]
        ],
    )


def _confidence(share: float) -> float:
    return round(share * (1 - _UNKNOWN), 4)


def _count(voters: Sequence[Voter], weights: Sequence[float], attribute: str) -> Mapping[str, float]:
    votes: dict[str, float] = defaultdict(float)
    for voter, weight in zip(voters, weights, strict=False):
        if value := voter.attributes.get(attribute):
            votes[value] += weight
    return votes


def _rank(votes: Mapping[str, float]) -> list[tuple[str, float]]:
    """(value, share of the votes), the most voted first; of equal ones always the same."""
    total = sum(votes.values())
    ranked = sorted(votes, key=lambda value: (votes[value], value), reverse=True)
    return [(value, votes[value] / total) for value in ranked]
