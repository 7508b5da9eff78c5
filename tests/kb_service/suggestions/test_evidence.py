"""How far a solution is to be trusted: rates computed by hand, and what must not happen to them."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.suggestions import evidence
from kb_service.suggestions.evidence import HIGHEST_BOOST, EvidenceMemory, Judgement, Record, propensity
from kb_service.suggestions.outcomes import Outcome
from tests.kb_service.suggestions.shown import DIMENSION, symptom

O = Outcome  # noqa: E741
HALF_NEAR = 0.3 + 0.7 / 2
"""The cosine half way between nothing in common and the same."""


def judgement(name: str, outcome: Outcome, suggestion: str = "s1", rank: int = 1, cosine: float = 1.0) -> Judgement:
    return Judgement((suggestion, name), outcome, rank, symptom(cosine))


def memory(*judgements: Judgement) -> EvidenceMemory:
    kept = EvidenceMemory(DIMENSION)
    kept.learn(judgements)
    return kept


def recall(kept: EvidenceMemory, name: str = "A") -> Record:
    return kept.recall(symptom()).record(name)


def test_nothing_is_known_of_what_nobody_judged() -> None:
    assert recall(EvidenceMemory(DIMENSION)) == Record()
    assert recall(memory(judgement("B", O.CONFIRMED))) == Record()
    assert recall(memory(judgement("A", O.OPENED))) == Record()
    assert EvidenceMemory(DIMENSION).recall(symptom()).find_proven(3) == []


def test_one_success_by_hand() -> None:
    # One confirmation: prior (1 + .5) / (1 + 1) = .75; rate (1 + .6 * .75) / (1 + .6).
    record = recall(memory(judgement("A", O.CONFIRMED)))
    assert (record.adopted, record.rejected) == (1, 0)
    assert record.success_rate == pytest.approx(1.45 / 1.6)
    assert record.alike == pytest.approx(1)
    assert record.boost == pytest.approx(0.35 * (log(1.45 / 0.15) - log(3)))


def test_success_and_failure_on_other_ranks_by_hand() -> None:
    # Ranks 4 and 9 are looked at half as often and, bounded, 0.4 times as often: weights 2 and 2.5.
    kept = memory(judgement("A", O.RESOLVED_WITH, "s1", rank=4), judgement("A", O.REJECTED, "s2", rank=9))
    mean = (2 * 0.8 + 0.5) / (4.5 + 1)
    assert recall(kept).success_rate == pytest.approx((2 * 0.8 + 0.6 * mean) / (4.5 + 0.6))
    assert (recall(kept).adopted, recall(kept).rejected) == (1, 1)
    assert recall(kept).alike == pytest.approx(2)


@pytest.mark.parametrize(("rank", "chance"), [(1, 1), (4, 0.5), (6, 0.408248), (7, 0.4), (500, 0.4)])
def test_lower_ranks_are_looked_at_less_within_bounds(rank: int, chance: float) -> None:
    assert propensity(rank) == pytest.approx(chance, abs=1e-6)


def test_nearness_weighs() -> None:
    # Half near: .03 + .97 / 2. The prior is what all solutions come to: (1 + .5) / (1 + 1).
    half = recall(memory(judgement("A", O.CONFIRMED, cosine=HALF_NEAR)))
    assert half.success_rate == pytest.approx((0.515 + 0.45) / (0.515 + 0.6), abs=1e-6)
    assert half.alike == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("cosine", [0.3, 0.0, -1.0])
def test_what_was_said_of_quite_another_symptom_counts_little(cosine: float) -> None:
    record = recall(memory(*(judgement("A", O.REJECTED, f"s{number}", cosine=cosine) for number in range(5))))
    assert record.rejected == 5
    assert record.alike == pytest.approx(0, abs=1e-6)
    assert -0.1 < record.boost < 0
    near = recall(memory(judgement("A", O.REJECTED)))
    assert near.boost < 3 * record.boost


def test_right_for_one_symptom_and_wrong_for_another() -> None:
    kept = memory(
        *(judgement("A", O.CONFIRMED, f"s{number}") for number in range(3)),
        *(judgement("A", O.REJECTED, f"t{number}", cosine=0.0) for number in range(3)),
    )
    here, there = (kept.recall(symptom(cosine)).record("A") for cosine in (1, 0))
    assert here.boost > 0.3
    assert there.boost < -0.3
    assert (here.adopted, here.rejected) == (there.adopted, there.rejected) == (3, 3)


def test_a_later_judgement_takes_the_place_of_the_one_before() -> None:
    kept = memory(judgement("A", O.ADOPTED), judgement("A", O.CONFIRMED))
    assert recall(kept) == recall(memory(judgement("A", O.CONFIRMED)))
    kept.learn([judgement("A", O.REOPENED)])
    assert recall(kept) == recall(memory(judgement("A", O.REOPENED)))
    assert (recall(kept).adopted, recall(kept).rejected) == (0, 1)
    kept.learn([judgement("A", O.OPENED)])
    assert recall(kept) == Record()


def test_to_learn_the_same_twice_is_to_learn_it_once() -> None:
    some = [judgement("A", O.CONFIRMED), judgement("B", O.REJECTED), judgement("A", O.REJECTED, "s2")]
    once, twice = memory(*some), memory(*some, *some)
    assert [once.recall(symptom()).record(name) for name in "AB"] == [
        twice.recall(symptom()).record(name) for name in "AB"
    ]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(Outcome), st.integers(1, 20), st.floats(-1, 1))))
def test_rates_are_rates_and_boosts_are_bounded(drawn: list[tuple[str, Outcome, int, float]]) -> None:
    kept = memory(*(judgement(name, one, f"s{n}", rank, cos) for n, (name, one, rank, cos) in enumerate(drawn)))
    for record in [kept.recall(symptom()).record(name) for name in "ABCD"]:
        assert -HIGHEST_BOOST <= record.boost <= HIGHEST_BOOST
        if record.success_rate is None:
            assert record == Record()
        else:
            assert 0 < record.success_rate < 1
            assert record.adopted + record.rejected > 0
            assert record.alike <= record.adopted + record.rejected + 1e-6


def test_many_of_one_opinion_reach_the_bound_and_no_more() -> None:
    good = [judgement("A", O.CONFIRMED, f"s{number}") for number in range(200)]
    bad = [judgement("B", O.REJECTED, f"t{number}") for number in range(200)]
    up, down = (memory(*good, *bad).recall(symptom()).record(name) for name in "AB")
    assert (up.boost, down.boost) == (HIGHEST_BOOST, -HIGHEST_BOOST)


def test_being_tried_often_moves_nothing_by_itself() -> None:
    # All were adopted and nothing more is known of any: none is better than the others.
    kept = memory(
        *(judgement("A", O.ADOPTED, f"s{number}") for number in range(50)),
        judgement("B", O.ADOPTED, "other"),
    )
    often, once = (kept.recall(symptom()).record(name) for name in "AB")
    assert often.success_rate == pytest.approx(once.success_rate, abs=1e-6)
    assert often.boost == pytest.approx(once.boost, abs=1e-6)


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_JUDGEMENTS", 3)
    kept = memory(*(judgement(name, O.CONFIRMED) for name in "ABCD"))
    assert recall(kept, "A") == Record()
    assert all(recall(kept, name).adopted == 1 for name in "BCD")


def test_what_was_judged_anew_is_not_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_JUDGEMENTS", 3)
    kept = memory(
        *(judgement(name, O.ADOPTED) for name in "ABC"), judgement("A", O.CONFIRMED), judgement("D", O.ADOPTED)
    )
    assert recall(kept, "A").adopted == 1
    assert recall(kept, "B") == Record()


def test_more_than_there_was_room_for_at_first() -> None:
    kept = memory(*(judgement(f"T{number}", O.CONFIRMED, cosine=1 - number / 500) for number in range(300)))
    assert [recall(kept, f"T{number}").adopted for number in (0, 63, 64, 128, 299)] == [1] * 5
    assert recall(kept, "T0").alike == pytest.approx(1)
    assert recall(kept, "T299").alike == pytest.approx((1 - 299 / 500 - 0.3) / 0.7, abs=1e-5)


def test_proven_is_what_helped_with_such_symptoms() -> None:
    kept = memory(
        judgement("A", O.CONFIRMED, "s1", cosine=0.8),
        judgement("B", O.CONFIRMED, "s1"),
        judgement("C", O.CONFIRMED, "s1", cosine=0.1),  # of another symptom
        judgement("D", O.REJECTED, "s1"),
        judgement("E", O.ADOPTED, "s1"),  # nobody knows yet
        judgement("F", O.CONFIRMED, "s1"),
        judgement("F", O.REJECTED, "s2"),  # as often wrong as right
    )
    assert kept.recall(symptom()).find_proven(5) == ["B", "A"]
    assert kept.recall(symptom()).find_proven(1) == ["B"]
    kept.learn([judgement("B", O.REOPENED, "s1")])
    assert kept.recall(symptom()).find_proven(5) == ["A"]


def test_vectors_are_kept_apart() -> None:
    vector = np.array([0, 0, 1, 0], np.float32)
    kept = memory(judgement("A", O.CONFIRMED), Judgement(("s2", "B"), O.CONFIRMED, 1, vector))
    assert kept.recall(vector).find_proven(5) == ["B"]
