"""What the databases of the releases hold is kept by the newest schema, on both databases, and back again."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ingest.tables import Base
from kb_service.database import MIGRATIONS, build_engine
from tests.kb_service.conftest import new_postgres_database

FILLED = (
    "INSERT INTO tickets (id, kind, title, description, customer, channel, state, sequence, level, minutes_worked,"
    " reopened, created_at, changed_at) VALUES (7, 'incident', '打印机不出纸', '', '财务部', '电话', 'new', 2, 1, 0,"
    " 0, '2026-11-25 01:00:00', '2026-11-25 01:00:00')",
    "INSERT INTO ticket_events (id, ticket_key, sequence, action, actor, at, fields) VALUES"
    " (3, 7, 1, 'create', '小林', '2026-11-25 01:00:00', '{}'), (4, 7, 2, 'comment', '小林', '2026-11-25 02:00:00',"
    " '{}')",
    "INSERT INTO outbound_deliveries (id, subscription, event_key, ticket_key, webhook_id, state, attempts,"
    " next_attempt_at) VALUES (9, 'erp', 3, 7, 'msg_1', 'dead', 10, '2026-11-26 01:00:00')",
)
KEPT = "SELECT id, event_key, ticket_key, webhook_id, state, attempts FROM outbound_deliveries"
EVENTS = "SELECT id, sequence, action FROM ticket_events ORDER BY id"


def move(engine: Engine, revision: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_tickets_of_the_first_release_are_kept(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if kind == "postgresql":
        engine = build_engine(new_postgres_database(request.getfixturevalue("postgres_url")))
    else:
        engine = build_engine(f"sqlite:///{tmp_path / 'kb.sqlite3'}")
    move(engine, "0007")
    with engine.begin() as connection:
        for statement in FILLED:
            connection.execute(text(statement))
    for revision, down in (("head", False), ("0007", True), ("head", False)):
        move(engine, revision, down=down)
        with engine.connect() as connection:
            assert connection.execute(text(KEPT)).all() == [(9, 3, 7, "msg_1", "dead", 10)]
            assert connection.execute(text(EVENTS)).all() == [(3, 1, "create"), (4, 2, "comment")]
        with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
            connection.execute(text("DELETE FROM ticket_events"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_way_back_that_would_lose_events_is_not_taken(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        engine = build_engine(new_postgres_database(request.getfixturevalue("postgres_url")))
    else:
        engine = build_engine(f"sqlite:///{tmp_path / 'kb.sqlite3'}")
    move(engine, "head")
    with engine.begin() as connection:
        for statement in FILLED:
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO ticket_events (id, ticket_key, sequence, action, actor, at, fields) VALUES"
                " (5, 7, 3, 'link', '小林', '2026-11-25 03:00:00', '{}')"
            )
        )
    move(engine, "0008", down=True)
    with pytest.raises(DBAPIError):
        move(engine, "0007", down=True)
    move(engine, "head")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.execute(text(KEPT)).all() == [(9, 3, 7, "msg_1", "dead", 10)]
        assert connection.scalar(text("SELECT count(*) FROM ticket_events")) == 3
    engine.dispose()
