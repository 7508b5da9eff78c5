"""Links between tickets, told from their histories: each of two linked tickets has the event in its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import Action

LINKING = (Action.LINK, Action.UNLINK)


class Relation(StrEnum):
    """What a ticket is to the other one."""

    DUPLICATE_OF = "duplicate_of"
    RELATED = "related"
    FOLLOW_UP_OF = "follow_up_of"
    CAUSED_BY = "caused_by"
    HAS_DUPLICATE = "has_duplicate"
    HAS_FOLLOW_UP = "has_follow_up"
    CAUSE_OF = "cause_of"


_PAIRS = (
    (Relation.DUPLICATE_OF, Relation.HAS_DUPLICATE),
    (Relation.FOLLOW_UP_OF, Relation.HAS_FOLLOW_UP),
    (Relation.CAUSED_BY, Relation.CAUSE_OF),
    (Relation.RELATED, Relation.RELATED),
)
SEEN_FROM_THERE: Mapping[Relation, Relation] = {
    here: there for first, second in _PAIRS for here, there in ((first, second), (second, first))
}
"""The same link as the other ticket has it."""


@dataclass(frozen=True)
class Link:
    """``title`` is the other ticket's, which never changes."""

    relation: Relation
    ticket_id: str
    title: str


def build_links(events: Iterable[TicketEvent]) -> dict[str, Link]:
    """The links that a ticket has after its events, by the other ticket's id, in the order they were made."""
    links: dict[str, Link] = {}
    for event in events:
        if event.action is Action.LINK:
            other = event.fields["other_ticket_id"]
            links[other] = Link(Relation(event.fields["relation"]), other, event.fields.get("other_title", ""))
        elif event.action is Action.UNLINK:
            links.pop(event.fields["other_ticket_id"], None)
    return links
