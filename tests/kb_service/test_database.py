"""Migrations make exactly the schema that the code declares, and the database holds what it promises."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ingest.tables import Base, SourceRow, State, VersionRow
from kb_service.database import MIGRATIONS, build_engine, migrate


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    built = build_engine(f"sqlite:///{tmp_path / 'new' / 'kb.sqlite3'}")
    migrate(built)
    yield built
    built.dispose()


def test_migrations_make_the_declared_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0005"


def test_sqlite_checks_foreign_keys_and_survives_power_loss(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2


def test_moments_come_back_aware_and_in_utc(engine: Engine) -> None:
    moment = datetime(2026, 1, 2, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    with Session(engine) as session, session.begin():
        session.add(
            SourceRow(path="a", name="a", digest="d", documents=1, size_bytes=1, mtime_ns=1, ingested_at=moment)
        )
    with Session(engine) as session:
        stored = session.scalars(select(SourceRow)).one().ingested_at
    assert stored == moment
    assert stored.tzinfo == UTC


@pytest.mark.parametrize(
    "wrong",
    [{"state": "gone"}, {"effective_from": date(2026, 1, 2), "effective_to": date(2026, 1, 1)}],
    ids=["unknown state", "period ends before it begins"],
)
def test_the_database_itself_refuses_nonsense(engine: Engine, wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "document_id": "d",
        "version": "1",
        "state": State.PENDING,
        "kind": "faq",
        "title": "t",
        "text": "x",
        "blocks": [],
        "sections": [],
        "attributes": {},
        "effective_from": date.min,
        "effective_to": date.max,
        "stated_effective_to": date.max,
        "removed": [],
        "findings": [],
        "masked": {},
        "clearance": 0,
        "departments": [],
        "source_path": "p",
        "digest": "0",
        "ingested_at": datetime.now(UTC),
    }
    with Session(engine) as session:
        session.add(VersionRow(**{**fields, **wrong}))
        with pytest.raises(IntegrityError):
            session.flush()


def test_upgrading_a_filled_catalogue_keeps_its_rows(tmp_path: Path) -> None:
    engine = build_engine(f"sqlite:///{tmp_path / 'kb.sqlite3'}")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO versions (id, document_id, version, state, kind, title, text, blocks, sections,"
                " attributes, effective_from, effective_to, clearance, departments, source_path, digest, ingested_at)"
                " VALUES"
                " (1, 'd', '1', 'published', 'faq', 't', 'x', '[]', '[]', '{}', '2024-01-01', '2024-12-31', 0, '[]',"
                " 'p', '0', '2024-01-01')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO chunks (chunk_id, version_key, ordinal, start_char, end_char, tokens, citation,"
                " heading_path) VALUES ('c', 1, 0, 0, 1, 1, '', '[]')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO sources (path, name, digest, documents, ingested_at)"
                " VALUES ('p', 'p', '0', 1, '2024-01-01')"
            )
        )
    for revision in ("head", "0001", "head"):
        upgrade(engine, revision)
    with Session(engine) as session:
        row = session.scalars(select(VersionRow)).one()
        assert (row.stated_effective_to, row.period_stale, row.masked) == (date(2024, 12, 31), False, {})
        assert len(row.chunks) == 1
        assert session.scalars(select(SourceRow)).one().size_bytes == -1
    engine.dispose()


def upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0001" and has_tables(engine) else command.upgrade)(config, revision)


def has_tables(engine: Engine) -> bool:
    return "versions" in inspect(engine).get_table_names()
