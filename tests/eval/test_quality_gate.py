"""Retrieval is no worse than the stored run; `python -m eval gate --update` stores another one."""

import pytest

from eval.asking import Outcome, ask
from eval.gate import BASELINE, judge
from eval.labelled_set import OWN, LabelledSet, load_set
from eval.measures import Found
from eval.systems.ours import Ours
from eval.trec import load_run
from kb_service.runtime import Runtime


@pytest.fixture(scope="module")
def labelled() -> LabelledSet:
    return load_set(OWN)


@pytest.fixture(scope="module")
def outcome(runtime: Runtime, labelled: LabelledSet) -> Outcome:
    return ask(Ours(runtime), labelled.answerable())


def test_no_kind_of_query_got_worse(labelled: LabelledSet, outcome: Outcome) -> None:
    verdicts = judge(labelled, load_run(BASELINE), outcome.run)
    assert [str(verdict) for verdict in verdicts if not verdict.passed] == []


def test_a_planted_loss_of_five_points_fails(labelled: LabelledSet, outcome: Outcome) -> None:
    answered = [query for query, found in outcome.run.items() if found]
    spoilt = {query: [Found("x")] if number % 17 == 0 else outcome.run[query] for number, query in enumerate(answered)}
    [overall, *_] = judge(labelled, outcome.run, spoilt)
    assert -0.07 < overall.difference.mean < -0.04
    assert not overall.passed
