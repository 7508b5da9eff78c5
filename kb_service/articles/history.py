"""An article's events -> where it stands. The events are the truth; the columns of an article only repeat this."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any

from kb_service.articles.lifecycle import (
    CONTENT_FIELDS,
    NEEDED_FOR_REVIEW,
    REVIEWS,
    UNSEEN_IS_FINE,
    ArticleAction,
    ArticleState,
    FlagReason,
    Transition,
    find_transition,
)
from kb_service.tickets.people import is_same_person


@dataclass(frozen=True)
class ArticleEvent:
    """Something that happened to an article; never changed afterwards.

    Attributes:
        sequence: 1 for the creation, then without a gap.
        at: aware moment, never before the event ahead of it.
        fields: what the action came with. A content field that is None empties the article's.
    """

    sequence: int
    action: ArticleAction
    actor: str
    at: datetime
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """What an article says. ``product_version`` is the version of the product that it holds for, None for all."""

    title: str
    symptom: str
    environment: str | None = None
    cause: str | None = None
    solution: str | None = None
    product: str | None = None
    category: str | None = None
    product_version: str | None = None


@dataclass(frozen=True)
class Publication:
    """A text that was let out. ``number`` counts an article's publications from 1; ``writers`` wrote it."""

    number: int
    content: Content
    writers: tuple[str, ...]
    reviewer: str
    at: datetime


@dataclass(frozen=True)
class Flag:
    """Somebody's doubt about the published text."""

    reason: FlagReason
    actor: str
    at: datetime
    text: str | None = None


@dataclass(frozen=True)
class Standing:
    """Where an article stands after some of its events.

    Attributes:
        sequence: of the last event.
        changed_sequence: of the last event that somebody who changes the article must have seen.
        content: the text that is worked on; equal to the published one's where nobody has begun a revision.
        writers: who wrote what is not published yet.
        live: the text that searches find, None where there is none.
        publications: how often the article was published.
        linked_tickets: those that it has helped to solve, in the order they were linked.
        last_used_at: when a ticket was linked last.
    """

    state: ArticleState
    sequence: int
    changed_sequence: int
    author: str
    content: Content
    source_tickets: tuple[str, ...]
    writers: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    live: Publication | None = None
    publications: int = 0
    review_due_at: datetime | None = None
    flags: tuple[Flag, ...] = ()
    linked_tickets: tuple[str, ...] = ()
    last_used_at: datetime | None = None


