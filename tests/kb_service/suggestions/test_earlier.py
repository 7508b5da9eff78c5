"""Suggestions of a ticket that were made before: in their words, with what became of them, for whom may read them."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from ingest.catalogue import Catalogue
from ingest.document import Kind, sha256
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.search.citing import build_citation
from kb_service.suggestions.earlier import EarlierSuggestions
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import DuplicateTicket, KeptSuggestion
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.ticket_text import build_query
from kb_service.tickets.errors import TicketNotFoundError
from kb_service.tickets.models import Ticket
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import MODEL, feedback, new_ticket, publish, show

TICKET_TEXT = "现象\n打印机一直响\n\n解决\n换一根数据线"
SOLUTION = "换一根数据线"
CLASSIFICATION = {
    "category": "打印",
    "priority": "P3",
    "group": None,
    "confidence": 0.7,
    "categories": [{"category": "打印", "confidence": 0.7}],
}
Asked = list[tuple[str | None, str | None, str | None, str]]


@pytest.fixture
def asked() -> Asked:
    """What duplicates were looked for of."""
    return []


@pytest.fixture
def earlier(engine: Engine, tickets: TicketService, ledger: Ledger, clock: Clock, asked: Asked) -> EarlierSuggestions:
    def find_duplicates(
        ticket_id: str | None, external_id: str | None, product: str | None, query: str, _vector: NDArray[np.float32]
    ) -> list[DuplicateTicket]:
        asked.append((ticket_id, external_id, product, query))
        return []

    return EarlierSuggestions(engine, Catalogue(engine), tickets, ledger, find_duplicates, lambda: clock().date())


def cite(document_id: str = "TK-1", text: str = TICKET_TEXT, quoted: str = SOLUTION) -> dict[str, Any]:
    start = text.index(quoted)
    citation = build_citation(
        label="工单 TK-1",
        document_id=document_id,
        version="1",
        heading_path=[],
        clause_id="",
        start_char=start,
        end_char=start + len(quoted),
        sha256=sha256(quoted.encode()),
        page=None,
    )
    return citation.model_dump(mode="json")


def suggest(ledger: Ledger, clock: Clock, ticket: Ticket, **more: Any) -> str:
    asked = {
        "query": build_query(ticket.title, ticket.description),
        "product": ticket.product,
        "classification": CLASSIFICATION,
    }
    return show(ledger, clock, ticket, documents=["TK-1"], citations={"TK-1": cite()}, **{**asked, **more})


def only(earlier: EarlierSuggestions, ticket: Ticket, principal: Principal = LOOPBACK) -> KeptSuggestion:
    [found] = earlier.find(ticket.ticket_id, 9, principal).suggestions
    return found


def test_what_was_suggested_comes_back_in_its_words(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, engine: Engine
) -> None:
    publish(engine, "TK-1", TICKET_TEXT)
    ticket = tickets.create(new_ticket())
    suggestion = suggest(ledger, clock, ticket)
    ledger.give_feedback(suggestion, feedback("rejected", reason="没有数据线"))
    found = only(earlier, ticket)
    assert (found.suggestion_id, found.at, found.current, found.answered) == (suggestion, clock.moment, True, True)
    assert found.classification is not None
    assert found.classification.model_dump() == CLASSIFICATION
    [solution] = found.solutions
    assert (solution.source, solution.title, solution.rank) == (Kind.TICKET, "标题 TK-1", 1)
    assert solution.citation is not None
    assert (solution.solution, solution.citation.model_dump(mode="json")) == (SOLUTION, cite())
    assert (solution.state, solution.possible) == (Outcome.REJECTED, [Outcome.ADOPTED, Outcome.EDITED])
    evidence = solution.evidence
    assert (evidence.similar_symptom, evidence.times_rejected) == ("打印机一直响", 1)
    assert [one.reason for one in found.outcomes] == ["没有数据线"]


def test_the_newest_comes_first_and_those_of_others_not_at_all(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, asked: Asked
) -> None:
    ticket, other = tickets.create(new_ticket(product="打印机")), tickets.create(new_ticket())
    assert earlier.find(ticket.ticket_id, 9, LOOPBACK).suggestions == []
    assert asked == []
    made = []
    for _ in range(3):
        made.append(suggest(ledger, clock, ticket))
        clock.pass_hours(1)
    suggest(ledger, clock, other)
    found = earlier.find(ticket.ticket_id, 2, LOOPBACK)
    assert [one.suggestion_id for one in found.suggestions] == [made[2], made[1]]
    assert asked == [(ticket.ticket_id, None, "打印机", "打印机不出纸")]
    with pytest.raises(TicketNotFoundError):
        earlier.find("T99", 9, LOOPBACK)


@pytest.mark.parametrize(
    "asked_otherwise", [{"query": "打印机不出纸 E-11"}, {"product": "扫描仪"}, {"product": "打印机"}]
)
def test_a_ticket_that_has_changed_since_wants_another(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, asked_otherwise: dict[str, str]
) -> None:
    product = None if asked_otherwise.get("product") == "打印机" else "打印机"
    ticket = tickets.create(new_ticket(product=product))
    suggest(ledger, clock, ticket, **asked_otherwise)
    assert not only(earlier, ticket).current


def test_one_of_another_model_is_told_and_wants_another(
    engine: Engine, tickets: TicketService, ledger: Ledger, clock: Clock
) -> None:
    ticket = tickets.create(new_ticket())
    ledger.give_feedback(suggest(ledger, clock, ticket), feedback("adopted"))
    renewed = Ledger(engine, tickets, MODEL.replace("0", "1"), 2, clock)
    found = only(
        EarlierSuggestions(engine, Catalogue(engine), tickets, renewed, lambda *_: [], lambda: clock().date()), ticket
    )
    assert (found.current, found.solutions[0].state) == (False, Outcome.ADOPTED)


@pytest.mark.parametrize("now", [None, ("1", TICKET_TEXT.replace("一根", "两根")), ("2", TICKET_TEXT)])
def test_words_that_stand_there_no_more_are_not_made_up(
    earlier: EarlierSuggestions,
    tickets: TicketService,
    ledger: Ledger,
    clock: Clock,
    engine: Engine,
    now: tuple[str, str] | None,
) -> None:
    if now is not None:
        publish(engine, "TK-1", now[1], now[0])
    ticket = tickets.create(new_ticket())
    suggest(ledger, clock, ticket)
    [solution] = only(earlier, ticket).solutions
    assert (solution.title, solution.solution, solution.citation) == ("标题 TK-1", None, None)


def test_words_that_are_out_of_date_are_not_offered_any_more(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, engine: Engine
) -> None:
    publish(engine, "TK-1", TICKET_TEXT)
    ticket = tickets.create(new_ticket())
    suggestion = suggest(ledger, clock, ticket)
    assert only(earlier, ticket).solutions[0].solution == SOLUTION
    publish(engine, "TK-1", "解决\n换打印机", version="2", effective_from=clock().date())
    assert only(earlier, ticket).solutions[0].solution is None
    ledger.give_feedback(suggestion, feedback("adopted"))
    assert only(earlier, ticket).solutions[0].solution == SOLUTION


def test_suggestions_of_former_releases_have_their_titles(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, engine: Engine
) -> None:
    publish(engine, "TK-1", TICKET_TEXT)
    ticket = tickets.create(new_ticket())
    show(ledger, clock, ticket, documents=["TK-1"])
    found = only(earlier, ticket)
    assert (found.classification, found.current) == (None, False)
    assert [(one.title, one.solution) for one in found.solutions] == [("标题 TK-1", None)]


def test_what_the_reader_may_not_see_is_left_out(
    earlier: EarlierSuggestions, tickets: TicketService, ledger: Ledger, clock: Clock, engine: Engine
) -> None:
    publish(engine, "TK-1", TICKET_TEXT, clearance=3)
    publish(engine, "TK-2", TICKET_TEXT)
    ticket = tickets.create(new_ticket())
    suggestion = show(ledger, clock, ticket, documents=["TK-1", "TK-2"], citations={"TK-2": cite("TK-2")})
    for document in ("TK-1", "TK-2"):
        ledger.give_feedback(suggestion, feedback("adopted", document))
    found = only(earlier, ticket, Principal("guest"))
    assert [one.document_id for one in found.solutions] == ["TK-2"]
    assert [one.document_id for one in found.outcomes] == ["TK-2"]
    assert len(only(earlier, ticket).solutions) == 2
