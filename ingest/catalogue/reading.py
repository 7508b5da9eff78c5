"""Reads the catalogue: documents, versions, chunks, counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, func, select

from ingest.catalogue.transactions import Transactions, batches
from ingest.document import Kind
from ingest.records import (
    CatalogueCounts,
    ChunkRecord,
    DocumentSummary,
    KnownVersion,
    StoredVersion,
    chunk_record,
    stored_version,
)
from ingest.tables import ChunkRow, State, VersionRow

_VERSIONS_AT_ONCE = 50


class Reading(Transactions):
    """Answers what is in the catalogue."""

    def find_known(self, document_ids: Iterable[str]) -> dict[str, list[KnownVersion]]:
        """The published versions of each of these documents that has any, oldest first."""
        columns = (
            VersionRow.id,
            VersionRow.document_id,
            VersionRow.version,
            VersionRow.digest,
            VersionRow.source_path,
            VersionRow.effective_from,
        )
        found: dict[str, list[KnownVersion]] = {}
        with self._reading() as session:
            for ids in batches(document_ids):
                published = select(*columns).where(VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED)
                for row in session.execute(published.order_by(VersionRow.effective_from, VersionRow.id)):
                    found.setdefault(row.document_id, []).append(KnownVersion(*row))
        return found

    def find_published(self, chunk_ids: Sequence[str], on: date) -> dict[str, str]:
        """Chunk id -> document id, for those of ``chunk_ids`` that searches as of the day ``on`` may show."""
        in_force = (VersionRow.effective_from <= on) & (VersionRow.effective_to >= on)
        shown: dict[str, str] = {}
        # Two look-ups by key: as one join, SQLite goes through all published versions.
        with self._reading() as session:
            for ids in batches(chunk_ids):
                chunks = select(ChunkRow.chunk_id, ChunkRow.version_key).where(ChunkRow.chunk_id.in_(ids))
                found = {row.chunk_id: row.version_key for row in session.execute(chunks)}
                versions = select(VersionRow.id, VersionRow.document_id).where(
                    VersionRow.id.in_(set(found.values())), VersionRow.state == State.PUBLISHED, in_force
                )
                documents = {row.id: row.document_id for row in session.execute(versions)}
                shown.update((chunk_id, documents[key]) for chunk_id, key in found.items() if key in documents)
        return shown

    def find_parent_texts(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """Chunk id -> text of the article or section around the chunk, for those of ``chunk_ids`` that are there."""
        length = ChunkRow.parent_end_char - ChunkRow.parent_start_char
        text = func.substr(VersionRow.text, ChunkRow.parent_start_char + 1, length).label("text")
        with self._reading() as session:
            query = select(ChunkRow.chunk_id, text).join(VersionRow).where(ChunkRow.chunk_id.in_(chunk_ids))
            return {row.chunk_id: row.text for row in session.execute(query)}

    def find_attributes(self, document_ids: Sequence[str], on: date) -> dict[str, Mapping[str, str]]:
        """Further attributes (a ticket's category, priority, …) of these documents' versions in force ``on``."""
        in_force = (VersionRow.effective_from <= on) & (VersionRow.effective_to >= on)
        found: dict[str, Mapping[str, str]] = {}
        with self._reading() as session:
            for ids in batches(document_ids):
                columns = select(VersionRow.document_id, VersionRow.attributes)
                published = columns.where(
                    VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED, in_force
                )
                found.update((row.document_id, row.attributes) for row in session.execute(published))
        return found

    def find_unpublished(self, chunk_ids: Sequence[str]) -> set[str]:
        """Those of ``chunk_ids`` that belong to no published version."""
        with self._reading() as session:
            published = {
                chunk_id
                for ids in batches(chunk_ids)
                for chunk_id in session.scalars(_published_chunks().where(ChunkRow.chunk_id.in_(ids)))
            }
        return set(chunk_ids) - published

    def iter_published_chunk_ids(self) -> Iterator[str]:
        with self._reading() as session:
            yield from session.scalars(_published_chunks())

    def counts(self) -> CatalogueCounts:
        with self._reading() as session:
            published = VersionRow.state == State.PUBLISHED
            documents, versions = session.execute(
                select(func.count(VersionRow.document_id.distinct()), func.count()).where(published)
            ).one()
            chunks = session.scalar(select(func.count()).select_from(_published_chunks().subquery())) or 0
            return CatalogueCounts(documents, versions, chunks)

    def list_documents(
        self,
        on: date,
        *,
        kind: Kind | None = None,
        after: str | None = None,
        limit: int | None = None,
        clearance: int | None = None,
        departments: frozenset[str] | None = None,
    ) -> list[DocumentSummary]:
        """Documents by id, each by its version in force on ``on``, or its latest where none is.

        ``clearance`` and ``departments`` leave out versions above the one and for none of the other; None asks
        for no such limit.
        """
        columns = (
            VersionRow.document_id,
            VersionRow.kind,
            VersionRow.title,
            VersionRow.product,
            VersionRow.version,
            VersionRow.effective_from,
            VersionRow.effective_to,
        )
        in_force = (VersionRow.effective_from <= on) & (VersionRow.effective_to >= on)
        best = func.row_number().over(
            partition_by=VersionRow.document_id, order_by=(in_force.desc(), VersionRow.effective_from.desc())
        )
        ranked = select(*columns, best.label("best")).where(VersionRow.state == State.PUBLISHED)
        if kind is not None:
            ranked = ranked.where(VersionRow.kind == kind.value)
        if after is not None:
            ranked = ranked.where(VersionRow.document_id > after)
        if clearance is not None:
            ranked = ranked.where(VersionRow.clearance <= clearance)
        if departments is not None:
            # JSON arrays cannot be intersected alike in every database; the few restricted versions are checked here.
            ranked = ranked.where(VersionRow.id.not_in(self._closed_to(departments)))
        inner = ranked.subquery()
        query = select(*(inner.c[column.key] for column in columns)).where(inner.c.best == 1)
        with self._reading() as session:
            rows = session.execute(query.order_by(inner.c.document_id).limit(limit))
            return [DocumentSummary(row[0], Kind(row[1]), *row[2:]) for row in rows]

    def _closed_to(self, departments: frozenset[str]) -> list[int]:
        with self._reading() as session:
            rows = session.execute(select(VersionRow.id, VersionRow.departments))
            return [key for key, readers in rows if readers and departments.isdisjoint(readers)]

    def find_versions(self, document_id: str) -> list[StoredVersion]:
        """Published versions of a document, the latest first; empty for an unknown document."""
        query = (
            select(VersionRow)
            .where(VersionRow.document_id == document_id, VersionRow.state == State.PUBLISHED)
            .order_by(VersionRow.effective_from.desc(), VersionRow.id.desc())
        )
        with self._reading() as session:
            return [stored_version(row) for row in session.scalars(query)]

    def published_keys(self, kind: Kind, on: date, limit: int) -> list[int]:
        """Keys of at most ``limit`` versions of this kind in force on the day ``on``, in the order they came."""
        in_force = (VersionRow.effective_from <= on) & (VersionRow.effective_to >= on)
        query = select(VersionRow.id).where(
            VersionRow.state == State.PUBLISHED, VersionRow.kind == kind.value, in_force
        )
        with self._reading() as session:
            return list(session.scalars(query.order_by(VersionRow.id).limit(limit)))

    def load_versions(self, keys: Sequence[int]) -> list[StoredVersion]:
        """The versions of these keys that are there, in no particular order."""
        with self._reading() as session:
            return [
                stored_version(row)
                for some in batches(keys)
                for row in session.scalars(select(VersionRow).where(VersionRow.id.in_(some)))
            ]

    def iter_published(self) -> Iterator[StoredVersion]:
        """All published versions, in the order they came; a few at a time are in memory."""
        last = 0
        while True:
            query = select(VersionRow).where(VersionRow.state == State.PUBLISHED, VersionRow.id > last)
            with self._reading() as session:
                rows = session.scalars(query.order_by(VersionRow.id).limit(_VERSIONS_AT_ONCE))
                versions = [stored_version(row) for row in rows]
            if not versions:
                return
            yield from versions
            last = versions[-1].key

    def list_chunks(self, version_key: int) -> list[ChunkRecord]:
        with self._reading() as session:
            rows = session.scalars(
                select(ChunkRow).where(ChunkRow.version_key == version_key).order_by(ChunkRow.ordinal)
            )
            return [chunk_record(row) for row in rows]


def _published_chunks() -> Select[str]:
    return select(ChunkRow.chunk_id).join(VersionRow).where(VersionRow.state == State.PUBLISHED)
