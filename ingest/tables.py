"""The catalogue's tables. SQL is the truth; the index can be rebuilt from it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

LONGEST_ID = 512
LONGEST_VERSION = 128
"""Characters that the columns hold."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all tables of the project; migrations compare the database with its metadata."""

    metadata = MetaData(naming_convention=NAMING)


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite has no zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class State:
    """Of a version's text: written but not yet in the index; what searches see; on its way out."""

    PENDING = "pending"
    PUBLISHED = "published"
    RETIRED = "retired"


class VersionRow(Base):
    """One state of a document's text. Two rows of one version exist only while one replaces the other.

    ``effective_to`` is the end in force: the stated end, or the day before the next version of the document takes
    effect. While ``period_stale``, the version's points in the index still carry another period.
    """

    __tablename__ = "versions"
    __table_args__ = (
        # A text has at most one row on its way in and one in force per version.
        UniqueConstraint("document_id", "version", "digest", "state", name="uq_versions_identity"),
        CheckConstraint("state IN ('pending', 'published', 'retired')", name="state"),
        CheckConstraint("effective_from <= effective_to", name="period"),
        Index("ix_versions_document_state", "document_id", "state"),
        Index("ix_versions_source", "source_path"),
        Index("ix_versions_state", "state"),
        # Clause look-ups ask for the regulations alone, a few among many documents.
        Index("ix_versions_kind_state", "kind", "state"),
        Index("ix_versions_stale", "period_stale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    version: Mapped[str] = mapped_column(String(LONGEST_VERSION))
    state: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[Any]] = mapped_column(JSON)
    sections: Mapped[list[Any]] = mapped_column(JSON)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    removed: Mapped[list[Any]] = mapped_column(JSON)
    findings: Mapped[list[Any]] = mapped_column(JSON)
    masked: Mapped[dict[str, int]] = mapped_column(JSON)
    effective_from: Mapped[date]
    effective_to: Mapped[date]
    stated_effective_to: Mapped[date]
    period_stale: Mapped[bool] = mapped_column(default=False)
    clearance: Mapped[int]
    departments: Mapped[list[str]] = mapped_column(JSON)
    source_path: Mapped[str] = mapped_column(Text)
    source_line: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64))
    ingested_at: Mapped[datetime] = mapped_column(UtcMoment)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    chunks: Mapped[list["ChunkRow"]] = relationship(
        back_populates="version_row", cascade="all, delete-orphan", passive_deletes=True, order_by="ChunkRow.ordinal"
    )


class ChunkRow(Base):
    """An index entry as it should stand in the index; its text is ``versions.text[start_char:end_char]``."""

    __tablename__ = "chunks"

    chunk_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version_key: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"), index=True)
    ordinal: Mapped[int]
    start_char: Mapped[int]
    end_char: Mapped[int]
    tokens: Mapped[int]
    citation: Mapped[str] = mapped_column(Text)
    heading_path: Mapped[list[str]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    clause_id: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None]
    parent_start_char: Mapped[int]
    parent_end_char: Mapped[int]
    parent_citation: Mapped[str] = mapped_column(Text)
    version_row: Mapped[VersionRow] = relationship(back_populates="chunks")


class SourceRow(Base):
    """A source file that was taken in whole, so that an unchanged one need not be opened again.

    Size and time of change are those it had before it was read; -1 where they are not to be relied on.
    """

    __tablename__ = "sources"

    path: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    documents: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    ingested_at: Mapped[datetime] = mapped_column(UtcMoment)


class SignatureBandRow(Base):
    """A key under which a version is looked up as a candidate for a near-duplicate; see `ingest.near_duplicates`."""

    __tablename__ = "signature_bands"

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version_key: Mapped[int] = mapped_column(
        ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DuplicateRow(Base):
    """Two published versions of different documents that say nearly the same; the lower key comes first."""

    __tablename__ = "duplicates"
    __table_args__ = (CheckConstraint("first_key < second_key", name="order"),)

    first_key: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True)
    second_key: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True, index=True)
    similarity: Mapped[float] = mapped_column(Double)


class IndexSettingRow(Base):
    """What the index was made with; all rows together are its fingerprint."""

    __tablename__ = "index_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
