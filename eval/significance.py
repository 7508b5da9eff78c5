"""How sure a difference between two runs on the same queries is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

_RESAMPLES = 5_000
_LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """Mean of ``new - old`` over paired queries.

    Attributes:
        low, high: 95 % interval by the percentile bootstrap over queries (Efron 1979).
        p_value: two-sided paired randomisation test (Smucker, Allan, Carterette 2007); NaN with fewer than two pairs.
    """

    queries: int
    mean: float
    low: float
    high: float
    p_value: float


def compare(old: Mapping[str, float], new: Mapping[str, float], seed: int = 7) -> Difference:
    """Compare by the queries that both have; the same input and seed give the same figures.

    Raises:
        ValueError: no query is in both.
    """
    shared = sorted(old.keys() & new.keys())
    if not shared:
        raise ValueError("the two runs share no query")
    difference = np.array([new[query] - old[query] for query in shared])
    if not difference.any() or len(shared) == 1:
        value = float(difference.mean())
        return Difference(len(shared), value, value, value, 1.0 if not difference.any() else float("nan"))
    interval = stats.bootstrap(
        (difference,),
        np.mean,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    test = stats.permutation_test(
        (difference,),
        np.mean,
        permutation_type="samples",
        n_resamples=_RESAMPLES,
        vectorized=True,
        rng=np.random.default_rng(seed),
    )
    return Difference(
        len(shared), float(difference.mean()), float(interval.low), float(interval.high), float(test.pvalue)
    )
