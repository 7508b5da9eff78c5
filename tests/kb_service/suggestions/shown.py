"""Suggestions as the service keeps them, with symptoms whose nearness is known."""

import uuid
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from ingest.document import Kind, ParsedDocument
from ingest.errors import Origin
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import FeedbackRequest
from kb_service.suggestions.outcomes import Outcome, replay
from kb_service.suggestions.repository import LedgerRepository
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionRow
from kb_service.tickets.lifecycle import Action, find_transition
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import FIELDS

DIMENSION = 4
MODEL = "0" * 64
DOCUMENTS = ("TK-1", "TK-2", "FAQ-1")


def symptom(cosine: float = 1.0) -> NDArray[np.float32]:
    """A unit vector with this cosine to ``symptom()``."""
    return np.array([cosine, sqrt(1 - cosine**2), 0, 0], np.float32)


def show(
    ledger: Ledger,
    clock: Clock,
    ticket: Ticket | None = None,
    documents: Sequence[str] = DOCUMENTS,
    vector: NDArray[np.float32] | None = None,
    citations: Mapping[str, dict[str, Any]] | None = None,
    source: str = "ticket",
    **more: Any,
) -> str:
    """Have a suggestion with these solutions, the best first, kept; its id."""
    suggestion_id = str(uuid.uuid4())
    fields: dict[str, Any] = {
        "title": "打印机不出纸",
        "query": "打印机不出纸",
        "answered": True,
        "confidence": 0.9,
        "ticket_key": int(ticket.ticket_id[1:]) if ticket else None,
        **more,
    }
    kept = symptom() if vector is None else vector
    ledger.note_shown(
        SuggestionRow(id=suggestion_id, at=clock(), vector=kept.astype("<f4").tobytes(), **fields),
        [
            SuggestedSolutionRow(
                suggestion_id=suggestion_id,
                document_id=document,
                version="1",
                rank=rank,
                source=source,
                title=f"标题 {document}",
                score=1 / rank,
                state=Outcome.SHOWN.value,
                citation=(citations or {}).get(document),
            )
            for rank, document in enumerate(documents, start=1)
        ],
    )
    return suggestion_id


def publish(engine: Engine, document_id: str, text: str = "正文", version: str = "1", **more: Any) -> None:
    """Have a document in the catalogue."""
    document = ParsedDocument(
        document_id, version, Kind.TICKET, f"标题 {document_id}", text, Origin(f"{document_id}.jsonl"), text, **more
    )
    catalogue = Catalogue(engine)
    catalogue.publish(catalogue.add_pending([(document, [])]))


def feedback(outcome: Outcome | str, document: str = "TK-1", **more: Any) -> FeedbackRequest:
    if outcome == Outcome.REJECTED:
        more = {"reason": "已试过，无效", **more}
    return FeedbackRequest.model_validate(
        {"document_id": document, "outcome": outcome, "actor": "工程师甲", **more}, strict=False
    )


def new_ticket(**more: Any) -> TicketRequest:
    return TicketRequest(**{"title": "打印机不出纸", "customer": "财务部", "channel": "电话", "actor": "小林", **more})


def walk(tickets: TicketService, ticket: Ticket, *actions: Action) -> Ticket:
    """The ticket after these actions, each with the fields it needs."""
    for action in actions:
        ticket = tickets.get(ticket.ticket_id)
        transition = find_transition(ticket.kind, ticket.state, action)
        fields = {name: FIELDS[name] for name in transition.required} if transition else {}
        actor = "林小禾" if action is Action.RATE else "工程师甲"
        request = ActionRequest(action=action, sequence=ticket.sequence, actor=actor, **fields)
        ticket = tickets.act(ticket.ticket_id, request)
    return ticket


def states(ledger: Ledger, suggestion_id: str) -> dict[str, str]:
    return {one.document_id: one.state.value for one in ledger.get(suggestion_id).solutions}


def assert_replays(engine: Engine, suggestion_id: str) -> None:
    """Each solution's state is where its outcomes lead."""
    with Session(engine) as session:
        repository = LedgerRepository(session)
        outcomes = repository.outcomes(suggestion_id)
        for row in repository.solutions(suggestion_id):
            own = [Outcome(one.outcome) for one in outcomes if one.document_id == row.document_id]
            assert Outcome(row.state) is replay(own)
