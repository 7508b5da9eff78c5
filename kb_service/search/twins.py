"""Which near-duplicates of the found documents a reader may be shown."""

from collections.abc import Collection
from datetime import date

from ingest.catalogue import Catalogue
from kb_service.access.principal import Principal
from kb_service.search.citing import reader_url
from kb_service.search.models import Twin


def find_readable_twins(
    catalogue: Catalogue, document_ids: Collection[str], principal: Principal, on: date
) -> dict[str, list[Twin]]:
    """Document id -> its twins that ``principal`` may read, most alike first; documents without any are left out."""
    twins: dict[str, list[Twin]] = {}
    for found in catalogue.find_twins(document_ids, on):
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
