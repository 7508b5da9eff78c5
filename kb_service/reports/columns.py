"""What was loaded for a report, as columns to count in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_service.reports.repository import FACT_NUMBERS, FACT_TEXTS, WORK_NUMBERS, WORK_TEXTS

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Rows side by side. In ``numbers``, NaN stands for nothing, which no comparison is true for.

    Attributes:
        codes: per column of texts, which of ``values`` each row has.
        values: per column of texts, its different texts in their order, None first.
    """

    codes: dict[str, npt.NDArray[np.int64]]
    values: dict[str, list[str | None]]
    numbers: dict[str, Numbers]

    def __getitem__(self, name: str) -> Numbers:
        return self.numbers[name]

    def is_text(self, name: str, *wanted: str) -> Mask:
        found = [code for code, value in enumerate(self.values[name]) if value in wanted]
        return np.isin(self.codes[name], found)

    def with_text(self, name: str, value: str | None) -> "Columns":
        """The rows that have ``value`` in a column of texts."""
        if value not in self.values[name]:
            return self._only(np.zeros(len(self.codes[name]), dtype=np.bool_))
        return self._only(self.codes[name] == self.values[name].index(value))

    def _only(self, mask: Mask) -> "Columns":
        codes = {name: column[mask] for name, column in self.codes.items()}
        return Columns(codes, self.values, {name: column[mask] for name, column in self.numbers.items()})


def join(parts: Sequence[Columns]) -> Columns:
    """All rows of one or more parts that have the same columns, one part after the other."""
    if len(parts) == 1:
        return parts[0]
    codes, values = {}, {}
    for name in parts[0].codes:
        values[name] = _in_order({text for part in parts for text in part.values[name]})
        numbered = _number(values[name])
        recoded = [
            np.array([numbered[text] for text in part.values[name]], dtype=np.int64)[part.codes[name]] for part in parts
        ]
        codes[name] = np.concatenate(recoded)
    return Columns(codes, values, {name: np.concatenate([part[name] for part in parts]) for name in parts[0].numbers})


def build_fact_columns(rows: Iterable[Sequence[Any]]) -> Columns:
    """Of rows like those of `FactRepository.load_facts`."""
    return _build(rows, FACT_TEXTS, FACT_NUMBERS)


def build_work_columns(rows: Iterable[Sequence[Any]]) -> Columns:
    """Of rows like those of `FactRepository.load_work`."""
    return _build(rows, WORK_TEXTS, WORK_NUMBERS)


def _build(rows: Iterable[Sequence[Any]], texts: Sequence[str], numbers: Sequence[str]) -> Columns:
    columns = list(zip(*rows, strict=True)) or [()] * (len(texts) + len(numbers))
    codes, values = {}, {}
    for name, column in zip(texts, columns, strict=False):
        values[name] = _in_order(set(column))
        numbered = _number(values[name])
        codes[name] = np.array([numbered[text] for text in column], dtype=np.int64)
    rest = zip(numbers, columns[len(texts) :], strict=True)
    return Columns(codes, values, {name: _numbers(column) for name, column in rest})


def _in_order(texts: Collection[str | None]) -> list[str | None]:
    return sorted(texts, key=lambda text: (text is not None, text))


def _number(values: Sequence[str | None]) -> dict[str | None, int]:
    return {text: code for code, text in enumerate(values)}


def _numbers(column: Sequence[int | None]) -> Numbers:
    # By way of whole numbers, which takes a third of the time; none of them is negative.
    whole = np.array([-1 if number is None else number for number in column], dtype=np.int64)
    return np.where(whole < 0, np.nan, whole)
