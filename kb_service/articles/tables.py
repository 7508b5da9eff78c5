"""The articles' tables. Events are the truth and are never changed; an article's row repeats where they lead."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base, UtcMoment
from kb_service.articles.lifecycle import ArticleAction, ArticleState
from kb_service.tickets.tables import LONGEST_NAME


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class ArticleRow(Base):
    """A knowledge article as it is worked on, and in ``live`` as searches find it.

    ``live_number`` is the publication that searches should find, ``indexed_number`` the one that the index was last
    given; where they differ, the index has to be brought in line.
    """

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint(_one_of("state", ArticleState), name="state"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("changed_sequence <= sequence", name="changed_sequence"),
        CheckConstraint("live_number <= publications", name="publications"),
        Index("ix_articles_state", "state", "changed_at"),
        Index("ix_articles_review_due", "review_due_at"),
        Index("ix_articles_live", "live_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    sequence: Mapped[int]
    changed_sequence: Mapped[int]
    author: Mapped[str] = mapped_column(String(LONGEST_NAME))
    title: Mapped[str] = mapped_column(Text)
    symptom: Mapped[str] = mapped_column(Text)
    environment: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    solution: Mapped[str | None] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    category: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    product_version: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    source_tickets: Mapped[list[str]] = mapped_column(JSON)
    writers: Mapped[list[str]] = mapped_column(JSON)
    live: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    live_number: Mapped[int | None]
    indexed_number: Mapped[int | None]
    publications: Mapped[int]
    review_due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    flag_count: Mapped[int]
    linked_tickets: Mapped[list[str]] = mapped_column(JSON)
    reuse_count: Mapped[int]
    last_used_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    published_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)


class ArticleEventRow(Base):
    """Something that happened to an article. The database refuses to change or delete a row."""

    __tablename__ = "article_events"
    __table_args__ = (
        # Of two who change an article at once, one loses here and nothing of theirs is written.
        UniqueConstraint("article_key", "sequence", name="uq_article_events_sequence"),
        CheckConstraint(_one_of("action", ArticleAction), name="action"),
        CheckConstraint("sequence >= 1", name="sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_key: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    sequence: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(LONGEST_NAME))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class ArticleTicketRow(Base):
    """An article that came from a ticket, or has helped to solve it."""

    __tablename__ = "article_tickets"
    __table_args__ = (CheckConstraint("role IN ('source', 'linked')", name="role"),)

    article_key: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    ticket_key: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)


class ArticleRequestRow(Base):
    """A request that was carried out: the same key and request again change nothing."""

    __tablename__ = "article_requests"

    key: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    article_key: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
