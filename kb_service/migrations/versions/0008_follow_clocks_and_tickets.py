"""Tell of clocks that warn or are breached; link tickets; follow closed ones up; promise a first proposal

On SQLite a table is altered by copying it, which, with foreign keys checked, fails where rows point to it. So the
deliveries, to which nothing points, are taken aside while the events, to which they alone point, are copied.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEPT = "id, subscription, event_key, ticket_key, webhook_id, state, attempts, next_attempt_at, last_error"
_LATELY = timedelta(days=7)
_EITHER = "(event_key IS NULL) <> (alert_key IS NULL)"
_OLD_ACTIONS = (
    *("create", "triage", "request_approval", "approve", "reject", "assign", "start", "respond", "comment"),
    *("change_priority", "ask_customer", "customer_replied", "escalate", "submit_scheme", "quote", "revise"),
    *("resolve", "confirm", "not_solved", "close_unreachable", "reopen", "cancel", "rate"),
    *("adopt_solution", "reject_solution"),
)
_NEW_ACTIONS = (*_OLD_ACTIONS, "miss_follow_up", "review_rating", "submit_proposal", "link", "unlink")


def upgrade() -> None:
    _begin()
    op.add_column("tickets", sa.Column("check_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tickets_check", "tickets", ["check_at"])
    op.add_column("tickets", sa.Column("proposal_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tickets_proposal_due", "tickets", ["proposal_due_at"])
    op.add_column("tickets", sa.Column("follow_up_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tickets_follow_up", "tickets", ["follow_up_due_at"])
    _look_at_lately_closed()
    op.create_table(
        "clock_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=True),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.CheckConstraint("clock IN ('response', 'proposal', 'resolution')", name=op.f("ck_clock_alerts_clock")),
        sa.CheckConstraint("state IN ('warning', 'breached')", name=op.f("ck_clock_alerts_state")),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_clock_alerts_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_alerts")),
        sa.UniqueConstraint("ticket_key", "clock", "due_at", "state", name="uq_clock_alerts_alert"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _take_deliveries_aside()
        _copy_events(_NEW_ACTIONS)
        _create_deliveries(with_alerts=True)
        _bring_deliveries_back()
        return
    _allow_actions(_NEW_ACTIONS)
    op.alter_column("outbound_deliveries", "event_key", nullable=True)
    op.add_column("outbound_deliveries", sa.Column("alert_key", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outbound_deliveries_alert_key_clock_alerts"),
        "outbound_deliveries",
        "clock_alerts",
        ["alert_key"],
        ["id"],
    )
    op.create_unique_constraint("uq_outbound_deliveries_alert", "outbound_deliveries", ["subscription", "alert_key"])
    op.create_check_constraint(op.f("ck_outbound_deliveries_what"), "outbound_deliveries", _EITHER)


def downgrade() -> None:
    """Fails, changing nothing, where tickets have events that the older release does not know."""
    _begin()
    op.execute("DELETE FROM outbound_deliveries WHERE event_key IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        _take_deliveries_aside()
        _copy_events(_OLD_ACTIONS)
        _create_deliveries(with_alerts=False)
        _bring_deliveries_back()
    else:
        _allow_actions(_OLD_ACTIONS)
        op.drop_column("outbound_deliveries", "alert_key")
        op.alter_column("outbound_deliveries", "event_key", nullable=False)
    op.drop_table("clock_alerts")
    op.drop_index("ix_tickets_check", "tickets")
    op.drop_column("tickets", "check_at")
    op.drop_index("ix_tickets_follow_up", "tickets")
    op.drop_column("tickets", "follow_up_due_at")
    op.drop_index("ix_tickets_proposal_due", "tickets")
    op.drop_column("tickets", "proposal_due_at")


def _begin() -> None:
    """Have SQLite's driver begin a transaction, which it does not for changes of tables: a stop is to undo all."""
    op.execute("UPDATE alembic_version SET version_num = version_num WHERE version_num IS NULL")


def _look_at_lately_closed() -> None:
    """Have the service work out which of them are to be followed up. Nobody asks after those of long ago any more."""
    tickets = sa.table(
        "tickets",
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("check_at", "changed_at")),
        sa.column("state"),
    )
    now = datetime.now(UTC)
    lately = (tickets.c.state == "closed") & (tickets.c.changed_at >= now - _LATELY)
    op.execute(tickets.update().where(lately).values(check_at=now))


def _one_of(actions: Sequence[str]) -> str:
    return f"action IN ({', '.join(repr(action) for action in actions)})"


def _allow_actions(actions: Sequence[str]) -> None:
    op.drop_constraint(op.f("ck_ticket_events_action"), "ticket_events", type_="check")
    op.create_check_constraint(op.f("ck_ticket_events_action"), "ticket_events", _one_of(actions))


def _copy_events(actions: Sequence[str]) -> None:
    """On SQLite: a new table, with the triggers that keep its rows from being changed."""
    op.create_table(
        "events_copied",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint(_one_of(actions), name=op.f("ck_ticket_events_action")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_ticket_events_sequence")),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
        sa.UniqueConstraint("ticket_key", "sequence", name="uq_ticket_events_sequence"),
    )
    columns = "id, ticket_key, sequence, action, actor, at, fields"
    op.execute(f"INSERT INTO events_copied ({columns}) SELECT {columns} FROM ticket_events")
    op.drop_table("ticket_events")
    op.rename_table("events_copied", "ticket_events")
    op.create_index("ix_ticket_events_at", "ticket_events", ["at"])
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ticket_events_no_{change.lower()} BEFORE {change} ON ticket_events "
            "BEGIN SELECT RAISE(ABORT, 'ticket events are never changed'); END"
        )


def _take_deliveries_aside() -> None:
    op.execute(f"CREATE TABLE deliveries_aside AS SELECT {_KEPT} FROM outbound_deliveries")
    op.drop_table("outbound_deliveries")


def _bring_deliveries_back() -> None:
    op.execute(f"INSERT INTO outbound_deliveries ({_KEPT}) SELECT {_KEPT} FROM deliveries_aside")
    op.drop_table("deliveries_aside")


def _create_deliveries(*, with_alerts: bool) -> None:
    alert_parts: list[sa.schema.SchemaItem] = [
        sa.Column("alert_key", sa.Integer(), nullable=True),
        sa.CheckConstraint(_EITHER, name=op.f("ck_outbound_deliveries_what")),
        sa.ForeignKeyConstraint(
            ["alert_key"], ["clock_alerts.id"], name=op.f("fk_outbound_deliveries_alert_key_clock_alerts")
        ),
        sa.UniqueConstraint("subscription", "alert_key", name="uq_outbound_deliveries_alert"),
    ]
    op.create_table(
        "outbound_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.Integer(), nullable=with_alerts),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f("ck_outbound_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["event_key"], ["ticket_events.id"], name=op.f("fk_outbound_deliveries_event_key_ticket_events")
        ),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_outbound_deliveries_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_deliveries")),
        sa.UniqueConstraint("subscription", "event_key", name="uq_outbound_deliveries_event"),
        *(alert_parts if with_alerts else ()),
    )
    op.create_index("ix_outbound_deliveries_due", "outbound_deliveries", ["subscription", "state", "next_attempt_at"])
    op.create_index("ix_outbound_deliveries_order", "outbound_deliveries", ["subscription", "ticket_key", "event_key"])
