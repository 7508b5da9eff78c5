"""What was suggested for a ticket before, in the words of then, with what became of it and speaks for it now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from ingest.document import Kind, ParsedDocument, sha256
from kb_service.access.principal import Principal
from kb_service.search.models import Citation
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import (
    Classification,
    DuplicateTicket,
    KeptSolution,
    KeptSuggestion,
    OutcomeItem,
    TicketSuggestions,
)
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.presenting import build_outcomes, build_standing
from kb_service.suggestions.repository import LedgerRepository
from kb_service.suggestions.solutions import build_evidence, find_symptom
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionRow
from kb_service.suggestions.ticket_text import build_query
from kb_service.tickets.models import Ticket
from kb_service.tickets.presenting import ticket_key
from kb_service.tickets.service import TicketService

FindDuplicates = Callable[[str | None, str | None, str | None, str, NDArray[np.float32]], list[DuplicateTicket]]
"""`SuggestionService.find_duplicates`."""


_UNDECIDED = (Outcome.SHOWN, Outcome.OPENED)


@dataclass(frozen=True)
class _Kept:
    """A suggestion's rows."""

    row: SuggestionRow
    solutions: Sequence[SuggestedSolutionRow]
    outcomes: Sequence[OutcomeItem]


class EarlierSuggestions:
    """``today`` is the day where the department is. Safe to call from several threads."""

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        tickets: TicketService,
        ledger: Ledger,
        find_duplicates: FindDuplicates,
        today: Callable[[], date],
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._tickets = tickets
        self._ledger = ledger
        self._find_duplicates = find_duplicates
        self._today = today

    def find(self, ticket_id: str, limit: int, principal: Principal) -> TicketSuggestions:
        """The newest suggestions for a ticket recorded here; solutions that ``principal`` may not read are left out.

        Raises:
            TicketNotFoundError: no such ticket.
        """
        ticket = self._tickets.get(ticket_id)
        kept = self._load(ticket_key(ticket_id), limit)
        texts = _Texts(self._catalogue, principal, self._today())
        return TicketSuggestions(
            ticket_id=ticket_id,
            suggestions=[self._show(one, ticket, texts) for one in kept],
            duplicates=self._duplicates(ticket, kept[0].row) if kept else [],
        )

    def _load(self, key: int, limit: int) -> list[_Kept]:
        with Session(self._engine, expire_on_commit=False) as session:
            ledger = LedgerRepository(session)
            kept = []
            for row in ledger.find_for_ticket(key, limit):
                solutions = ledger.solutions(row.id)
                kept.append(_Kept(row, solutions, build_outcomes(solutions, ledger.outcomes(row.id))))
            return kept

    def _show(self, kept: _Kept, ticket: Ticket, texts: "_Texts") -> KeptSuggestion:
        row = kept.row
        readable = [one for one in kept.solutions if texts.may_read(one.document_id)]
        names = [one.document_id for one in readable]
        known, edits = self._ledger.recall(self._ledger.read_vector(row)), self._ledger.find_edits(names)
        return KeptSuggestion(
            suggestion_id=row.id,
            at=row.at,
            current=self._is_current(row, ticket),
            answered=row.answered,
            confidence=row.confidence,
            query=row.query,
            classification=Classification(**row.classification) if row.classification else None,
            solutions=[
                KeptSolution(
                    **build_standing(one).model_dump(),
                    source=Kind(one.source),
                    **texts.quote(one),
                    evidence=build_evidence(
                        texts.symptom(one), known.record(one.document_id), edits.get(one.document_id, [])
                    ),
                )
                for one in readable
            ],
            outcomes=[one for one in kept.outcomes if one.document_id in names],
        )

    def _is_current(self, row: SuggestionRow, ticket: Ticket) -> bool:
        asked = (build_query(ticket.title, ticket.description), ticket.product, self._ledger.model)
        # Former releases did not keep where the words stand, so that theirs can be told by their titles alone.
        return row.classification is not None and (row.query, row.product, row.model) == asked

    def _duplicates(self, ticket: Ticket, newest: SuggestionRow) -> list[DuplicateTicket]:
        vector = self._ledger.read_vector(newest)
        return self._find_duplicates(ticket.ticket_id, None, ticket.product, newest.query, vector)


class _Texts:
    """Documents as they were suggested, each loaded once."""

    def __init__(self, catalogue: Catalogue, principal: Principal, today: date) -> None:
        self._catalogue = catalogue
        self._principal = principal
        self._today = today
        self._versions: dict[str, list[ParsedDocument]] = {}

    def may_read(self, document_id: str) -> bool:
        """False for a document that is there and closed to the reader; of one that is gone, its title may be told."""
        versions = self._load(document_id)
        return not versions or any(self._is_open(one) for one in versions)

    def quote(self, row: SuggestedSolutionRow) -> dict[str, str | Citation | None]:
        """The words that were suggested and where they stand.

        None for both where they do not stand there any more, or another version is in force and nobody has decided yet:
        what is out of date is not to be adopted.
        """
        document = self._find(row)
        if document is not None and row.citation is not None and (row.state not in _UNDECIDED or self._holds(document)):
            citation = Citation(**row.citation)
            text = document.text[citation.start_char : citation.end_char]
            if sha256(text.encode()) == citation.sha256:
                return {"solution": text, "citation": citation}
        return {"solution": None, "citation": None}

    def symptom(self, row: SuggestedSolutionRow) -> str | None:
        document = self._find(row)
        return find_symptom(document.text, document.kind) if document is not None else None

    def _find(self, row: SuggestedSolutionRow) -> ParsedDocument | None:
        versions = self._load(row.document_id)
        return next((one for one in versions if one.version == row.version and self._is_open(one)), None)

    def _holds(self, document: ParsedDocument) -> bool:
        return document.effective_from <= self._today <= document.effective_to

    def _is_open(self, document: ParsedDocument) -> bool:
        return self._principal.may_read(document.clearance, document.departments)

    def _load(self, document_id: str) -> list[ParsedDocument]:
        if document_id not in self._versions:
            self._versions[document_id] = [one.document for one in self._catalogue.find_versions(document_id)]
        return self._versions[document_id]
