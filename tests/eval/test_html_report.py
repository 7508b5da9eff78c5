"""The page holds the tables, the charts and the failing queries, and nothing from a query becomes markup."""

import re
from datetime import date
from pathlib import Path

from eval.asking import Outcome
from eval.calibration import Observed
from eval.evaluation import Evaluated
from eval.html_report import Failure, find_failures, render_html
from eval.labelled_set import Judgment, LabelledSet, Query
from eval.measures import Found, score
from eval.systems.protocol import Answer
from kb_service.runtime import Runtime
from kb_service.search.confidence import Signals

LABELLED = LabelledSet(
    "own",
    [Query("keyword-002", "打印机 脱机", "keyword"), Query("typo-002", "<b>世界杯</b>几点开始", "typo")],
    {"keyword-002": [Judgment("d1", 3, "脱机")], "typo-002": [Judgment("d2", 3, "原文")]},
    Path(),
)
ANSWERS = {"keyword-002": Answer([Found("d1", "脱机")]), "typo-002": Answer([Found("d9")])}


def evaluated() -> Evaluated:
    outcomes = {name: Outcome(name, ANSWERS, {"keyword-002": 10.0, "typo-002": 20.0}) for name in ("rival", "ours")}
    scores = {name: score(LABELLED, outcome.run) for name, outcome in outcomes.items()}
    return Evaluated(LABELLED, outcomes, scores)


def test_the_page() -> None:
    observed = [
        Observed(Signals(5.0, 0.5, 0.9, 0.9, 0.5, 0.0, 0.0, 2.0), True),
        Observed(Signals(4.0, 0.0, 0.1, 0.1, 0.1, 0.0, 0.0, 2.0), False),
    ]
    failures = [Failure("typo-002", "<b>世界杯</b>几点开始", "", ["d2"], ["d9：dense 1.20"])]
    page = render_html([evaluated()], "ours", observed, failures, {"entries": "2"}, date(2026, 11, 26))
    assert page.count("<svg") == 3
    assert "2026-11-26，索引指纹 entries 2" in page
    assert re.search(r"<td[^>]*>own</td>", page)
    assert "&lt;b&gt;世界杯&lt;/b&gt;" in page
    assert "<b>世界杯" not in page
    assert "d9：dense 1.20" in page


def test_failures_are_explained_by_what_came_instead(runtime: Runtime) -> None:
    [failure] = find_failures(evaluated(), "ours", runtime)
    assert (failure.query_id, failure.expected) == ("typo-002", ["d2"])
    assert len(failure.found) == 3
    assert all("dense" in told for told in failure.found)
