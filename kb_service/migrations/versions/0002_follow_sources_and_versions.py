"""Follow sources and versions in time: what parsing found, chunks that verify, periods in force, near-duplicates

Columns are added and dropped one by one: SQLite's way of altering a table by copying it would, with foreign keys
checked, delete every row that points to it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _new_columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "versions": (
            sa.Column("removed", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("masked", sa.JSON(), nullable=False, server_default="{}"),
            sa.Column("stated_effective_to", sa.Date(), nullable=False, server_default="9999-12-31"),
            sa.Column("period_stale", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("signature", sa.LargeBinary(), nullable=True),
        ),
        "sources": (
            sa.Column("size_bytes", sa.BigInteger(), nullable=False, server_default="-1"),
            sa.Column("mtime_ns", sa.BigInteger(), nullable=False, server_default="-1"),
        ),
        "chunks": (
            sa.Column("sha256", sa.String(length=64), nullable=False, server_default=""),
            sa.Column("clause_id", sa.Text(), nullable=False, server_default=""),
            sa.Column("page", sa.Integer(), nullable=True),
            sa.Column("parent_start_char", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("parent_end_char", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("parent_citation", sa.Text(), nullable=False, server_default=""),
        ),
    }


def upgrade() -> None:
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
    op.execute("UPDATE versions SET stated_effective_to = effective_to")
    op.create_index("ix_versions_state", "versions", ["state"], unique=False)
    op.create_index("ix_versions_stale", "versions", ["period_stale"], unique=False)
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("version_key", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.id"], name=op.f("fk_signature_bands_version_key_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "version_key", name=op.f("pk_signature_bands")),
    )
    op.create_index(op.f("ix_signature_bands_version_key"), "signature_bands", ["version_key"], unique=False)
    op.create_table(
        "duplicates",
        sa.Column("first_key", sa.Integer(), nullable=False),
        sa.Column("second_key", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.CheckConstraint("first_key < second_key", name=op.f("ck_duplicates_order")),
        sa.ForeignKeyConstraint(
            ["first_key"], ["versions.id"], name=op.f("fk_duplicates_first_key_versions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_key"], ["versions.id"], name=op.f("fk_duplicates_second_key_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_key", "second_key", name=op.f("pk_duplicates")),
    )
    op.create_index(op.f("ix_duplicates_second_key"), "duplicates", ["second_key"], unique=False)


def downgrade() -> None:
    op.drop_table("duplicates")
    op.drop_table("signature_bands")
    op.drop_index("ix_versions_stale", "versions")
    op.drop_index("ix_versions_state", "versions")
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name)
