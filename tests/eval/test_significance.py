"""Differences of which the truth is known."""

import random

import pytest

from eval.significance import compare


def values(mean: float, spread: float, count: int, seed: int) -> dict[str, float]:
    source = random.Random(seed)
    return {str(number): source.gauss(mean, spread) for number in range(count)}


def shifted(old: dict[str, float], mean: float, spread: float, seed: int) -> dict[str, float]:
    return {name: value + values(mean, spread, len(old), seed)[name] for name, value in old.items()}


def test_a_plain_loss_is_found_and_no_loss_is_none() -> None:
    old = values(0.7, 0.2, 400, 1)
    lost = compare(old, shifted(old, -0.05, 0.1, 2))
    assert lost.low < -0.05 < lost.high < -0.03
    assert lost.p_value < 0.001
    same = compare(old, shifted(old, 0.0, 0.1, 3))
    assert same.low < 0 < same.high
    assert same.p_value > 0.05


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    old = values(0.7, 0.2, 80, 1)
    found = [compare(old, shifted(old, 0.02, 0.1, seed)) for seed in range(100, 160)]
    covered = sum(difference.low <= 0.02 <= difference.high for difference in found)
    assert covered >= 51


def test_only_shared_queries_are_compared_and_the_same_input_gives_the_same_figures() -> None:
    old, new = values(0.5, 0.1, 50, 1), values(0.6, 0.1, 60, 2)
    assert compare(old, new).queries == 50
    assert compare(old, new) == compare(old, new)
    assert compare(old, new, seed=8).low != compare(old, new).low


def test_equal_runs_differ_by_nothing() -> None:
    old = values(0.5, 0.1, 5, 1)
    assert (compare(old, old).mean, compare(old, old).high, compare(old, old).p_value) == (0.0, 0.0, 1.0)


def test_runs_without_a_shared_query_are_no_comparison() -> None:
    with pytest.raises(ValueError, match="share no query"):
        compare({"a": 1.0}, {"b": 1.0})
