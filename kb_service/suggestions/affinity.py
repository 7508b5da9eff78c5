"""How much more a past ticket has in common with this one than the search saw.

A customer's words and an engineer's record of the same trouble often share no word, but a manual or FAQ that explains
it shares words with both. So a past ticket is also compared with the texts that the search found for this one, and, as
wording differs below the level of words, by pairs of characters::

    affinity = OWN * overlap(ticket's words, past ticket) + BRIDGE * sum(share of text * overlap(text, past ticket))

``overlap(a, b)`` is the share of a's pairs that b holds, each weighed by its rarity among the past tickets compared,
ln(1 + (N - n + 0.5) / (n + 0.5)). The weights were chosen on one half of the causes in `ticket_causes.tsv` and held on
the other; see docs/decisions/0016-suggestions.md.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import exp, fsum, log

from ingest.tokenizer import fold

OWN = 4.0
BRIDGE = 8.0
_MOST_TEXTS = 4
_SHARPNESS = 4.0
"""How much faster than the scores the shares of the bridging texts fall."""
_CHINESE_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_OTHER_WORD = re.compile(r"[a-z0-9][a-z0-9\-]+")


def find_affinities(query: str, past: Mapping[str, str], texts: Sequence[tuple[float, str]]) -> dict[str, float]:
    """What to add to the score of each past ticket.

    Args:
        past: id -> text of the tickets to compare.
        texts: (search score, text) of what else the search found.
    """
    held = {name: _pairs(text) for name, text in past.items()}
    rarity = _Rarity(Counter(pair for pairs in held.values() for pair in pairs), len(held))
    texts = sorted(texts, reverse=True)[:_MOST_TEXTS]
    factors = [OWN, *(BRIDGE * share for share in _shares([score for score, _ in texts]))]
    # A sum over texts of sums over pairs is one over pairs, each with what the texts make of it.
    worth: dict[str, float] = defaultdict(float)
    for factor, text in zip(factors, [query, *(text for _, text in texts)], strict=True):
        for pair, share in rarity.shares(_pairs(text)):
            worth[pair] += factor * share
    return {name: fsum(worth[pair] for pair in worth.keys() & pairs) for name, pairs in held.items()}


def _pairs(text: str) -> frozenset[str]:
    """Neighbouring Chinese characters, and other words whole."""
    folded = fold(text)
    return frozenset([*_CHINESE_PAIR.findall(folded), *_OTHER_WORD.findall(folded)])


class _Rarity:
    """Weight of a pair; one that no past ticket holds weighs most."""

    def __init__(self, holders: Mapping[str, int], tickets: int) -> None:
        self._weights = [log(1 + (tickets - count + 0.5) / (count + 0.5)) for count in range(tickets + 1)]
        self._holders = holders

    def shares(self, pairs: Collection[str]) -> list[tuple[str, float]]:
        """The pairs that some past ticket holds, each with its share in the weight of all of ``pairs``."""
        weights = {pair: self._weights[self._holders.get(pair, 0)] for pair in pairs}
        whole = fsum(weights.values())
        return [(pair, weight / whole) for pair, weight in weights.items() if pair in self._holders]


def _shares(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    weights = [exp(_SHARPNESS * (score - scores[0])) for score in scores]
    return [weight / sum(weights) for weight in weights]
