"""A ticket's step -> what it means for the solutions adopted for it, noted in the step's own transaction."""

from sqlalchemy.orm import Session

from kb_service.suggestions.outcomes import ADOPTED_OUTCOMES, Outcome
from kb_service.suggestions.repository import LedgerRepository
from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.tables import TicketRow

_IN_HAND = (Outcome.ADOPTED, Outcome.EDITED)
_FOLLOWS: dict[Action, tuple[Outcome, tuple[Outcome, ...]]] = {
    Action.RESOLVE: (Outcome.RESOLVED_WITH, _IN_HAND),
    Action.CONFIRM: (Outcome.CONFIRMED, (*_IN_HAND, Outcome.RESOLVED_WITH)),
    Action.NOT_SOLVED: (Outcome.REOPENED, (*_IN_HAND, Outcome.RESOLVED_WITH)),
    Action.REOPEN: (Outcome.REOPENED, tuple(sorted(ADOPTED_OUTCOMES))),
}
"""What a ticket's step makes of the solutions adopted for it that are in one of these states."""


def follow_ticket(session: Session, ticket: TicketRow, event: TicketEvent) -> None:
    """Observer of `TicketService`: a ticket that is resolved, confirmed or reopened tells it of its solutions."""
    meaning = _FOLLOWS.get(event.action)
    if meaning is None:
        return
    outcome, states = meaning
    ledger = LedgerRepository(session)
    for solution in ledger.find_in_use(ticket.id, states):
        ledger.append(solution, outcome, event.actor, event.at, event.fields.get("reason"), None)
