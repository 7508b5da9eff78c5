"""Reads and writes the catalogue: which texts there are, in which versions, and what of them stands in the index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, delete, func, select, update
from sqlalchemy.orm import Session, defer

from ingest.document import Kind, ParsedDocument
from ingest.records import (
    CatalogueCounts,
    ChunkRecord,
    DocumentSummary,
    StoredVersion,
    chunk_record,
    chunk_row,
    stored_version,
    version_row,
)
from ingest.tables import ChunkRow, IndexSettingRow, SourceRow, State, VersionRow

_BATCH = 500

Item = TypeVar("Item")


class Catalogue:
    """All SQL of the knowledge base. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # Writing, in the order of an ingestion

    def add_pending(self, entries: Sequence[tuple[ParsedDocument, Sequence[ChunkRecord]]]) -> list[int]:
        """Note versions and their chunks before the index gets them; return their keys in order."""
        moment = datetime.now(UTC)
        with Session(self._engine) as session, session.begin():
            rows = [version_row(document, chunks, moment) for document, chunks in entries]
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def publish(self, keys: Sequence[int]) -> None:
        """Make pending versions the ones that searches see, and retire those they replace, all at once."""
        with Session(self._engine) as session, session.begin():
            for key in keys:
                row = session.get_one(VersionRow, key, options=[defer(VersionRow.text)])
                session.execute(
                    update(VersionRow)
                    .where(
                        VersionRow.document_id == row.document_id,
                        VersionRow.version == row.version,
                        VersionRow.state == State.PUBLISHED,
                    )
                    .values(state=State.RETIRED)
                )
                row.state = State.PUBLISHED

    def retire_document(self, document_id: str) -> int:
        """Take a document out of every search; return the number of its versions that were published."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(SourceRow).where(
                    SourceRow.path.in_(select(VersionRow.source_path).where(VersionRow.document_id == document_id))
                )
            )
            result = session.execute(
                update(VersionRow)
                .where(VersionRow.document_id == document_id, VersionRow.state == State.PUBLISHED)
                .values(state=State.RETIRED)
            )
            return int(result.rowcount)  # type: ignore[attr-defined]

    def leftover_chunk_ids(self) -> list[str]:
        """Chunks of versions that are not published: their points have to leave the index."""
        with Session(self._engine) as session:
            return list(
                session.scalars(select(ChunkRow.chunk_id).join(VersionRow).where(VersionRow.state != State.PUBLISHED))
            )

    def drop_leftovers(self) -> None:
        """Forget the versions that are not published, once their points are gone."""
        with Session(self._engine) as session, session.begin():
            unpublished = select(VersionRow.id).where(VersionRow.state != State.PUBLISHED)
            session.execute(delete(ChunkRow).where(ChunkRow.version_key.in_(unpublished)))
            session.execute(delete(VersionRow).where(VersionRow.state != State.PUBLISHED))

    def remember_source(self, path: str, name: str, digest: str, documents: int) -> None:
        with Session(self._engine) as session, session.begin():
            session.merge(
                SourceRow(path=path, name=name, digest=digest, documents=documents, ingested_at=datetime.now(UTC))
            )

    def save_index_settings(self, settings: Mapping[str, str]) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(delete(IndexSettingRow))
            session.add_all(IndexSettingRow(name=name, value=value) for name, value in settings.items())

    def replace_chunks(self, key: int, chunks: Sequence[ChunkRecord]) -> None:
        """Put a version's chunks in place of those it had."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(ChunkRow).where(ChunkRow.version_key == key))
            session.add_all(chunk_row(chunk, key) for chunk in chunks)

    # Reading

    def index_settings(self) -> dict[str, str]:
        with Session(self._engine) as session:
            return {row.name: row.value for row in session.scalars(select(IndexSettingRow))}

    def source_digests(self) -> dict[str, tuple[str, str, int]]:
        """Path of each file that was taken in whole -> its name in the ingested folder, digest and documents."""
        with Session(self._engine) as session:
            return {row.path: (row.name, row.digest, row.documents) for row in session.scalars(select(SourceRow))}

    def published_digests(self, identities: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Digest of each published version among ``(document_id, version)`` pairs."""
        wanted = set(identities)
        found: dict[tuple[str, str], str] = {}
        with Session(self._engine) as session:
            for ids in _batches({document_id for document_id, _ in wanted}):
                rows = session.execute(
                    select(VersionRow.document_id, VersionRow.version, VersionRow.digest).where(
                        VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED
                    )
                )
                found.update({(d, v): digest for d, v, digest in rows if (d, v) in wanted})
        return found

    def published_chunk_ids(self, chunk_ids: Sequence[str]) -> set[str]:
        """Those of ``chunk_ids`` that searches may show."""
        with Session(self._engine) as session:
            return {
                chunk_id
                for ids in _batches(chunk_ids)
                for chunk_id in session.scalars(_published_chunks().where(ChunkRow.chunk_id.in_(ids)))
            }

    def find_twins(self, document_ids: Iterable[str], on: date) -> list[Any]:  # noqa: ARG002
        return []

    def find_parent_texts(self, chunk_ids: Sequence[str]) -> dict[str, str]:
        """Chunk id -> text of the article or section around the chunk, for those of ``chunk_ids`` that are there."""
        length = ChunkRow.parent_end_char - ChunkRow.parent_start_char
        text = func.substr(VersionRow.text, ChunkRow.parent_start_char + 1, length)
        with Session(self._engine) as session:
            rows = session.execute(
                select(ChunkRow.chunk_id, text).join(VersionRow).where(ChunkRow.chunk_id.in_(chunk_ids))
            )
            return dict(rows.tuples().all())

    def iter_published_chunk_ids(self) -> Iterator[str]:
        with Session(self._engine) as session:
            yield from session.scalars(_published_chunks())

    def counts(self) -> CatalogueCounts:
        with Session(self._engine) as session:
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
        with Session(self._engine) as session:
            rows = session.execute(query.order_by(inner.c.document_id).limit(limit))
            return [DocumentSummary(row[0], Kind(row[1]), *row[2:]) for row in rows]

    def _closed_to(self, departments: frozenset[str]) -> list[int]:
        with Session(self._engine) as session:
            rows = session.execute(select(VersionRow.id, VersionRow.departments))
            return [key for key, readers in rows if readers and departments.isdisjoint(readers)]

    def find_versions(self, document_id: str) -> list[StoredVersion]:
        """Published versions of a document, the latest first; empty for an unknown document."""
        query = (
            select(VersionRow)
            .where(VersionRow.document_id == document_id, VersionRow.state == State.PUBLISHED)
            .order_by(VersionRow.effective_from.desc(), VersionRow.id.desc())
        )
        with Session(self._engine) as session:
            return [stored_version(row) for row in session.scalars(query)]

    def iter_published(self) -> Iterator[StoredVersion]:
        """All published versions, in the order they came."""
        with Session(self._engine) as session:
            keys = list(session.scalars(select(VersionRow.id).where(VersionRow.state == State.PUBLISHED)))
        for batch in _batches(keys):
            with Session(self._engine) as session:
                rows = session.scalars(select(VersionRow).where(VersionRow.id.in_(batch)).order_by(VersionRow.id))
                versions = [stored_version(row) for row in rows]
            yield from versions

    def list_chunks(self, version_key: int) -> list[ChunkRecord]:
        with Session(self._engine) as session:
            rows = session.scalars(
                select(ChunkRow).where(ChunkRow.version_key == version_key).order_by(ChunkRow.ordinal)
            )
            return [chunk_record(row) for row in rows]


def _published_chunks() -> Select[str]:
    return select(ChunkRow.chunk_id).join(VersionRow).where(VersionRow.state == State.PUBLISHED)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    listed = list(items)
    for low in range(0, len(listed), _BATCH):
        yield listed[low : low + _BATCH]
