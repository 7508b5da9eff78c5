"""A solved ticket -> the first draft of an article."""

from collections.abc import Iterable, Mapping
from typing import Any

from kb_service.articles.anonymizing import anonymized
from kb_service.articles.errors import TicketNotSolvedError
from kb_service.tickets.lifecycle import TicketState
from kb_service.tickets.models import Ticket

_SOLVED = frozenset({TicketState.RESOLVED, TicketState.CLOSED})


def draft_content(ticket: Ticket | None, stated: Mapping[str, Any], sources: Iterable[Ticket]) -> dict[str, Any]:
    """Content fields of a new article: the ticket's own, those stated instead, customers and people masked.

    Raises:
        TicketNotSolvedError: the ticket has no solution, and too little is stated to do without it.
    """
    if ticket is not None and not _is_solved(ticket) and not (stated.get("title") and stated.get("symptom")):
        raise TicketNotSolvedError(ticket.ticket_id, ticket.state)
    told = _told(ticket) if ticket else {}
    fields = {name: value for name, value in {**told, **stated}.items() if value}
    return anonymized(fields, [one.customer for one in sources])


def _is_solved(ticket: Ticket) -> bool:
    return ticket.state in _SOLVED and bool(ticket.solution)


def _told(ticket: Ticket) -> dict[str, Any]:
    return {
        "title": ticket.title,
        "symptom": ticket.description.strip() or ticket.title,
        "cause": ticket.cause,
        "solution": ticket.solution,
        "product": ticket.product,
        "category": ticket.category,
    }
