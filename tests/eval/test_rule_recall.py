"""Labelled rules: what counts as shown, and that the labels stand in the regulations."""

from collections import Counter

import pytest

from eval.labelled_set import Half
from eval.rule_recall import LabelledTicket, load_labelled_tickets, score_rules
from kb_service.runtime import Runtime
from kb_service.suggestions.obligations import Situation
from kb_service.tickets.lifecycle import TicketKind
from tests.conftest import CORPUS, RuntimeBuilder


@pytest.fixture(scope="module")
def labelled() -> list[LabelledTicket]:
    return load_labelled_tickets()


def test_tickets_of_the_reporting_half_were_labelled_apart(labelled: list[LabelledTicket]) -> None:
    assert Counter(ticket.half for ticket in labelled) == {Half.TUNING: 156, Half.REPORTING: 48}
    assert len({ticket.ticket_id for ticket in labelled}) == len(labelled)


def test_quotes_stand_in_the_regulations(labelled: list[LabelledTicket]) -> None:
    texts = {
        f"regulations/{path.stem}": "".join(path.read_text(encoding="utf-8").split())
        for path in (CORPUS / "regulations").iterdir()
        if path.suffix in {".md", ".txt"}
    }
    quotes = {place for ticket in labelled for obligation in ticket.obligations for place in obligation}
    for document_id, quote in quotes:
        assert "".join(quote.split()) in texts[document_id], quote
    for ticket in labelled:
        assert 2 <= len(ticket.obligations) <= 5, ticket.ticket_id


def test_recall_counts_obligations_and_precision_rules(
    tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder
) -> None:
    runtime: Runtime = build_runtime(tmp_path_factory.mktemp("rules") / "data")
    report = runtime.indexer.ingest([CORPUS / "regulations" / "service-level.md"])
    assert report.ok, report.failures
    situation = Situation(kind=TicketKind.INCIDENT, priority="P1", text="全厂登不上\n车间停了，急")
    shown = score_rules(
        runtime,
        [
            LabelledTicket(
                "rules-1",
                Half.REPORTING,
                situation,
                [
                    [("service-level", "立即响应，不分白天夜里"), ("other", "没有这一条")],
                    [("other", "没有这一条")],
                ],
            )
        ],
    )
    runtime.close()
    assert (shown.tickets, shown.obligations, shown.recall) == (1, 2, 0.5)
    assert 0 < shown.precision < 1
