"""The quality gate: does a change make retrieval worse than the stored run, overall or for one kind of query?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.labelled_set import LabelledSet
from eval.measures import Run, score
from eval.significance import Difference, compare

BASELINE = Path(__file__).parent / "baseline" / "own.run"
"""The stored run; `python -m eval gate --update` writes it."""

MEASURE = "nDCG@10"
TOLERANCE = 0.01
OVERALL = "all"


@dataclass(frozen=True)
class Verdict:
    """``slice`` is the kind of query, or `OVERALL`."""

    slice: str
    before: float
    difference: Difference

    @property
    def passed(self) -> bool:
        """Fails where the whole 95 % interval of the difference lies below -0.01."""
        return self.difference.high >= -TOLERANCE

    def __str__(self) -> str:
        found = self.difference
        sign = "通过" if self.passed else "未通过"
        after = self.before + found.mean
        interval = f"[{found.low:+.4f}, {found.high:+.4f}]"
        return f"{sign}\t{self.slice}\t{found.queries}\t{self.before:.4f}\t{after:.4f}\t{found.mean:+.4f}\t{interval}"


def judge(labelled: LabelledSet, before: Run, after: Run) -> list[Verdict]:
    """One verdict for all answerable queries together and one for each slice, by name."""
    old, new = score(labelled, before)[MEASURE], score(labelled, after)[MEASURE]
    return [
        Verdict(name, sum(old[query] for query in ids) / len(ids), compare(_of(old, ids), _of(new, ids)))
        for name, ids in slices(labelled)
    ]


def slices(labelled: LabelledSet) -> Iterator[tuple[str, list[str]]]:
    asked = [query for query in labelled.queries if labelled.judgments[query.query_id]]
    yield OVERALL, [query.query_id for query in asked]
    for name in sorted({query.slice for query in asked}):
        yield name, [query.query_id for query in asked if query.slice == name]


def _of(values: dict[str, float], ids: list[str]) -> dict[str, float]:
    return {query_id: values[query_id] for query_id in ids}
