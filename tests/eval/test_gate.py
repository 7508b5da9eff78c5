"""The gate fails for a planted loss and for nothing else."""

import random
from pathlib import Path

from eval.gate import OVERALL, judge
from eval.labelled_set import Judgment, LabelledSet, Query
from eval.measures import Found, Run

COUNT = 200
LABELLED = LabelledSet(
    "gate",
    [Query(f"{'even' if n % 2 else 'odd'}-{n:03}", str(n), "even" if n % 2 else "odd") for n in range(COUNT)]
    + [Query("none-001", "没有答案", "none")],
    {f"{'even' if n % 2 else 'odd'}-{n:03}": [Judgment(f"d{n}", 3)] for n in range(COUNT)} | {"none-001": []},
    Path(),
)


def run(share_right: float, seed: int, only: str = "") -> Run:
    """A run that has the right document first for a share of the queries (of a slice), and nothing for the rest."""
    chance = random.Random(seed)
    return {
        query.query_id: [Found(f"d{int(query.text)}")]
        if only not in query.slice or chance.random() < share_right
        else [Found("x")]
        for query in LABELLED.queries
        if query.slice != "none"
    }


def failed(before: Run, after: Run) -> set[str]:
    return {verdict.slice for verdict in judge(LABELLED, before, after) if not verdict.passed}


def test_the_same_run_passes_in_every_slice() -> None:
    before = run(0.9, 1)
    verdicts = judge(LABELLED, before, before)
    assert {verdict.slice for verdict in verdicts} == {OVERALL, "odd", "even"}
    assert all(verdict.passed for verdict in verdicts)


def test_a_loss_of_five_points_fails() -> None:
    before = run(1.0, 1)
    assert failed(before, run(0.95, 2)) >= {OVERALL}


def test_a_loss_in_one_slice_fails_there_though_the_whole_may_stand() -> None:
    assert failed(run(1.0, 1), run(0.92, 3, only="odd")) >= {"odd"}
    assert "even" not in failed(run(1.0, 1), run(0.92, 3, only="odd"))


def test_noise_and_gains_pass() -> None:
    assert failed(run(0.9, 1), run(0.9, 2)) == set()
    assert failed(run(0.8, 1), run(0.95, 2)) == set()
