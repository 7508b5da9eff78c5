"""Which near-duplicates of the found documents a reader may be shown."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Protocol

from kb_service.access.principal import Principal
from kb_service.search.citing import reader_url
from kb_service.search.models import Twin


class TwinFinder(Protocol):
    """Knows the near-duplicates of documents, as they are in force on a day; the catalogue does."""

    def find_twins(self, document_ids: Collection[str], on: date) -> Sequence[Any]: ...


def find_readable_twins(
    finder: TwinFinder, document_ids: Collection[str], principal: Principal, on: date
) -> dict[str, list[Twin]]:
    """Document id -> its twins that ``principal`` may read, most alike first; documents without any are left out."""
    twins: dict[str, list[Twin]] = {}
    for found in finder.find_twins(document_ids, on):
        twin = found.twin
        if principal.may_read(twin.clearance, twin.departments):
            shown = Twin(
                document_id=twin.document_id,
                version=twin.version,
                title=twin.title,
                similarity=round(found.similarity, 3),
                url=reader_url(twin.document_id, twin.version),
            )
            twins.setdefault(found.document.document_id, []).append(shown)
    return twins
