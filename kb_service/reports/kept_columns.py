"""Keeps the columns that reports count in while the facts are the same: loading them takes longer than counting."""

from collections import OrderedDict
from threading import Lock

from kb_service.reports.columns import Columns, build_fact_columns, build_work_columns
from kb_service.reports.repository import FactRepository, FactStamp

_MOST_KEPT = 8
"""Stretches of time; one of a quarter with 3,000 tickets takes about 2 MB."""


class KeptColumns:
    """Safe to call from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int, FactStamp], tuple[Columns, Columns]] = OrderedDict()
        self._lock = Lock()

    def load(self, facts: FactRepository, low: int, high: int) -> tuple[Columns, Columns]:
        """Of facts and of work, in seconds from ``low`` to before ``high``."""
        # Read first: should the facts change meanwhile, the newer ones stand under a stamp that does not come again.
        key = (low, high, facts.load_stamp())
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        loaded = build_fact_columns(facts.load_facts(low, high)), build_work_columns(facts.load_work(low, high))
        with self._lock:
            self._kept[key] = loaded
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return loaded
