"""The fit tells apart what can be told apart, and the threshold costs what it says."""

import random
from dataclasses import replace

from eval.calibration import Observed, fit, refusals, render
from kb_service.search.confidence import Calibration, Signals

BASE = Signals(2.0, 0.3, 0.5, 0.5, 0.3, 0.0, 0.0, 2.0)


def observed(count: int, seed: int) -> list[Observed]:
    """Answerable queries cover more of themselves; everything else is noise."""
    source = random.Random(seed)
    made = []
    for number in range(count):
        answerable = number % 3 != 0
        coverage = source.gauss(0.8 if answerable else 0.3, 0.12)
        made.append(Observed(replace(BASE, coverage=coverage, dense=source.gauss(2, 0.2)), answerable))
    return made


def test_the_threshold_refuses_what_it_may_and_little_is_answered_in_error() -> None:
    calibration = fit(observed(600, 1))
    found = refusals(observed(600, 2), calibration, calibration.threshold)
    assert 0.02 < found.false_refusals < 0.09
    assert found.false_answers < 0.05


def test_a_query_that_found_nothing_is_refused() -> None:
    calibration = Calibration((0.0,) * 8, 5.0, 0.5)
    assert refusals([Observed(None, False), Observed(None, True)], calibration, 0.5).false_answers == 0
    assert refusals([Observed(BASE, False), Observed(BASE, True)], calibration, 0.5).false_answers == 1


def test_the_printed_lines_give_the_same_calibration() -> None:
    calibration = Calibration((1.0, -0.5, 0.0, 2.25, 0.0, 0.0, 0.0, 1.5), bias=-3.5, threshold=0.25)
    namespace: dict[str, object] = {"Calibration": Calibration}
    exec(render(calibration), namespace)
    assert namespace["CALIBRATION"] == calibration
