"""The quality report as one HTML page: tables, charts, and the failing queries with what came instead and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt

from eval.calibration import Observed, refusals
from eval.charts import Point, bars, curve, scatter
from eval.evaluation import NDCG, Evaluated
from eval.report import slice_table, systems_table
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.confidence import CALIBRATION
from kb_service.search.models import SearchRequest

_TEMPLATE = "report.html.j2"
_SHOWN = 3
_CURVE_POINTS = 51


@dataclass(frozen=True)
class Failure:
    """A query without a relevant document among the first five; ``found`` tells the first hits and their parts."""

    query_id: str
    text: str
    added: str
    expected: Sequence[str]
    found: Sequence[str]


def find_failures(evaluated: Evaluated, system: str, runtime: Runtime) -> list[Failure]:
    hits = evaluated.scores[system]["hit@5"]
    return [
        _explained(query.query_id, query.text, evaluated, runtime)
        for query in evaluated.labelled.queries
        if hits.get(query.query_id) == 0
    ]


def _explained(query_id: str, text: str, evaluated: Evaluated, runtime: Runtime) -> Failure:
    response = runtime.search.search(SearchRequest(query=text, limit=_SHOWN, explain=True), LOOPBACK)
    found = []
    for hit in response.hits:
        parts = hit.explanation.parts if hit.explanation else {}
        found.append(f"{hit.document_id}：{'，'.join(f'{name} {value:.2f}' for name, value in parts.items() if value)}")
    added = "、".join(response.explanation.added) if response.explanation else ""
    expected = [judgment.document_id for judgment in evaluated.labelled.judgments[query_id]]
    return Failure(query_id, text, added, expected, found)


def render_html(
    sets: Sequence[Evaluated],
    ours: str,
    observed: Sequence[Observed],
    failures: Sequence[Failure],
    fingerprint: Mapping[str, str],
    made_on: date,
) -> str:
    """``sets``: our own first. ``observed``: its answerable and unanswerable queries, for the curve."""
    own = sets[0]
    markdown = MarkdownIt("commonmark").enable("table")
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    in_use = refusals(observed, CALIBRATION, CALIBRATION.threshold)
    steps = [refusals(observed, CALIBRATION, number / (_CURVE_POINTS - 1)) for number in range(_CURVE_POINTS)]
    return environment.get_template(_TEMPLATE).render(
        made_on=made_on.isoformat(),
        fingerprint="，".join(f"{name} {value}" for name, value in fingerprint.items()),
        systems=markdown.render(systems_table(sets, ours)),
        slices=markdown.render(slice_table(own, ours)),
        slice_chart=bars(
            own.slices(),
            {name: [own.figure(name, NDCG, part) for part in own.slices()] for name in own.outcomes},
            NDCG,
        ),
        latency_chart=scatter(
            [
                Point(name, median(outcome.milliseconds.values()), own.figure(name, NDCG))
                for name, outcome in own.outcomes.items()
            ],
            "毫秒",
            NDCG,
        ),
        refusal_chart=curve(
            [(step.false_refusals, step.false_answers) for step in steps],
            (in_use.false_refusals, in_use.false_answers),
            "误拒",
            "误答",
        ),
        threshold=f"{CALIBRATION.threshold:.2f}",
        failures=failures,
    )
