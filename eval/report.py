"""Figures as Markdown tables."""

from collections.abc import Sequence

from eval.evaluation import NDCG, Evaluated
from eval.gate import slices
from eval.labelled_set import LabelledSet
from eval.measures import Run, mean, score
from eval.significance import Difference, compare

ALL = "全部"


def slice_table(evaluated: Evaluated, system: str) -> str:
    """Every measure of one system, a row for each slice and one for all of them."""
    measures = list(evaluated.scores[system])
    rows = [["类别", "查询数", *measures]]
    for name in (None, *evaluated.slices()):
        figures = [f"{evaluated.figure(system, measure, name):.4f}" for measure in measures]
        rows.append([name or ALL, str(len(evaluated.ids(name))), *figures])
    return table(rows)


def comparison_table(labelled: LabelledSet, before: Run, after: Run) -> str:
    """nDCG@10 of two runs, overall and by slice, with the interval of the difference."""
    old, new = score(labelled, before)[NDCG], score(labelled, after)[NDCG]
    rows = [["类别", "查询数", "之前", "之后", "差值", "95% 区间", "p"]]
    for name, ids in slices(labelled):
        first, second = ({query: values[query] for query in ids} for values in (old, new))
        found = compare(first, second)
        rows.append(
            [name, str(len(ids)), f"{mean(first):.4f}", f"{mean(second):.4f}", f"{found.mean:+.4f}", interval(found),
             f"{found.p_value:.3f}"]
        )  # fmt: skip
    return table(rows)


def systems_table(sets: Sequence[Evaluated], ours: str) -> str:
    """nDCG@10 and hit@1 of every system on every set, and our lead over the best other one with its interval."""
    names = list(sets[0].outcomes)
    rows = [["标注集", "查询数", *names, "领先次优者"]]
    for evaluated in sets:
        cells = [f"{evaluated.figure(name, NDCG):.3f} / {evaluated.figure(name, 'hit@1'):.3f}" for name in names]
        best = max((name for name in names if name != ours), key=lambda name: evaluated.figure(name, NDCG))
        lead = evaluated.difference(best, ours)
        rows.append(
            [evaluated.labelled.name, str(len(evaluated.ids())), *cells, f"{lead.mean:+.3f} {interval(lead)}（{best}）"]
        )
    return table(rows)


def interval(difference: Difference) -> str:
    return f"[{difference.low:+.3f}, {difference.high:+.3f}]"


def table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *body))
