"""The one on whose behalf a request runs, and the filter that keeps every search within what they may read."""

from collections.abc import Collection
from dataclasses import dataclass

from ingest.document import EVERY_DEPARTMENT, Meta
from ingest.store.protocol import Filters

HIGHEST_CLEARANCE = 1_000


@dataclass(frozen=True)
class Principal:
    """``departments`` is None for those who may read every department's texts."""

    name: str
    clearance: int = 0
    departments: frozenset[str] | None = frozenset()

    def may_read(self, clearance: int, departments: Collection[str]) -> bool:
        """Whether a text with this clearance, for these departments (none: all), may be shown."""
        if clearance > self.clearance:
            return False
        return self.departments is None or not departments or not self.departments.isdisjoint(departments)


LOOPBACK = Principal("loopback", HIGHEST_CLEARANCE, None)
"""Whoever asks from this machine, as long as there are no accounts."""


def access_filter(principal: Principal) -> Filters:
    """The same rule as `Principal.may_read`, for the engine to hold on every leg."""
    conditions: list[Filters] = [{"field": f"meta.{Meta.CLEARANCE}", "operator": "<=", "value": principal.clearance}]
    if principal.departments is not None:
        readable = sorted({EVERY_DEPARTMENT, *principal.departments})
        conditions.append({"field": f"meta.{Meta.DEPARTMENTS}", "operator": "in", "value": readable})
    return {"operator": "AND", "conditions": conditions}
