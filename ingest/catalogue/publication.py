"""Brings versions in and takes them out, each in one transaction: pending, published, retired, gone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, aliased

from ingest.catalogue.duplicates import link_duplicates
from ingest.catalogue.periods import settle_periods
from ingest.catalogue.sources import forget_sources, save_source
from ingest.catalogue.transactions import Transactions, batches
from ingest.document import ParsedDocument
from ingest.near_duplicates import bands, signature
from ingest.records import ChunkRecord, SourceState, StalePeriod, chunk_values, version_row
from ingest.tables import ChunkRow, SignatureBandRow, State, VersionRow

_UNPUBLISHED = (State.PENDING, State.RETIRED)


class Met(Protocol):
    """Knows which versions a run has met in which file."""

    def holds(self, document_id: str, version: str, path: str) -> bool: ...


@dataclass(frozen=True)
class Adoption:
    """A published version whose unchanged text was met in another file than the one it came from."""

    key: int
    path: str
    line: int | None


@dataclass(frozen=True)
class Vanished:
    """A file that was read, and the versions of documents that it no longer holds."""

    state: SourceState
    keys: tuple[int, ...]


@dataclass(frozen=True)
class Leftovers:
    """Versions that are not published, and their chunks, whose points have to leave the index."""

    keys: tuple[int, ...]
    chunk_ids: tuple[str, ...]


class Publication(Transactions):
    """Changes what searches see."""

    def add_pending(self, entries: Sequence[tuple[ParsedDocument, Sequence[ChunkRecord]]]) -> list[int]:
        """Note versions and their chunks before the index gets them; return their keys in order."""
        moment = datetime.now(UTC)
        rows = [version_row(document, signature(document.text), moment) for document, _ in entries]
        with self._writing() as session:
            session.add_all(rows)
            session.flush()
            keys = [row.id for row in rows]
            chunks = [
                chunk_values(chunk, key) for key, (_, records) in zip(keys, entries, strict=True) for chunk in records
            ]
            found = [{"band": band, "version_key": row.id} for row in rows for band in set(bands(row.signature or b""))]
            _insert(session, ChunkRow, chunks)
            _insert(session, SignatureBandRow, found)
        return keys

    def publish(
        self,
        keys: Sequence[int],
        *,
        adoptions: Sequence[Adoption] = (),
        finished: Sequence[SourceState] = (),
        met: Met | None = None,
    ) -> list[Vanished]:
        """Make pending versions the ones that searches see and retire those they replace, all at once.

        A version replaces the published one of the same name. ``finished`` are files whose last documents are among
        these or were published before. Of a document that such a file states anew under another name, the former
        version is history if the new one takes effect later, else it is replaced too. Each file is remembered as
        taken in, except those returned: they hold documents no more that they held before, see `retire_vanished`.
        """
        vanished = []
        with self._writing() as session:
            documents = _replace_published(session, keys)
            _adopt(session, adoptions)
            for state in finished:
                gone, superseded = _left_behind(session, state.path, met) if met else ([], [])
                documents |= _retire(session, superseded)
                if gone:
                    vanished.append(Vanished(state, tuple(gone)))
                else:
                    save_source(session, state)
            settle_periods(session, documents)
            link_duplicates(session, keys)
        return vanished

    def retire_vanished(self, vanished: Vanished) -> int:
        """Take out what a file no longer holds and no other file has taken over, and remember the file.

        Returns the number of documents concerned.
        """
        with self._writing() as session:
            documents: set[str] = set()
            for some in batches(vanished.keys):
                still = select(VersionRow.id).where(
                    VersionRow.id.in_(some), VersionRow.source_path == vanished.state.path
                )
                documents |= _retire(session, session.scalars(still).all())
            settle_periods(session, documents)
            save_source(session, vanished.state)
            return len(documents)

    def retire_sources(self, paths: Sequence[str]) -> int:
        """Take out every version that came from these files; return the number of documents concerned."""
        with self._writing() as session:
            documents: set[str] = set()
            for some in batches(paths):
                keys = session.scalars(
                    select(VersionRow.id).where(VersionRow.source_path.in_(some), VersionRow.state == State.PUBLISHED)
                )
                documents |= _retire(session, keys.all())
            forget_sources(session, paths)
            settle_periods(session, documents)
            return len(documents)

    def retire_document(self, document_id: str) -> int:
        """Take a document out of every search; return the number of its versions that were published."""
        with self._writing() as session:
            published = select(VersionRow.id, VersionRow.source_path).where(
                VersionRow.document_id == document_id, VersionRow.state == State.PUBLISHED
            )
            rows = session.execute(published).all()
            # Their files are read again at the next run, which brings back what still stands in one of them.
            forget_sources(session, {row.source_path for row in rows})
            _retire(session, [row.id for row in rows])
            return len(rows)

    def find_leftovers(self, limit: int) -> Leftovers:
        """At most ``limit`` versions that are not published; none when everything is cleared away."""
        with self._reading() as session:
            keys = session.scalars(select(VersionRow.id).where(VersionRow.state.in_(_UNPUBLISHED)).limit(limit)).all()
            chunk_ids = session.scalars(select(ChunkRow.chunk_id).where(ChunkRow.version_key.in_(keys))).all()
            return Leftovers(tuple(keys), tuple(chunk_ids))

    def drop_leftovers(self, keys: Sequence[int]) -> None:
        """Forget versions that are not published, once their points are gone."""
        with self._writing() as session:
            unpublished = VersionRow.id.in_(keys) & VersionRow.state.in_(_UNPUBLISHED)
            session.execute(delete(VersionRow).where(unpublished))

    def find_stale_periods(self, limit: int) -> list[StalePeriod]:
        """At most ``limit`` published versions whose points carry another period than the catalogue."""
        with self._reading() as session:
            rows = session.execute(
                select(VersionRow.id, VersionRow.effective_from, VersionRow.effective_to)
                .where(VersionRow.period_stale.is_(True), VersionRow.state == State.PUBLISHED)
                .limit(limit)
            ).all()
            return [
                StalePeriod(
                    *row, tuple(session.scalars(select(ChunkRow.chunk_id).where(ChunkRow.version_key == row.id)))
                )
                for row in rows
            ]

    def settle_stale_periods(self, periods: Sequence[StalePeriod]) -> None:
        """Note that the points of these versions carry these periods now."""
        with self._writing() as session:
            for period in periods:
                session.execute(
                    update(VersionRow)
                    .where(VersionRow.id == period.key, VersionRow.effective_to == period.effective_to)
                    .values(period_stale=False)
                )

    def replace_chunks(self, entries: Sequence[tuple[int, Sequence[ChunkRecord]]]) -> None:
        """Put chunks in place of those that the versions with these keys had."""
        with self._writing() as session:
            for some in batches(key for key, _ in entries):
                session.execute(delete(ChunkRow).where(ChunkRow.version_key.in_(some)))
                # Their points are written with today's periods.
                session.execute(update(VersionRow).where(VersionRow.id.in_(some)).values(period_stale=False))
            _insert(session, ChunkRow, [chunk_values(chunk, key) for key, chunks in entries for chunk in chunks])


def _insert(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _replace_published(session: Session, keys: Sequence[int]) -> set[str]:
    columns = (VersionRow.id, VersionRow.document_id, VersionRow.version, VersionRow.source_path)
    documents: set[str] = set()
    for some in batches(keys):
        new = session.execute(select(*columns).where(VersionRow.id.in_(some))).all()
        paths = {(row.document_id, row.version): row.source_path for row in new}
        ids = {row.document_id for row in new}
        published = select(*columns).where(VersionRow.document_id.in_(ids), VersionRow.state == State.PUBLISHED)
        replaced = [row for row in session.execute(published) if (row.document_id, row.version) in paths]
        _retire(session, [row.id for row in replaced])
        _forget_former_files(session, ((row, paths[row.document_id, row.version]) for row in replaced))
        session.execute(update(VersionRow).where(VersionRow.id.in_(some)).values(state=State.PUBLISHED))
        documents |= ids
    return documents


def _adopt(session: Session, adoptions: Sequence[Adoption]) -> None:
    for adoption in adoptions:
        columns = select(VersionRow.document_id, VersionRow.source_path).where(VersionRow.id == adoption.key)
        row = session.execute(columns).one()
        _forget_former_files(session, [(row, adoption.path)])
        session.execute(
            update(VersionRow)
            .where(VersionRow.id == adoption.key)
            .values(source_path=adoption.path, source_line=adoption.line)
        )


def _forget_former_files(session: Session, moves: Iterable[tuple[Any, str]]) -> None:
    """A file that lost a document to another one is read again, in case the other one goes."""
    forget_sources(session, {row.source_path for row, path in moves if row.source_path != path})


def _retire(session: Session, keys: Collection[int]) -> set[str]:
    """Take published versions out; return their documents."""
    documents: set[str] = set()
    for some in batches(keys):
        documents.update(session.scalars(select(VersionRow.document_id).where(VersionRow.id.in_(some))))
        published = VersionRow.id.in_(some) & (VersionRow.state == State.PUBLISHED)
        session.execute(update(VersionRow).where(published).values(state=State.RETIRED))
    return documents


def _left_behind(session: Session, path: str, met: Met) -> tuple[list[int], list[int]]:
    """Published versions from the file at ``path`` that it no longer holds: those of documents it has none of any
    more, and those replaced under another name. What a later text of the file has overtaken is neither: it is
    history and stays."""
    columns = (VersionRow.id, VersionRow.document_id, VersionRow.version, VersionRow.effective_from)
    published = select(*columns).where(VersionRow.source_path == path, VersionRow.state == State.PUBLISHED)
    unseen = [row for row in session.execute(published) if not met.holds(row.document_id, row.version, path)]
    held: dict[str, list[Any]] = {}
    for ids in batches({row.document_id for row in unseen}):
        for row in session.execute(published.where(VersionRow.document_id.in_(ids))):
            if met.holds(row.document_id, row.version, path):
                held.setdefault(row.document_id, []).append(row)
    gone, superseded = [], []
    for row in unseen:
        successors = held.get(row.document_id)
        if not successors:
            gone.append(row.id)
        elif row.effective_from >= max(s.effective_from for s in successors) or _only_dated(session, row, successors):
            superseded.append(row.id)
    return gone, superseded


def _only_dated(session: Session, undated: Any, successors: Sequence[Any]) -> bool:
    """Whether a text that named no day now names one and says the same: a correction, no new version."""
    if undated.effective_from != date.min:
        return False
    old, new = aliased(VersionRow), aliased(VersionRow)
    same = select(new.id).join(old, old.text == new.text)
    return session.scalar(same.where(old.id == undated.id, new.id.in_([s.id for s in successors])).limit(1)) is not None
