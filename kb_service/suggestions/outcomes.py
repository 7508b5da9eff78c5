"""What can become of a suggested solution, as a table: which outcome may follow which, and what it needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    SHOWN = "shown"
    OPENED = "opened"
    ADOPTED = "adopted"
    EDITED = "edited"
    REJECTED = "rejected"
    RESOLVED_WITH = "resolved_with"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"


ADOPTED_OUTCOMES = frozenset({Outcome.ADOPTED, Outcome.EDITED, Outcome.RESOLVED_WITH, Outcome.CONFIRMED})
"""The solution is in use, as it was or changed."""
FAILED_OUTCOMES = frozenset({Outcome.REJECTED, Outcome.REOPENED})
"""It was tried or read and did not help."""


@dataclass(frozen=True)
class Step:
    """``outcome`` may follow any of ``after``."""

    outcome: Outcome
    after: frozenset[Outcome]
    needs_reason: bool = False
    needs_text: bool = False


_O = Outcome
_SEEN = frozenset({_O.SHOWN, _O.OPENED})

STEPS: tuple[Step, ...] = (
    # Opening a solution once more tells nothing new, so it leaves what was decided as it is.
    Step(_O.OPENED, _SEEN),
    # A solution that failed, or was put aside, may be taken up again: the later word counts.
    Step(_O.ADOPTED, _SEEN | FAILED_OUTCOMES),
    # Without the words that were used, nobody learns what was wrong with the ones that were suggested.
    Step(_O.EDITED, _SEEN | FAILED_OUTCOMES | {_O.ADOPTED, _O.EDITED}, needs_text=True),
    Step(_O.REJECTED, _SEEN | {_O.ADOPTED, _O.EDITED, _O.RESOLVED_WITH}, needs_reason=True),
    Step(_O.RESOLVED_WITH, _SEEN | {_O.ADOPTED, _O.EDITED, _O.REOPENED}),
    Step(_O.CONFIRMED, frozenset({_O.ADOPTED, _O.EDITED, _O.RESOLVED_WITH})),
    Step(_O.REOPENED, frozenset({_O.ADOPTED, _O.EDITED, _O.RESOLVED_WITH, _O.CONFIRMED})),
)


def find_step(state: Outcome, outcome: Outcome) -> Step | None:
    """The step from ``state`` to ``outcome``, None where it may not be taken."""
    return next((step for step in STEPS if step.outcome is outcome and state in step.after), None)


def possible_outcomes(state: Outcome) -> list[Outcome]:
    """In the order of `Outcome`."""
    return [outcome for outcome in Outcome if find_step(state, outcome)]


def replay(outcomes: Iterable[Outcome]) -> Outcome:
    """Where a shown solution stands after these outcomes.

    Raises:
        ValueError: one of them cannot follow the ones before it.
    """
    state = Outcome.SHOWN
    for outcome in outcomes:
        if find_step(state, outcome) is None:
            raise ValueError(f"{outcome} after {state}")
        state = outcome
    return state
