"""Open tickets that look as if they had the same cause as this one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ingest.identifiers import iter_identifiers
from ingest.tokenizer import fold
from kb_service.suggestions.models import DuplicateTicket

ALIKE = 0.55
"""Cosine of the symptom vectors from which on two tickets are shown as duplicates: of the sample tickets with different
causes, one pair in a thousand is as near."""
_SAME_CODE = 0.2
"""What a code that both tickets name adds."""
_MOST = 5


@dataclass(frozen=True)
class OpenTicket:
    """``ticket_id`` is ours, ``external_id`` the asking system's; one of them is there."""

    ticket_id: str | None
    external_id: str | None
    title: str
    state: str | None
    created_at: datetime
    product: str | None
    query: str
    vector: NDArray[np.float32]


def find_duplicates(
    vector: NDArray[np.float32], codes: Collection[str], product: str | None, tickets: Sequence[OpenTicket]
) -> list[DuplicateTicket]:
    """At most five of ``tickets``, the most alike first; tickets of another product are none.

    Vectors are those of `SearchService.symptom_vector`.
    """
    alike = []
    for ticket in tickets:
        if product and ticket.product and product != ticket.product:
            continue
        cosine = float(vector @ ticket.vector)
        if cosine < ALIKE - _SAME_CODE:
            continue
        similarity = min(1.0, cosine + _SAME_CODE * (not find_codes(ticket.query).isdisjoint(codes)))
        if similarity >= ALIKE:
            alike.append((similarity, ticket))
    alike.sort(key=lambda pair: (-pair[0], pair[1].created_at))
    return [
        DuplicateTicket(
            ticket_id=ticket.ticket_id,
            external_id=ticket.external_id,
            title=ticket.title,
            state=ticket.state,
            similarity=round(similarity, 4),
            created_at=ticket.created_at,
        )
        for similarity, ticket in alike[:_MOST]
    ]


def find_codes(text: str) -> frozenset[str]:
    """Keys of the codes that a text names, in no order."""
    return frozenset(found.key for found in iter_identifiers(fold(text)) if found.decisive)
