"""What may follow what: the table, written out, and every path through it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.suggestions.outcomes import (
    ADOPTED_OUTCOMES,
    FAILED_OUTCOMES,
    STEPS,
    Outcome,
    find_step,
    possible_outcomes,
    replay,
)

O = Outcome  # noqa: E741

POSSIBLE = {
    O.SHOWN: {O.OPENED, O.ADOPTED, O.EDITED, O.REJECTED, O.RESOLVED_WITH},
    O.OPENED: {O.OPENED, O.ADOPTED, O.EDITED, O.REJECTED, O.RESOLVED_WITH},
    O.ADOPTED: {O.EDITED, O.REJECTED, O.RESOLVED_WITH, O.CONFIRMED, O.REOPENED},
    O.EDITED: {O.EDITED, O.REJECTED, O.RESOLVED_WITH, O.CONFIRMED, O.REOPENED},
    O.REJECTED: {O.ADOPTED, O.EDITED},
    O.RESOLVED_WITH: {O.REJECTED, O.CONFIRMED, O.REOPENED},
    O.CONFIRMED: {O.REOPENED},
    O.REOPENED: {O.ADOPTED, O.EDITED, O.RESOLVED_WITH},
}


@pytest.mark.parametrize("state", Outcome)
def test_what_may_follow(state: Outcome) -> None:
    assert set(possible_outcomes(state)) == POSSIBLE[state]
    assert possible_outcomes(state) == [outcome for outcome in Outcome if outcome in POSSIBLE[state]]


def test_an_outcome_has_one_step_and_what_it_needs_is_told() -> None:
    assert len({step.outcome for step in STEPS}) == len(STEPS) == len(Outcome) - 1
    assert [step.outcome for step in STEPS if step.needs_reason] == [O.REJECTED]
    assert [step.outcome for step in STEPS if step.needs_text] == [O.EDITED]
    assert find_step(O.SHOWN, O.SHOWN) is None


def test_nothing_succeeds_and_fails() -> None:
    assert not ADOPTED_OUTCOMES & FAILED_OUTCOMES
    assert set(Outcome) - ADOPTED_OUTCOMES - FAILED_OUTCOMES == {O.SHOWN, O.OPENED}


@given(st.data())
def test_every_path_of_steps_replays_to_its_end_and_no_other_does(data: st.DataObject) -> None:
    state, path = O.SHOWN, []
    for _ in range(data.draw(st.integers(0, 12))):
        outcome = data.draw(st.sampled_from(possible_outcomes(state)))
        step = find_step(state, outcome)
        assert step is not None
        assert step.outcome is outcome
        path.append(outcome)
        state = outcome
        assert replay(path) is state
    for outcome in set(Outcome) - set(possible_outcomes(state)):
        with pytest.raises(ValueError, match=f"{outcome} after {state}"):
            replay([*path, outcome])


def test_before_anything_it_is_shown() -> None:
    assert replay([]) is O.SHOWN
