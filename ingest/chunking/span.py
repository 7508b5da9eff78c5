"""A chunk before it is an index entry, and why it was cut as it was."""

from dataclasses import dataclass
from enum import StrEnum


class CutReason(StrEnum):
    """Why a chunk begins and ends where it does."""

    WHOLE_SECTION = "whole-section"  # an article, a section or a text without any: it fits
    SECTION_LEAD = "section-lead"  # the text of a section above its first subsection
    MERGED_SECTIONS = "merged-sections"  # small neighbours, none of them an article
    PACKED_SENTENCES = "packed-sentences"  # as many sentences as fit
    TABLE_ROWS = "table-rows"  # as many rows as fit
    CODE_BLOCK = "code-block"  # code that fits
    CODE_LINES = "code-lines"  # lines of a code block that does not fit
    HALVED = "halved"  # a sentence, row or line that alone does not fit


@dataclass(frozen=True)
class Span:
    """A chunk ``text[start:end]`` and the text around it that is shown with it.

    Attributes:
        section: the innermost section that holds all of it, None where that is the document itself.
        tokens: the size of the chunk's own text, an upper bound where it was summed up from its sentences.
        parent_start, parent_end: the whole article or section around the chunk, or as much of it as may be shown
            at once; the chunk's own range where nothing more belongs to it.
        parent_section: the innermost section that holds all of the parent, None as above.
    """

    start: int
    end: int
    section: int | None
    tokens: int
    reason: CutReason
    parent_start: int
    parent_end: int
    parent_section: int | None
