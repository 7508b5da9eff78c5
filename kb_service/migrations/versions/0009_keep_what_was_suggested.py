"""Keep where each suggested solution stands and how the ticket was classified, to show a suggestion once more

Suggestions from before have neither: their solutions are told by their titles.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestions", sa.Column("classification", sa.JSON(), nullable=True))
    op.add_column("suggested_solutions", sa.Column("citation", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("suggested_solutions", "citation")
    op.drop_column("suggestions", "classification")
