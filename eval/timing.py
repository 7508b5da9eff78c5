"""Times of one thing, and how they are taken."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import numpy as np

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Timing:
    """Times of one thing, in milliseconds."""

    name: str
    samples_ms: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.samples_ms)

    @property
    def p95(self) -> float:
        return float(np.percentile(self.samples_ms, 95))


def timed(work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> tuple[Result, float]:
    """What ``work`` returns, and the milliseconds it took."""
    started = time.perf_counter()
    result = work(*args, **kwargs)
    return result, (time.perf_counter() - started) * 1_000
