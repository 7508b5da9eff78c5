"""The types that flow through ingestion, and the keys under which an index entry keeps them."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

from ingest.errors import Origin

_CHUNK_NAMESPACE = uuid.UUID("6d0fae4c-3c0e-5c5a-9d0b-6b1f0a6d2f3e")

ALWAYS = date.max
"""``effective_to`` of a version that has no end."""


class Kind(StrEnum):
    REGULATION = "regulation"
    FAQ = "faq"
    MANUAL = "manual"
    TICKET = "ticket"


class BlockKind(StrEnum):
    """What a stretch of text is to its format. Rows and code are never cut inside."""

    HEADING = "heading"
    LINE = "line"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True)
class Block:
    """A stretch ``text[start:end]`` of a parsed document; blocks are in order and do not overlap.

    Attributes:
        level: the heading's level in the format (1 = outermost), 0 for everything else.
        line: line of the source (from 1) on which it begins, None where the format has no lines.
        page: page of the source (from 1) on which it begins, None where the format has no pages.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    line: int | None = None
    page: int | None = None


class RemovalReason(StrEnum):
    """Why something that stands in a source is not in the text that is kept."""

    BOILERPLATE = "boilerplate"  # what a site or an export puts around a text
    PAGE_FOOTER = "page-footer"  # running heads and feet, page numbers
    REPEATED_TITLE = "repeated-title"
    HARD_WRAP = "hard-wrap"  # a line end inside a sentence
    EMPTY_FORM = "empty-form"  # the head of a form that nobody filled in
    MARKUP = "markup"  # scripts, styles, comments


@dataclass(frozen=True)
class Removal:
    """Something that was left out, verbatim, and where it stood in the source; see `Block` for line and page."""

    reason: RemovalReason
    text: str
    line: int | None = None
    page: int | None = None


class FindingCode(StrEnum):
    """What seems to be wrong with a text as its source has it; reported, never mended by guessing."""

    MISSING_NUMBER = "missing-number"
    REPEATED_NUMBER = "repeated-number"
    CUT_OFF_START = "cut-off-start"
    CUT_OFF_END = "cut-off-end"
    MISSING_PAGE = "missing-page"
    DANGLING_REFERENCE = "dangling-reference"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: ``message`` says it in Chinese, ``label`` is the citation of the place (may be ``""``)."""

    code: FindingCode
    message: str
    label: str = ""
    line: int | None = None


@dataclass(frozen=True)
class StructuredText:
    """What a format reader makes of a source: plain text, the blocks that cover it, line ends aside, and what was
    left out."""

    text: str
    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...] = ()


class Rank(IntEnum):
    """The fixed order of the parts that a Chinese regulation names; other numbering nests as it is met."""

    TITLE = 0
    PART = 1  # 编
    CHAPTER = 2  # 章
    SECTION = 3  # 节
    ARTICLE = 4  # 条
    PARAGRAPH = 5  # 款
    OTHER = 9


@dataclass(frozen=True)
class Section:
    """One node of a document's outline. Ranges are half-open character offsets; children nest inside.

    Attributes:
        index: position in the outline, from 0, in text order.
        parent: index of the enclosing section, None at the outermost level.
        level: depth, 1 = outermost.
        marker: the numbering as written, without closing punctuation (``第十五条``, ``4.12``, ``一``), or ``""``.
        heading: what a table of contents would print, marker included.
        label: the citation below the title (``第三章第十五条``), ``""`` where nothing can be named.
        start, end: the whole section, its heading and children included.
        body_start: where the text after the heading line begins; equals ``start`` when the section
            begins in running text.
        atomic: an article, numbered clause or headed section, never merged with its siblings into one chunk.
        clause_id: name of this place inside its document, the same in every version in which the place has the
            same numbers; unique within the document. Formed like an Akoma Ntoso eId: ``chp_3__art_15__para_2``.
        sha256: hex digest of ``text[start:end]``, by which a citation of the section can be verified.
    """

    index: int
    parent: int | None
    level: int
    marker: str
    heading: str
    label: str
    start: int
    end: int
    body_start: int
    atomic: bool
    clause_id: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class SourceRecord:
    """One document as its source holds it, not yet parsed.

    ``content`` is the decoded file for text formats, the bytes of binary ones (DOCX, PDF, images), and the fields of
    one line or row for those that hold a document a line.
    """

    document_id: str
    format: str
    origin: Origin
    content: str | bytes | Mapping[str, Any]
    digest: str


@dataclass(frozen=True)
class ParsedDocument:
    """A dated state of a text: the text that is kept, and its outline.

    ``effective_from`` is ``date.min`` and ``effective_to`` ``date.max`` where the source names none;
    both days belong to the period. ``departments`` is empty when every department may read.
    """

    document_id: str
    version: str
    kind: Kind
    title: str
    text: str
    origin: Origin
    digest: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    product: str | None = None
    source: str | None = None
    effective_from: date = date.min
    effective_to: date = ALWAYS
    clearance: int = 0
    departments: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Removal, ...] = ()
    findings: tuple[Finding, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)
    """Kind of personal data -> how many places of it were masked."""

    def heading_path(self, section: int | None) -> tuple[str, ...]:
        """Headings from the outermost section down to ``section``; empty for None."""
        path: list[str] = []
        while section is not None:
            path.append(self.sections[section].heading)
            section = self.sections[section].parent
        return tuple(reversed(path))

    def article_holders(self) -> set[int]:
        """Indices of the sections that are an article or hold one at any depth."""
        holders: set[int] = set()
        for section in reversed(self.sections):
            if section.atomic or section.index in holders:
                holders.add(section.index)
                if section.parent is not None:
                    holders.add(section.parent)
        return holders


class Meta:
    """Keys of a chunk's ``meta``, each named here and nowhere else."""

    DOCUMENT_ID = "document_id"
    VERSION = "version"
    KIND = "kind"
    TITLE = "title"
    PRODUCT = "product"
    HEADING_PATH = "heading_path"
    CITATION = "citation"
    START_CHAR = "start_char"
    END_CHAR = "end_char"
    ORDINAL = "ordinal"
    TOKENS = "tokens"
    SHA256 = "sha256"
    CLAUSE_ID = "clause_id"
    PAGE = "page"
    PARENT_START_CHAR = "parent_start_char"
    PARENT_END_CHAR = "parent_end_char"
    PARENT_CITATION = "parent_citation"
    IDENTIFIERS = "identifiers"
    EFFECTIVE_FROM = "effective_from"
    EFFECTIVE_TO = "effective_to"
    CLEARANCE = "clearance"
    DEPARTMENTS = "departments"


EVERY_DEPARTMENT = "*"
"""Stored in a chunk's departments when every department may read, so that one match condition serves."""


def day_number(day: date) -> int:
    """``date(2026, 1, 31)`` -> 20260131; the engine compares dates as integers."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_from_number(number: int) -> date:
    """20260131 -> ``date(2026, 1, 31)``."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def sha256(data: bytes) -> str:
    """Hex digest that identifies a source's content."""
    return hashlib.sha256(data).hexdigest()


def chunk_id(document_id: str, version: str, digest: str, ordinal: int) -> str:
    """Stable UUID of a chunk: the same source cut in the same way gives the same ids; any edit gives new ones."""
    return str(uuid.uuid5(_CHUNK_NAMESPACE, "\0".join((document_id, version, digest, str(ordinal)))))
