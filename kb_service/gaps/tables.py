"""The searches that ran, and what was decided about the gaps that they show."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base, UtcMoment
from kb_service.tickets.tables import LONGEST_NAME


class SearchLogRow(Base):
    """A search, its text masked. ``filtered``: it was limited to some kinds, products or documents."""

    __tablename__ = "search_log"
    __table_args__ = (
        Index("ix_search_log_at", "at"),
        Index("ix_search_log_unanswered", "answered", "filtered", "at"),
        # A gap is named by its first search: no number may come twice, old rows gone or not.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    query: Mapped[str] = mapped_column(Text)
    answered: Mapped[bool]
    confidence: Mapped[float] = mapped_column(Double)
    filtered: Mapped[bool]


class GapDecisionRow(Base):
    """What became of a gap: an article is drafted, or none is needed. ``query`` tells later searches like it."""

    __tablename__ = "gap_decisions"
    __table_args__ = (
        CheckConstraint("state IN ('drafted', 'dismissed')", name="state"),
        CheckConstraint("(state = 'drafted') = (article_key IS NOT NULL)", name="article"),
    )

    gap_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    query: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    article_key: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    actor: Mapped[str] = mapped_column(String(LONGEST_NAME))
    at: Mapped[datetime] = mapped_column(UtcMoment)
