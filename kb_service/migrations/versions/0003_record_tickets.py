"""Record tickets: their events, which the database itself keeps from being changed, and requests carried out

And find the regulations among all versions by an index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('incident', 'service_request', 'presales_request', 'question')"
_STATES = (
    "state IN ('new', 'triaged', 'awaiting_approval', 'approved', 'assigned', 'in_progress', 'waiting_for_customer', "
    "'escalated', 'scheme_ready', 'quoted', 'resolved', 'closed', 'reopened', 'rejected', 'cancelled')"
)
_ACTIONS = (
    "action IN ('create', 'triage', 'request_approval', 'approve', 'reject', 'assign', 'start', 'respond', 'comment', "
    "'change_priority', 'ask_customer', 'customer_replied', 'escalate', 'submit_scheme', 'quote', 'revise', 'resolve', "
    "'confirm', 'not_solved', 'close_unreachable', 'reopen', 'cancel', 'rate', 'adopt_solution', 'reject_solution')"
)


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("contract", sa.String(length=200), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("priority", sa.String(length=8), nullable=True),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        sa.Column("minutes_worked", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_tickets_kind")),
        sa.CheckConstraint(_STATES, name=op.f("ck_tickets_state")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_tickets_sequence")),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5", name=op.f("ck_tickets_satisfaction")
        ),
        sa.CheckConstraint("(external_id IS NULL) = (source IS NULL)", name=op.f("ck_tickets_external")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("source", "external_id", name="uq_tickets_external"),
    )
    op.create_index("ix_tickets_queue", "tickets", ["state", "changed_at"])
    op.create_index("ix_tickets_assignee", "tickets", ["assignee", "state"])
    op.create_index("ix_tickets_created", "tickets", ["created_at"])
    op.create_index("ix_tickets_response_due", "tickets", ["response_due_at"])
    op.create_index("ix_tickets_resolution_due", "tickets", ["resolution_due_at"])
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint(_ACTIONS, name=op.f("ck_ticket_events_action")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_ticket_events_sequence")),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
        sa.UniqueConstraint("ticket_key", "sequence", name="uq_ticket_events_sequence"),
    )
    op.create_index("ix_ticket_events_at", "ticket_events", ["at"])
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_idempotency_keys_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_versions_kind_state", "versions", ["kind", "state"])
    _keep_events()


def downgrade() -> None:
    op.drop_index("ix_versions_kind_state", "versions")
    op.drop_table("idempotency_keys")
    op.drop_table("ticket_events")
    op.drop_table("tickets")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_event_change()")


def _keep_events() -> None:
    """Have the database refuse to change or delete events."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ticket_events_no_{change.lower()} BEFORE {change} ON ticket_events "
                "BEGIN SELECT RAISE(ABORT, 'ticket events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'ticket events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ticket_events_kept BEFORE UPDATE OR DELETE ON ticket_events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_event_change()"
    )