class IllegalEventError(ValueError):
    """An event that cannot follow the ones before it.

    Attributes:
        missing: fields that the action cannot go without.
        unfitting: fields that have no place in the action. Both are empty where the action itself is not allowed.
    """

    def __init__(self, message: str, missing: tuple[str, ...] = (), unfitting: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing
        self.unfitting = unfitting


class OwnReviewError(IllegalEventError):
    """Somebody vouches for what they wrote themselves."""


class LinkError(IllegalEventError):
    """A ticket is linked already, or is not."""


def replay(events: Iterable[ArticleEvent]) -> Standing | None:
    """Where the article stands after all its events; None without any.

    Raises:
        IllegalEventError: an event cannot follow the ones before it.
    """
    return reduce(advance, events, None)


def advance(standing: Standing | None, event: ArticleEvent) -> Standing:
    """Where the article stands after one event more.

    Raises:
        IllegalEventError: the action is not allowed here, lacks a field or has one that does not fit, is out of order
            or goes back in time.
        OwnReviewError, LinkError
    """
    live = standing is not None and standing.live is not None
    transition = find_transition(standing.state if standing else None, event.action, live=live)
    if transition is None:
        raise IllegalEventError(f"{event.action} from {standing.state if standing else 'nothing'}")
    _check_fields(transition, event, standing)
    if event.sequence != (standing.sequence if standing else 0) + 1:
        raise IllegalEventError(f"event {event.sequence} follows {standing.sequence if standing else 0}")
    if standing is None:
        return _begin(event)
    if event.at < standing.changed_at:
        raise IllegalEventError(f"{event.at} is before {standing.changed_at}")
    unseen = event.action in UNSEEN_IS_FINE
    moved = replace(
        standing,
        state=transition.target or standing.state,
        sequence=event.sequence,
        changed_sequence=standing.changed_sequence if unseen else event.sequence,
        changed_at=event.at,
    )
    return replace(moved, **_outcome(standing, event))


def _check_fields(transition: Transition, event: ArticleEvent, standing: Standing | None) -> None:
    missing = [name for name in transition.required if event.fields.get(name) in (None, "", [])]
    if event.action is ArticleAction.EDIT:
        # A title and a symptom may be changed, and not be taken away.
        missing += [name for name in ("title", "symptom") if event.fields.get(name, "as it was") in (None, "")]
        if not event.fields.keys() & set(CONTENT_FIELDS):
            missing += CONTENT_FIELDS
    reviewed = event.action is ArticleAction.SUBMIT or transition.target is ArticleState.IN_REVIEW
    if standing is not None and reviewed:
        after = _edited(standing.content, event)
        missing += [name for name in NEEDED_FOR_REVIEW if not getattr(after, name)]
    if missing:
        raise IllegalEventError(f"{event.action} without {', '.join(missing)}", tuple(dict.fromkeys(missing)))
    unfitting = tuple(name for name in event.fields if name not in transition.fields)
    if unfitting:
        raise IllegalEventError(f"{event.action} with {', '.join(unfitting)}", unfitting=unfitting)


def _begin(event: ArticleEvent) -> Standing:
    return Standing(
        state=ArticleState.DRAFT,
        sequence=event.sequence,
        changed_sequence=event.sequence,
        author=event.actor,
        content=_edited(Content("", ""), event),
        source_tickets=tuple(event.fields.get("source_tickets", ())),
        writers=(event.actor,),
        created_at=event.at,
        changed_at=event.at,
    )


def _outcome(standing: Standing, event: ArticleEvent) -> dict[str, Any]:
    """What the action changes beside state and sequence."""
    action = event.action
    if action in REVIEWS:
        return _reviewed(standing, event)
    if action in (ArticleAction.LINK, ArticleAction.UNLINK):
        return _linked(standing, event)
    if action is ArticleAction.EDIT:
        return {"content": _edited(standing.content, event), "writers": _with(standing.writers, event.actor)}
    if action is ArticleAction.REVISE:
        return {"writers": (event.actor,)}
    if action is ArticleAction.DISCARD_REVISION:
        assert standing.live is not None
        return {"content": standing.live.content, "writers": ()}
    if action is ArticleAction.FLAG:
        flag = Flag(FlagReason(event.fields["flag"]), event.actor, event.at, event.fields.get("reason"))
        return {"flags": (*standing.flags, flag)}
    if action is ArticleAction.ARCHIVE:
        # Whoever wrote it still did, should it come back.
        writers = reduce(_with, standing.live.writers if standing.live else (), standing.writers)
        return {"live": None, "review_due_at": None, "flags": (), "writers": writers}
    return {}


def _reviewed(standing: Standing, event: ArticleEvent) -> dict[str, Any]:
    published = standing.live.writers if standing.live else ()
    writers = standing.writers if event.action is ArticleAction.PUBLISH else published
    if any(is_same_person(event.actor, writer) for writer in writers):
        raise OwnReviewError(f"{event.actor} wrote it")
    outcome: dict[str, Any] = {"flags": (), "review_due_at": datetime.fromisoformat(event.fields["review_due_at"])}
    if event.action is ArticleAction.PUBLISH:
        number = standing.publications + 1
        live = Publication(number, standing.content, writers, event.actor, event.at)
        outcome |= {"live": live, "publications": number, "writers": ()}
    return outcome


def _linked(standing: Standing, event: ArticleEvent) -> dict[str, Any]:
    ticket, tickets = event.fields["ticket_id"], standing.linked_tickets
    if (ticket in tickets) is (event.action is ArticleAction.LINK):
        raise LinkError(ticket)
    if event.action is ArticleAction.LINK:
        return {"linked_tickets": (*tickets, ticket), "last_used_at": event.at}
    return {"linked_tickets": tuple(one for one in tickets if one != ticket)}


def _edited(content: Content, event: ArticleEvent) -> Content:
    return replace(content, **{name: event.fields[name] for name in CONTENT_FIELDS if name in event.fields})


def _with(people: tuple[str, ...], one: str) -> tuple[str, ...]:
    return people if one in people else (*people, one)
