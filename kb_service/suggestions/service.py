"""A ticket -> what solved it before, the rules that apply, how to classify it, and its duplicates."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ingest.catalogue import Catalogue
from ingest.document import Kind
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.search.service import SearchService
from kb_service.suggestions.classification import VOTERS, Voter, classify
from kb_service.suggestions.duplicates import find_codes, find_duplicates
from kb_service.suggestions.fitting_clauses import CLAUSES, add_clauses
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.models import (
    Classification,
    DuplicateTicket,
    Rule,
    Suggestion,
    SuggestionRequest,
    TicketSuggestionRequest,
)
from kb_service.suggestions.name_nearness import NameNearness
from kb_service.suggestions.obligations import Situation
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.pools import search_pools
from kb_service.suggestions.rules import RuleFinder
from kb_service.suggestions.solutions import build_solution
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionRow
from kb_service.suggestions.ticket_text import build_query
from kb_service.suggestions.weighing import Weighed, Weigher, choose
from kb_service.tickets.models import Ticket
from kb_service.tickets.presenting import ticket_key
from kb_service.tickets.service import TicketService

_OPEN_WITHIN = timedelta(days=30)
"""A foreign ticket of which nothing was heard for longer is taken for closed."""
_MOST_OPEN = 500
_ANY_TROUBLE = "打不开"


@dataclass(frozen=True)
class _Asked:
    """One ticket to make suggestions for; ``ticket_key`` is None where it belongs to another system."""

    title: str
    description: str
    product: str | None
    external_id: str | None
    ticket_key: int | None
    ticket_id: str | None
    situation: Situation
    limit: int


class SuggestionService:
    """Safe to call from several threads."""

    def __init__(
        self,
        search: SearchService,
        catalogue: Catalogue,
        tickets: TicketService,
        ledger: Ledger,
        rules: RuleFinder,
        now: Callable[[], datetime],
        today: Callable[[], date],
    ) -> None:
        self._search = search
        self._catalogue = catalogue
        self._tickets = tickets
        self._ledger = ledger
        self._rules = rules
        self._now = now
        self._today = today
        self._weigher = Weigher(search, ledger)
        self._nearness = NameNearness(search.symptom_vector)

    def warm_up(self) -> None:
        """Read what a first suggestion would wait for: the regulations in force, and what became of former ones."""
        self._rules.find(Situation(), self._today(), LOOPBACK)
        pools = search_pools(self._search, _ANY_TROUBLE, None, LOOPBACK)
        self._weigher.weigh(pools, _ANY_TROUBLE, self._search.symptom_vector(_ANY_TROUBLE), None, LOOPBACK)

    def suggest(self, request: SuggestionRequest, principal: Principal) -> Suggestion:
        """Suggestions for another system's ticket."""
        situation = Situation(
            kind=request.kind,
            priority=request.priority,
            channel=request.channel,
            text=f"{request.title}\n{request.description}",
            product=request.product,
            category=request.category,
        )
        asked = _Asked(
            request.title,
            request.description,
            request.product,
            request.external_id,
            None,
            None,
            situation,
            request.limit,
        )
        return self._suggest(asked, principal)

    def suggest_for(self, ticket_id: str, request: TicketSuggestionRequest, principal: Principal) -> Suggestion:
        """Suggestions for a ticket recorded here, as it stands now.

        Raises:
            TicketNotFoundError: no such ticket.
        """
        ticket = self._tickets.get(ticket_id)
        asked = _Asked(
            ticket.title,
            ticket.description,
            ticket.product,
            None,
            ticket_key(ticket_id),
            ticket_id,
            read_situation(ticket),
            request.limit,
        )
        return self._suggest(asked, principal)

    def rules_for(self, ticket_id: str, principal: Principal) -> list[Rule]:
        """The rules that a ticket recorded here triggers as it stands now; nothing of it is kept.

        Raises:
            TicketNotFoundError: no such ticket.
        """
        ticket = self._tickets.get(ticket_id)
        query = build_query(ticket.title, ticket.description)
        [clauses] = self._search.find_matches(query, [CLAUSES], principal, as_ticket=True)
        return add_clauses(self._rules.find(read_situation(ticket), self._today(), principal), clauses.matches)

    def find_duplicates(
        self,
        ticket_id: str | None,
        external_id: str | None,
        product: str | None,
        query: str,
        vector: NDArray[np.float32],
    ) -> list[DuplicateTicket]:
        """Tickets that are open now, other than this one, and look as if they had the same cause."""
        open_tickets = [
            ticket
            for ticket in self._ledger.find_open(self._now() - _OPEN_WITHIN, _MOST_OPEN)
            if (ticket.ticket_id, ticket.external_id) != (ticket_id, external_id)
        ]
        return find_duplicates(vector, find_codes(query), product, open_tickets)

    def _suggest(self, asked: _Asked, principal: Principal) -> Suggestion:
        started = time.perf_counter()
        query = build_query(asked.title, asked.description)
        vector = self._search.symptom_vector(query)
        pools = search_pools(self._search, query, asked.product, principal)
        weighed = self._weigher.weigh(pools, query, vector, asked.product, principal)
        failed = self._ledger.find_failed(asked.ticket_key, asked.external_id)
        chosen = choose([one for one in weighed if one.match.document_id not in failed], asked.limit)
        edits = self._ledger.find_edits([one.match.document_id for one in chosen])
        suggestion = Suggestion(
            suggestion_id=str(uuid.uuid4()),
            ticket_id=asked.ticket_id,
            external_id=asked.external_id,
            answered=pools.answered or any(one.record.boost > 0 and one.record.alike >= 1 for one in chosen),
            confidence=pools.confidence,
            query=query,
            solutions=[
                build_solution(rank, one.match, one.score, one.record, edits.get(one.match.document_id, []))
                for rank, one in enumerate(chosen, start=1)
            ],
            rules=add_clauses(self._rules.find(asked.situation, self._today(), principal), pools.clauses),
            classification=self._classify(weighed, vector, asked.product),
            duplicates=self.find_duplicates(asked.ticket_id, asked.external_id, asked.product, query, vector),
            took_ms=0.0,
        )
        self._ledger.note_shown(
            SuggestionRow(
                id=suggestion.suggestion_id,
                ticket_key=asked.ticket_key,
                external_id=asked.external_id,
                at=self._now(),
                title=asked.title,
                query=query,
                product=asked.product,
                answered=suggestion.answered,
                confidence=suggestion.confidence,
                vector=vector.astype("<f4").tobytes(),
                classification=suggestion.classification.model_dump(mode="json"),
            ),
            [
                SuggestedSolutionRow(
                    suggestion_id=suggestion.suggestion_id,
                    document_id=solution.document_id,
                    version=solution.citation.version,
                    rank=solution.rank,
                    source=solution.source.value,
                    title=solution.title,
                    score=solution.score,
                    state=Outcome.SHOWN.value,
                    citation=solution.citation.model_dump(mode="json"),
                )
                for solution in suggestion.solutions
            ],
        )
        took_ms = round((time.perf_counter() - started) * 1000, 2)
        return suggestion.model_copy(update={"took_ms": took_ms})

    def _classify(self, weighed: Sequence[Weighed], vector: NDArray[np.float32], product: str | None) -> Classification:
        tickets = [one for one in weighed if one.match.kind is Kind.TICKET][:VOTERS]
        attributes = self._catalogue.find_attributes([one.match.document_id for one in tickets], self._today())
        voters = [Voter(one.score, one.match.product, attributes.get(one.match.document_id, {})) for one in tickets]
        return classify(voters, product, partial(self._nearness, vector))


def read_situation(ticket: Ticket) -> Situation:
    """What of a ticket decides which rules apply."""
    return Situation(
        kind=ticket.kind,
        state=ticket.state,
        priority=ticket.priority,
        channel=ticket.channel,
        level=ticket.level,
        reopened=ticket.reopened,
        response=ticket.response.state,
        resolution=ticket.resolution.state,
        text=f"{ticket.title}\n{ticket.description}",
        product=ticket.product,
        category=ticket.category,
    )
