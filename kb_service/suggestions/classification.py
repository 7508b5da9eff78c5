"""Tickets that are alike -> how this one is to be classified: a vote, weighted by nearness."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from kb_service.suggestions.models import Classification

VOTERS = 8
"""How many of the nearest tickets vote."""
_SHARPNESS = 4.0
"""How much faster than the scores the votes fall: one search score less is a vote of 1/55."""
_SAME_PRODUCT = 2.0


@dataclass(frozen=True)
class Voter:
    """A resolved ticket that is like the one to classify; ``score`` is the search's."""

    score: float
    product: str | None
    attributes: Mapping[str, str]


def classify(voters: Sequence[Voter], product: str | None) -> Classification:
    """Category, priority and group that most of the nearest tickets have; all None without any.

    The confidence is the share of the category's votes.
    """
    if not voters:
        return Classification(category=None, priority=None, group=None, confidence=0.0)
    best = max(voter.score for voter in voters)
    weights = [
        exp(_SHARPNESS * (voter.score - best)) * (_SAME_PRODUCT if product and voter.product == product else 1.0)
        for voter in voters[:VOTERS]
    ]
    category, share = _elect(voters, weights, "category")
    priority, _ = _elect(voters, weights, "priority")
    group, _ = _elect(voters, weights, "line")
    return Classification(category=category, priority=priority, group=group, confidence=round(share, 4))


def _elect(voters: Sequence[Voter], weights: Sequence[float], attribute: str) -> tuple[str | None, float]:
    votes: dict[str, float] = defaultdict(float)
    for voter, weight in zip(voters, weights, strict=False):
        if value := voter.attributes.get(attribute):
            votes[value] += weight
    if not votes:
        return None, 0.0
    winner = max(votes, key=lambda value: (votes[value], value))
    return winner, votes[winner] / sum(votes.values())
