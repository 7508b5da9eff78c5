"""Write articles and keep their history, which the database itself keeps from being changed; log searches and gaps"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATES = "state IN ('draft', 'in_review', 'published', 'archived')"
_ACTIONS = (
    "action IN ('create', 'edit', 'submit', 'send_back', 'publish', 'revise', 'discard_revision', 'confirm', 'flag', "
    "'link', 'unlink', 'archive', 'restore')"
)


def upgrade() -> None:
    _create_articles()
    _create_events()
    _create_gaps()
    _keep_events()


def downgrade() -> None:
    for table in ("gap_decisions", "search_log", "article_requests", "article_tickets", "article_events", "articles"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_article_event_change()")


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_sequence", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("product_version", sa.String(length=200), nullable=True),
        sa.Column("source_tickets", sa.JSON(), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("live", sa.JSON(), nullable=True),
        sa.Column("live_number", sa.Integer(), nullable=True),
        sa.Column("indexed_number", sa.Integer(), nullable=True),
        sa.Column("publications", sa.Integer(), nullable=False),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("flag_count", sa.Integer(), nullable=False),
        sa.Column("linked_tickets", sa.JSON(), nullable=False),
        sa.Column("reuse_count", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_articles_state")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_articles_sequence")),
        sa.CheckConstraint("changed_sequence <= sequence", name=op.f("ck_articles_changed_sequence")),
        sa.CheckConstraint("live_number <= publications", name=op.f("ck_articles_publications")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_state", "articles", ["state", "changed_at"])
    op.create_index("ix_articles_review_due", "articles", ["review_due_at"])
    op.create_index("ix_articles_live", "articles", ["live_number"])
    op.create_table(
        "article_tickets",
        sa.Column("article_key", sa.Integer(), nullable=False),
        sa.Column("ticket_key", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.CheckConstraint("role IN ('source', 'linked')", name=op.f("ck_article_tickets_role")),
        sa.ForeignKeyConstraint(["article_key"], ["articles.id"], name=op.f("fk_article_tickets_article_key_articles")),
        sa.ForeignKeyConstraint(["ticket_key"], ["tickets.id"], name=op.f("fk_article_tickets_ticket_key_tickets")),
        sa.PrimaryKeyConstraint("article_key", "ticket_key", "role", name=op.f("pk_article_tickets")),
    )
    op.create_index(op.f("ix_article_tickets_ticket_key"), "article_tickets", ["ticket_key"])
    op.create_table(
        "article_requests",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("article_key", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"], ["articles.id"], name=op.f("fk_article_requests_article_key_articles")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_article_requests")),
    )


def _create_events() -> None:
    op.create_table(
        "article_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_key", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint(_ACTIONS, name=op.f("ck_article_events_action")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_article_events_sequence")),
        sa.ForeignKeyConstraint(["article_key"], ["articles.id"], name=op.f("fk_article_events_article_key_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_events")),
        sa.UniqueConstraint("article_key", "sequence", name="uq_article_events_sequence"),
    )


def _create_gaps() -> None:
    op.create_table(
        "search_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("filtered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_log_at", "search_log", ["at"])
    op.create_index("ix_search_log_unanswered", "search_log", ["answered", "filtered", "at"])
    op.create_table(
        "gap_decisions",
        sa.Column("gap_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("article_key", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('drafted', 'dismissed')", name=op.f("ck_gap_decisions_state")),
        sa.CheckConstraint("(state = 'drafted') = (article_key IS NOT NULL)", name=op.f("ck_gap_decisions_article")),
        sa.ForeignKeyConstraint(["article_key"], ["articles.id"], name=op.f("fk_gap_decisions_article_key_articles")),
        sa.PrimaryKeyConstraint("gap_key", name=op.f("pk_gap_decisions")),
    )


def _keep_events() -> None:
    """Have the database refuse to change or delete events."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER article_events_no_{change.lower()} BEFORE {change} ON article_events "
                "BEGIN SELECT RAISE(ABORT, 'article events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_article_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'article events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER article_events_kept BEFORE UPDATE OR DELETE ON article_events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_article_event_change()"
    )
