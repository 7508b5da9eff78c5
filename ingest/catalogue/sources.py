"""The files that texts came from: what they were when they were read, and which of them are known."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, select, union, update
from sqlalchemy.orm import Session

from ingest.catalogue.transactions import Transactions, batches
from ingest.records import SourceState
from ingest.tables import IndexSettingRow, SourceRow, State, VersionRow


class Sources(Transactions):
    """Reads and writes what is known of source files."""

    def find_sources(self, paths: Iterable[str]) -> dict[str, SourceState]:
        """Those of ``paths`` that were taken in whole before, by path."""
        with self._reading() as session:
            return {
                row.path: SourceState(
                    row.path, row.name, row.digest, row.size_bytes, row.mtime_ns, row.documents, row.ingested_at
                )
                for some in batches(paths)
                for row in session.scalars(select(SourceRow).where(SourceRow.path.in_(some)))
            }

    def iter_source_paths(self, folder: str) -> Iterator[str]:
        """Paths below ``folder`` that documents came from, files that are only partly taken in included."""
        prefix = folder.rstrip(os.sep) + os.sep
        known = union(
            select(SourceRow.path).where(SourceRow.path.startswith(prefix, autoescape=True)),
            select(VersionRow.source_path).where(
                VersionRow.state == State.PUBLISHED, VersionRow.source_path.startswith(prefix, autoescape=True)
            ),
        )
        with self._reading() as session:
            # LIKE does not mind case in every database.
            yield from (path for path in session.scalars(known) if path.startswith(prefix))

    def count_documents_below(self, folder: str) -> int:
        """Published documents that came from files below ``folder``."""
        prefix = folder.rstrip(os.sep) + os.sep
        query = select(func.count(VersionRow.document_id.distinct())).where(
            VersionRow.state == State.PUBLISHED, VersionRow.source_path.startswith(prefix, autoescape=True)
        )
        with self._reading() as session:
            return session.scalar(query) or 0

    def touch_sources(self, states: Sequence[SourceState]) -> None:
        """Note the size and time of change of files whose content was found unchanged."""
        with self._writing() as session:
            for state in states:
                save_source(session, state)

    def index_settings(self) -> dict[str, str]:
        with self._reading() as session:
            return {row.name: row.value for row in session.scalars(select(IndexSettingRow))}

    def save_index_settings(self, settings: Mapping[str, str]) -> None:
        with self._writing() as session:
            _replace_settings(session, settings)

    def expect_rereading(self, settings: Mapping[str, str]) -> None:
        """Save ``settings`` and have every source read again when it is met, since it may now read differently."""
        with self._writing() as session:
            _replace_settings(session, settings)
            session.execute(update(SourceRow).values(digest="", size_bytes=-1, mtime_ns=-1))


def _replace_settings(session: Session, settings: Mapping[str, str]) -> None:
    session.execute(delete(IndexSettingRow))
    session.add_all(IndexSettingRow(name=name, value=value) for name, value in settings.items())


def save_source(session: Session, state: SourceState) -> None:
    session.merge(SourceRow(**asdict(state)))


def forget_sources(session: Session, paths: Iterable[str]) -> None:
    """Have these files read again when they are met."""
    for some in batches(paths):
        session.execute(delete(SourceRow).where(SourceRow.path.in_(some)))
