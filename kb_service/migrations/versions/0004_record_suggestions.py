"""Record suggestions and what became of them; the database itself keeps outcomes from being changed"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OUTCOMES = "('shown', 'opened', 'adopted', 'edited', 'rejected', 'resolved_with', 'confirmed', 'reopened')"


def upgrade() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_suggestions_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index("ix_suggestions_ticket", "suggestions", ["ticket_key"])
    op.create_index("ix_suggestions_external", "suggestions", ["external_id"])
    op.create_index("ix_suggestions_at", "suggestions", ["at"])
    op.create_table(
        "suggested_solutions",
        sa.Column("suggestion_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.String(length=1000), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.CheckConstraint(f"state IN {_OUTCOMES}", name=op.f("ck_suggested_solutions_state")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_suggested_solutions_rank")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_suggested_solutions_suggestion_id_suggestions")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", "document_id", name=op.f("pk_suggested_solutions")),
        sa.UniqueConstraint("suggestion_id", "rank", name="uq_suggested_solutions_rank"),
    )
    op.create_index("ix_suggested_solutions_document", "suggested_solutions", ["document_id", "state"])
    op.create_table(
        "suggestion_outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=1000), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(f"outcome IN {_OUTCOMES}", name=op.f("ck_suggestion_outcomes_outcome")),
        sa.ForeignKeyConstraint(
            ["suggestion_id", "document_id"],
            ["suggested_solutions.suggestion_id", "suggested_solutions.document_id"],
            name=op.f("fk_suggestion_outcomes_suggestion_id_suggested_solutions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_outcomes")),
    )
    op.create_index("ix_suggestion_outcomes_solution", "suggestion_outcomes", ["suggestion_id", "document_id"])
    op.create_index("ix_suggestion_outcomes_at", "suggestion_outcomes", ["at"])
    _keep_outcomes()


def downgrade() -> None:
    op.drop_table("suggestion_outcomes")
    op.drop_table("suggested_solutions")
    op.drop_table("suggestions")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_outcome_change()")


def _keep_outcomes() -> None:
    """Have the database refuse to change or delete outcomes."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER suggestion_outcomes_no_{change.lower()} BEFORE {change} ON suggestion_outcomes "
                "BEGIN SELECT RAISE(ABORT, 'outcomes are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_outcome_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'outcomes are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER suggestion_outcomes_kept BEFORE UPDATE OR DELETE ON suggestion_outcomes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_outcome_change()"
    )
