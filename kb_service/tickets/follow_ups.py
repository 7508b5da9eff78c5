"""What the department still owes a customer whose ticket is closed, by its rules on satisfaction and complaints.

Whoever is not the ticket's handler asks for a score within three working days of the closing (2.1.1, 1.3.1); who cannot
be reached is noted as such and gives none (2.1.3). A score below 3 is reviewed within two working days; whether one of
just 3 is, somebody decides (2.3.1, 2.3.2).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import TRANSITIONS, Action, TicketState
from kb_service.tickets.people import is_same_person

FOLLOWING_UP = frozenset({Action.RATE, Action.MISS_FOLLOW_UP, Action.REVIEW_RATING})
"""Steps that the ticket's handler leaves to others."""

_ASKED_WITHIN_DAYS = 3
_REVIEWED_WITHIN_DAYS = 2
_LOWEST_UNREVIEWED = 3
_CLOSING = frozenset(step.action for step in TRANSITIONS if step.target is TicketState.CLOSED)


class FollowUpKind(StrEnum):
    RATING = "rating"
    REVIEW = "review"


@dataclass(frozen=True)
class FollowUp:
    kind: FollowUpKind
    due_at: datetime


@dataclass(frozen=True)
class _Open:
    """Since when a score is to be asked for, and since when one could be reviewed; None where that is done or not due.

    ``must_review``: the score is so low that nobody decides about it.
    """

    rating_since: datetime | None = None
    review_since: datetime | None = None
    must_review: bool = False


def find_follow_up(
    events: Iterable[TicketEvent], add_working_days: Callable[[datetime, int], datetime]
) -> FollowUp | None:
    """What has to be done next; a review before another score. ``add_working_days`` as `ServiceLevels` does."""
    found = _open(events)
    if found.review_since is not None and found.must_review:
        return FollowUp(FollowUpKind.REVIEW, add_working_days(found.review_since, _REVIEWED_WITHIN_DAYS))
    if found.rating_since is not None:
        return FollowUp(FollowUpKind.RATING, add_working_days(found.rating_since, _ASKED_WITHIN_DAYS))
    return None


def find_pointless(events: Iterable[TicketEvent]) -> set[Action]:
    """Steps of following up that the ticket gives no occasion for."""
    found = _open(events)
    pointless = set()
    if found.rating_since is None:
        pointless.add(Action.MISS_FOLLOW_UP)
    if found.review_since is None:
        pointless.add(Action.REVIEW_RATING)
    return pointless


def list_handlers(assignee: str | None, events: Iterable[TicketEvent]) -> list[str]:
    """Who handled a ticket: whoever has it and whoever solved it, in alphabetical order."""
    solvers = {event.actor for event in events if event.action in (Action.RESOLVE, Action.SUBMIT_SCHEME)}
    return sorted(solvers | ({assignee} if assignee else set()))


def is_handler(actor: str, handlers: Iterable[str]) -> bool:
    return any(is_same_person(actor, handler) for handler in handlers)


def _open(events: Iterable[TicketEvent]) -> _Open:
    rating_since = review_since = None
    must_review = False
    for event in events:
        if event.action in _CLOSING:
            rating_since = event.at
        elif event.action in (Action.REOPEN, Action.RATE, Action.MISS_FOLLOW_UP):
            rating_since = None
        if event.action is Action.RATE:
            score = event.fields["satisfaction"]
            review_since = event.at if score <= _LOWEST_UNREVIEWED else None
            must_review = score < _LOWEST_UNREVIEWED
        elif event.action is Action.REVIEW_RATING:
            review_since = None
    return _Open(rating_since, review_since, must_review)
