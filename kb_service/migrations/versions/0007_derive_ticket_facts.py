"""Derive from the tickets' events what reports count

The tables begin empty: the first report fills them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_facts",
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("opening", sa.SmallInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("priority", sa.String(length=8), nullable=True),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("opened_epoch", sa.BigInteger(), nullable=False),
        sa.Column("ended_epoch", sa.BigInteger(), nullable=True),
        sa.Column("last_epoch", sa.BigInteger(), nullable=False),
        sa.Column("end_state", sa.String(length=32), nullable=True),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        *_promise("response"),
        *_promise("resolution"),
        sa.Column("rated_epoch", sa.BigInteger(), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_ticket_facts_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("ticket_key", "opening", name=op.f("pk_ticket_facts")),
    )
    op.create_index("ix_ticket_facts_opened", "ticket_facts", ["opened_epoch"])
    op.create_index("ix_ticket_facts_last", "ticket_facts", ["last_epoch"])
    op.create_table(
        "ticket_work",
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("opening", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("worked_epoch", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_ticket_work_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("ticket_key", "sequence", name=op.f("pk_ticket_work")),
    )
    op.create_index("ix_ticket_work_worked", "ticket_work", ["worked_epoch"])


def downgrade() -> None:
    op.drop_table("ticket_work")
    op.drop_table("ticket_facts")


def _promise(name: str) -> list[sa.Column[object]]:
    return [
        sa.Column(f"{name}_epoch", sa.BigInteger(), nullable=True),
        sa.Column(f"{name}_due_epoch", sa.BigInteger(), nullable=True),
        sa.Column(f"{name}_target_seconds", sa.Integer(), nullable=False),
        sa.Column(f"{name}_used_seconds", sa.Integer(), nullable=True),
        sa.Column(f"{name}_working_seconds", sa.Integer(), nullable=True),
        sa.Column(f"{name}_met", sa.Boolean(), nullable=True),
    ]
