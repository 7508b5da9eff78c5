"""One labelled set, several systems, the same queries: outcomes and scores side by side."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from eval.asking import Outcome, ask
from eval.labelled_set import LabelledSet
from eval.measures import Scores, mean, score
from eval.significance import Difference, compare
from eval.systems.protocol import System

NDCG = "nDCG@10"


@dataclass(frozen=True)
class Evaluated:
    """``outcomes`` and ``scores`` by the name of the system; every system was asked all queries of ``labelled``."""

    labelled: LabelledSet
    outcomes: Mapping[str, Outcome]
    scores: Mapping[str, Scores]

    def figure(self, system: str, measure: str, slice_name: str | None = None) -> float:
        """Mean of ``measure``, over one slice if named; NaN where the set does not have that measure."""
        values = self.scores[system].get(measure)
        if values is None:
            return float("nan")
        return mean({query: values[query] for query in self.ids(slice_name)})

    def difference(self, old: str, new: str, measure: str = NDCG, slice_name: str | None = None) -> Difference:
        ids = self.ids(slice_name)
        before, after = self.scores[old][measure], self.scores[new][measure]
        return compare({query: before[query] for query in ids}, {query: after[query] for query in ids})

    def slices(self) -> list[str]:
        """Names of the slices with answerable queries, in the order of the alphabet."""
        return sorted(
            {query.slice for query in self.labelled.queries if self.labelled.judgments.get(query.query_id)} - {""}
        )

    def ids(self, slice_name: str | None = None) -> list[str]:
        """The answerable queries that were asked, of one slice or of all."""
        return [
            query.query_id
            for query in self.labelled.queries
            if self.labelled.judgments.get(query.query_id) and slice_name in (None, query.slice)
        ]


def evaluate(labelled: LabelledSet, systems: Iterable[Callable[[], System]]) -> Evaluated:
    """Build one system after the other, ask it all queries, and score what it answered."""
    outcomes: dict[str, Outcome] = {}
    scores: dict[str, Scores] = {}
    for build in systems:
        outcome = ask(build(), labelled.queries)
        outcomes[outcome.system] = outcome
        scores[outcome.system] = score(labelled, outcome.run)
    return Evaluated(labelled, outcomes, scores)
