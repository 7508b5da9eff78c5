"""Keeps the columns that reports count in: loading them takes longer than counting.

Tickets are looked at in blocks, so that a step on one of them makes no more than its block load anew.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from kb_service.reports.columns import Columns, build_fact_columns, build_work_columns, join
from kb_service.reports.repository import FactRepository, FactStamp

_MOST_KEPT = 8
"""Stretches of time; one of a quarter with 3,000 tickets takes about 4 MB."""


@dataclass(frozen=True)
class _Block:
    stamp: FactStamp
    facts: Columns
    work: Columns


@dataclass(frozen=True)
class _Stretch:
    """The blocks, and all of them joined: requests in between two changes join nothing."""

    blocks: dict[int, _Block]
    facts: Columns
    work: Columns


class KeptColumns:
    """Safe to call from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], _Stretch] = OrderedDict()
        self._lock = Lock()

    def load(self, facts: FactRepository, low: int, high: int) -> tuple[Columns, Columns]:
        """Of facts and of work, in seconds from ``low`` to before ``high``."""
        # Read first: should the facts change meanwhile, the newer ones stand under a stamp that does not come again.
        stamps = facts.load_stamps()
        with self._lock:
            known = self._kept.get((low, high))
        if known is None or {number: block.stamp for number, block in known.blocks.items()} != stamps:
            known = _load(facts, low, high, stamps, known.blocks if known else {})
        with self._lock:
            self._kept[low, high] = known
            self._kept.move_to_end((low, high))
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return known.facts, known.work


def _load(
    facts: FactRepository, low: int, high: int, stamps: dict[int, FactStamp], known: dict[int, _Block]
) -> _Stretch:
    blocks = {}
    for number, stamp in stamps.items():
        block = known.get(number)
        if block is None or block.stamp != stamp:
            loaded = facts.load_facts(low, high, number), facts.load_work(low, high, number)
            block = _Block(stamp, build_fact_columns(loaded[0]), build_work_columns(loaded[1]))
        blocks[number] = block
    # An empty part gives the columns their names where there is no block.
    return _Stretch(
        blocks,
        join([build_fact_columns([]), *(block.facts for block in blocks.values())]),
        join([build_work_columns([]), *(block.work for block in blocks.values())]),
    )
