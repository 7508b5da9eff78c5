"""Connect ticket systems: what came in by webhooks, and what goes out to subscribers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.String(length=200), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ticket_key", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('created', 'applied', 'commented', 'passed_over')", name=op.f("ck_webhook_deliveries_outcome")
        ),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_webhook_deliveries_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("connection", "delivery_id", name="uq_webhook_deliveries_delivery"),
        sa.UniqueConstraint("connection", "body_digest", name="uq_webhook_deliveries_body"),
    )
    op.create_index("ix_webhook_deliveries_ticket", "webhook_deliveries", ["connection", "external_id"])
    op.create_table(
        "subscription_cursors",
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_subscription_cursors")),
    )
    op.create_table(
        "outbound_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.Integer(), nullable=False),
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
    )
    op.create_index("ix_outbound_deliveries_due", "outbound_deliveries", ["subscription", "state", "next_attempt_at"])
    op.create_index("ix_outbound_deliveries_order", "outbound_deliveries", ["subscription", "ticket_key", "event_key"])


def downgrade() -> None:
    op.drop_table("outbound_deliveries")
    op.drop_table("subscription_cursors")
    op.drop_table("webhook_deliveries")
