"""Decides which version of a document a reader gets, and whether they may have it at all."""

from datetime import date

from ingest.catalogue import Catalogue
from ingest.document import Kind
from ingest.records import StoredVersion
from kb_service.access.principal import Principal
from kb_service.errors import DocumentNotFoundError, VersionNotFoundError
from kb_service.knowledge.models import (
    ChunkList,
    DocumentDetail,
    DocumentPage,
    chunk_item,
    document_detail,
    document_item,
    in_force,
)


def list_documents(
    catalogue: Catalogue, principal: Principal, today: date, *, kind: Kind | None, cursor: str | None, limit: int
) -> DocumentPage:
    """A page of the documents that ``principal`` may read, ordered by id; ``cursor`` is the last id seen."""
    summaries = catalogue.list_documents(
        today,
        kind=kind,
        after=cursor,
        limit=limit + 1,
        clearance=principal.clearance,
        departments=principal.departments,
    )
    page = [document_item(summary) for summary in summaries[:limit]]
    return DocumentPage(documents=page, next_cursor=page[-1].document_id if len(summaries) > limit else None)


def get_document(
    catalogue: Catalogue, principal: Principal, today: date, document_id: str, version: str | None
) -> DocumentDetail:
    """A document in the asked version, else in the one in force today, else in the latest.

    Raises:
        DocumentNotFoundError: unknown, or not for this reader; the two must look the same from outside.
        VersionNotFoundError
    """
    versions = _readable_versions(catalogue, principal, document_id)
    return document_detail(_choose(versions, document_id, version, today), versions, today)


def get_chunks(
    catalogue: Catalogue, principal: Principal, today: date, document_id: str, version: str | None
) -> ChunkList:
    """The chunks of a version in text order; which version and which errors, see `get_document`."""
    stored = _choose(_readable_versions(catalogue, principal, document_id), document_id, version, today)
    chunks = [chunk_item(stored.document, chunk) for chunk in catalogue.list_chunks(stored.key)]
    return ChunkList(document_id=document_id, version=stored.document.version, chunks=chunks)


def _readable_versions(catalogue: Catalogue, principal: Principal, document_id: str) -> list[StoredVersion]:
    versions = [
        stored
        for stored in catalogue.find_versions(document_id)
        if principal.may_read(stored.document.clearance, stored.document.departments)
    ]
    if not versions:
        raise DocumentNotFoundError(document_id)
    return versions


def _choose(versions: list[StoredVersion], document_id: str, version: str | None, today: date) -> StoredVersion:
    if version is None:
        return next((stored for stored in versions if in_force(stored.document, today)), versions[0])
    for stored in versions:
        if stored.document.version == version:
            return stored
    raise VersionNotFoundError(document_id, version, "、".join(stored.document.version for stored in versions))
