"""Follow sources and versions: what parsing found, chunks that verify"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("masked", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sha256", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("clause_id", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("page", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("parent_start_char", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("parent_end_char", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("parent_citation", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        for name in ("parent_citation", "parent_end_char", "parent_start_char", "page", "clause_id", "sha256"):
            batch_op.drop_column(name)
    with op.batch_alter_table("versions", schema=None) as batch_op:
        for name in ("masked", "findings", "removed"):
            batch_op.drop_column(name)
