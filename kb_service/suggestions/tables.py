"""The ledger's tables: what was suggested, and what became of it. Outcomes are never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ingest.tables import Base, UtcMoment
from kb_service.suggestions.outcomes import Outcome

LONGEST_ID = 1_000
_OUTCOMES = ", ".join(repr(outcome.value) for outcome in Outcome)


class SuggestionRow(Base):
    """One answer to one ticket, here or in another system."""

    __tablename__ = "suggestions"
    __table_args__ = (
        Index("ix_suggestions_ticket", "ticket_key"),
        Index("ix_suggestions_external", "external_id"),
        Index("ix_suggestions_at", "at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    ticket_key: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    title: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(String(200))
    answered: Mapped[bool]
    confidence: Mapped[float] = mapped_column(Float)
    model: Mapped[str] = mapped_column(String(64))
    """Digest of what made the vector; vectors of another model say nothing about ours."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Little-endian 32-bit floats."""
    classification: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class SuggestedSolutionRow(Base):
    """A solution in a suggestion; ``state`` repeats its last outcome."""

    __tablename__ = "suggested_solutions"
    __table_args__ = (
        UniqueConstraint("suggestion_id", "rank", name="uq_suggested_solutions_rank"),
        CheckConstraint(f"state IN ({_OUTCOMES})", name="state"),
        CheckConstraint("rank >= 1", name="rank"),
        Index("ix_suggested_solutions_document", "document_id", "state"),
    )

    suggestion_id: Mapped[str] = mapped_column(ForeignKey("suggestions.id"), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(LONGEST_ID), primary_key=True)
    version: Mapped[str] = mapped_column(String(LONGEST_ID))
    rank: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(Text)
    score: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(32))
    citation: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where its words stand; they are read there anew, for those who may read them."""


class SuggestionOutcomeRow(Base):
    """Something that became of a solution. The database refuses to change or delete a row."""

    __tablename__ = "suggestion_outcomes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["suggestion_id", "document_id"],
            ["suggested_solutions.suggestion_id", "suggested_solutions.document_id"],
        ),
        CheckConstraint(f"outcome IN ({_OUTCOMES})", name="outcome"),
        Index("ix_suggestion_outcomes_solution", "suggestion_id", "document_id"),
        Index("ix_suggestion_outcomes_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[str] = mapped_column(String(36))
    document_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    outcome: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    reason: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
