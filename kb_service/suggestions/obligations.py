"""Which obligations a ticket triggers now: conditions on its kind, state, clocks and words, from a file."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kb_service.errors import explain_first
from kb_service.settings_file import read_settings_file
from kb_service.suggestions.cues import Cue, Reading
from kb_service.suggestions.errors import ObligationsError
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import TicketKind, TicketState
from kb_service.tickets.models import Priority

_UNSET = "unset"


@dataclass(frozen=True)
class Situation:
    """What of a ticket decides which rules apply.

    Attributes:
        text: title and description.
        level: the line of support that has it.
        reopened: how often it has been.
    """

    kind: TicketKind = TicketKind.INCIDENT
    state: TicketState = TicketState.NEW
    priority: str | None = None
    channel: str | None = None
    level: int = 1
    reopened: int = 0
    response: ClockState = ClockState.RUNNING
    resolution: ClockState = ClockState.RUNNING
    text: str = ""
    product: str | None = None
    category: str | None = None


class _When(BaseModel):
    """All that is given has to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: frozenset[TicketKind] = frozenset()
    states: frozenset[TicketState] = frozenset()
    priorities: frozenset[Priority | Literal["unset"]] = frozenset()
    response: frozenset[ClockState] = frozenset()
    resolution: frozenset[ClockState] = frozenset()
    channels: frozenset[str] = frozenset()
    levels: frozenset[int] = frozenset()
    reopened: bool | Annotated[int, Field(ge=2)] | None = None
    words: Cue | None = None
    about: Cue | None = None

    @property
    def asks_for_words(self) -> bool:
        return self.words is not None or self.about is not None

    def holds(self, situation: Situation, reading: Reading) -> bool:
        pairs: tuple[tuple[frozenset[Any], Any], ...] = (
            (self.kinds, situation.kind),
            (self.states, situation.state),
            (self.priorities, situation.priority or _UNSET),
            (self.response, situation.response),
            (self.resolution, situation.resolution),
            (self.channels, situation.channel),
            (self.levels, situation.level),
        )
        return (
            all(not wanted or value in wanted for wanted, value in pairs)
            and _often_enough(self.reopened, situation.reopened)
            and (self.about is None or reading.is_about(self.about))
            and (self.words is None or reading.says(self.words))
        )


def _often_enough(wanted: bool | int | None, times: int) -> bool:
    if wanted is None or isinstance(wanted, bool):
        return wanted in (None, times > 0)
    return times >= wanted


class Pressing(BaseModel):
    """Words of a ticket that give an obligation, where it holds, another weight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: int = Field(ge=1, le=9)
    words: Cue


class Obligation(BaseModel):
    """A duty, when it applies, and how its clauses are recognised.

    Attributes:
        weight: 1 to 9; what has to be done first is shown first.
        pressing: the weight for tickets whose words ask for it.
        clauses: a sentence of a regulation in force that one of them matches states the duty; the first one that any
            sentence matches is the best.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    when: _When = _When()
    why: str
    weight: int = Field(5, ge=1, le=9)
    pressing: Pressing | None = None
    clauses: tuple[re.Pattern[str], ...] = Field(min_length=1)

    @field_validator("clauses")
    @classmethod
    def _match_something(cls, clauses: tuple[re.Pattern[str], ...]) -> tuple[re.Pattern[str], ...]:
        empty = [clause.pattern for clause in clauses if clause.search("")]
        if empty:
            raise ValueError(f"条款模式“{empty[0]}”什么都能匹配")
        return clauses


@dataclass(frozen=True)
class Triggered:
    """An obligation of a ticket; ``weight`` is the one that it has for this ticket."""

    obligation: Obligation
    weight: int


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    obligations: list[Obligation]

    @field_validator("obligations")
    @classmethod
    def _tell_apart(cls, obligations: list[Obligation]) -> list[Obligation]:
        twice = [name for name, times in Counter(one.name for one in obligations).items() if times > 1]
        if twice:
            raise ValueError(f"“{twice[0]}”出现了不止一次")
        return obligations


def load_obligations(path: Path | None = None) -> list[Obligation]:
    """The obligations of a file, else those that come with the service, as they stand there.

    Raises:
        ObligationsError: the file cannot be read, or an entry is wrong; the message names it.
    """
    source = path or files("kb_service.suggestions") / "obligations.yaml"
    stated = read_settings_file(source, "KB_OBLIGATIONS", ObligationsError)
    try:
        return _File.model_validate(stated).obligations
    except ValidationError as error:
        raise ObligationsError(f"{source}：{explain_first(error)}") from None


def triggered(obligations: Sequence[Obligation], situation: Situation) -> list[Triggered]:
    """Those that apply: the heaviest first, of one weight those that the ticket's words ask for, else as they stand."""
    reading = Reading(situation.text, situation.product, situation.category)
    ranked = []
    for obligation in obligations:
        if obligation.when.holds(situation, reading):
            pressing = obligation.pressing
            presses = pressing is not None and reading.says(pressing.words)
            weight = pressing.weight if pressing is not None and presses else obligation.weight
            by_words = presses or obligation.when.asks_for_words
            ranked.append((-weight, not by_words, Triggered(obligation, weight)))
    return [found for _, _, found in sorted(ranked, key=lambda one: one[:2])]
