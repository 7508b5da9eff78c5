"""Decides which version of a document a reader gets, and whether they may have it at all."""

from datetime import date

from ingest.catalogue import Catalogue
from ingest.document import Kind
from ingest.records import StoredVersion
from kb_service.access.principal import Principal
from kb_service.errors import ClauseNotFoundError, DocumentNotFoundError, NotInForceError, VersionNotFoundError
from kb_service.knowledge.comparison import VersionDifference, version_difference
from kb_service.knowledge.models import (
    ChunkList,
    DocumentDetail,
    DocumentPage,
    VersionList,
    chunk_item,
    document_detail,
    document_item,
    in_force,
    version_detail,
)
from kb_service.knowledge.outline import ClauseDetail, DocumentOutline, clause_detail, document_outline, find_clause


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


def get_outline(
    catalogue: Catalogue, principal: Principal, today: date, document_id: str, version: str | None
) -> DocumentOutline:
    """The clauses of a version, and what was left out of it; which version and which errors, see `get_document`."""
    return document_outline(
        _choose(_readable_versions(catalogue, principal, document_id), document_id, version, today).document
    )


def get_clause(
    catalogue: Catalogue,
    principal: Principal,
    today: date,
    document_id: str,
    clause_id: str,
    *,
    version: str | None,
    on: date | None,
) -> ClauseDetail:
    """One clause of the asked version, else of the one in force ``on`` that day, else as in `get_document`.

    Raises:
        NotInForceError: no version is in force ``on`` that day.
        ClauseNotFoundError
    """
    versions = _readable_versions(catalogue, principal, document_id)
    if version is None and on is not None and not any(in_force(stored.document, on) for stored in versions):
        raise NotInForceError(document_id, on, _names(versions))
    document = _choose(versions, document_id, version, on or today).document
    section = find_clause(document, clause_id)
    if section is None:
        raise ClauseNotFoundError(document_id, document.version, clause_id)
    return clause_detail(document, section, in_force(document, today))


def list_versions(catalogue: Catalogue, principal: Principal, today: date, document_id: str) -> VersionList:
    versions = _readable_versions(catalogue, principal, document_id)
    return VersionList(document_id=document_id, versions=[version_detail(stored, today) for stored in versions])


def get_difference(
    catalogue: Catalogue, principal: Principal, today: date, document_id: str, before: str, after: str | None
) -> VersionDifference:
    """What became of each clause between two versions; ``after`` as in `get_document`."""
    versions = _readable_versions(catalogue, principal, document_id)
    older = _choose(versions, document_id, before, today)
    newer = _choose(versions, document_id, after, today)
    return version_difference(older.document, newer.document)


def _readable_versions(catalogue: Catalogue, principal: Principal, document_id: str) -> list[StoredVersion]:
    versions = [
        stored
        for stored in catalogue.find_versions(document_id)
        if principal.may_read(stored.document.clearance, stored.document.departments)
    ]
    if not versions:
        raise DocumentNotFoundError(document_id)
    return versions


def _choose(versions: list[StoredVersion], document_id: str, version: str | None, day: date) -> StoredVersion:
    if version is None:
        return next((stored for stored in versions if in_force(stored.document, day)), versions[0])
    for stored in versions:
        if stored.document.version == version:
            return stored
    raise VersionNotFoundError(document_id, version, _names(versions))


def _names(versions: list[StoredVersion]) -> str:
    return "、".join(stored.document.version for stored in versions)
