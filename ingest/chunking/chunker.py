"""Parsed document -> chunks: whole articles where they fit, never across two of them.

Every chunk is ``text[start:end]``. Together the chunks hold every character of the text outside the heading lines
(which go along as context) and the white space between chunks, each exactly once. Each chunk also knows the article
or section around it, its parent, that is shown with it.
"""

from collections.abc import Iterator
from itertools import pairwise

from ingest.chunking.enclosing import PARENT_FACTOR, Enclosing
from ingest.chunking.span import CutReason, Span
from ingest.chunking.units import MeasuredText, TokenCounter
from ingest.document import BlockKind, ParsedDocument, Section

_SMALL_SHARE = 0.25
"""A chunk smaller than this share of the limit takes over its neighbour's last sections."""

_CONTEXT_TOKENS = 128
"""Room left for title, headings, prompt and special tokens beside a chunk."""

# Where a chunk holds units of several sorts, the first of these that it has says why it was cut there.
_FORCED = (CutReason.HALVED, CutReason.CODE_LINES)


class Chunker:
    """Cuts one document at a time into spans of at most ``max_tokens``."""

    def __init__(self, count_tokens: TokenCounter, max_tokens: int) -> None:
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens

    @classmethod
    def for_model(cls, count_tokens: TokenCounter, model_max_tokens: int, chunk_max_tokens: int) -> "Chunker":
        """A chunker whose chunks fit ``model_max_tokens`` together with what is embedded beside them."""
        room = max(model_max_tokens - _CONTEXT_TOKENS, _CONTEXT_TOKENS)
        return cls(count_tokens, min(chunk_max_tokens, room))

    def split(self, document: ParsedDocument) -> list[Span]:
        """Return the document's spans in text order."""
        cut = _Cut(document, MeasuredText(document, self._count_tokens, self._max_tokens), self._max_tokens)
        limit_tokens = PARENT_FACTOR * self._max_tokens
        return Enclosing(document, cut.measured, list(cut.spans()), cut.holding, limit_tokens).spans_with_parents()


class _Cut:
    """The cutting of one document; parents are still the chunks themselves."""

    def __init__(self, document: ParsedDocument, measured: MeasuredText, max_tokens: int) -> None:
        self.document = document
        self.measured = measured
        self.max_tokens = max_tokens
        self.children: dict[int | None, list[Section]] = {}
        for section in document.sections:
            self.children.setdefault(section.parent, []).append(section)
        self.holding = document.article_holders()

    def spans(self) -> Iterator[Span]:
        first = self.children.get(None, [])
        end = first[0].start if first else len(self.document.text)
        yield from self._pack_body(self._after_title(), end, None)
        yield from self._pack_sections(first, None)

    def _after_title(self) -> int:
        """Where the text begins below a first heading that is no section, that is, repeats the title."""
        blocks = self.document.blocks
        headed = blocks and blocks[0].kind is BlockKind.HEADING and len(blocks) > 1
        untitled = not self.document.sections or self.document.sections[0].start > 0
        return blocks[0].end if headed and untitled else 0

    def _pack_sections(self, siblings: list[Section], parent: int | None) -> Iterator[Span]:
        """Merge neighbouring small sections, and open up those too large for one chunk."""
        for run in self._runs(siblings):
            if not self._mergeable(run[0]):
                yield from self._open_section(run[0])
            elif len(run) == 1:
                # One section alone begins below its heading line; a run keeps the headings between its members.
                start = self.measured.body_start(run[0])
                yield from self._span(start, run[0].end, run[0].index, CutReason.WHOLE_SECTION)
            else:
                yield from self._span(run[0].start, run[-1].end, parent, CutReason.MERGED_SECTIONS)

    def _runs(self, siblings: list[Section]) -> list[list[Section]]:
        """Neighbours that make one chunk, in order; a section that cannot be merged stands alone."""
        runs: list[list[Section]] = []
        for section in siblings:
            fits = runs and self._fits(runs[-1][0].start, section.end)
            if fits and self._mergeable(section) and self._mergeable(runs[-1][0]):
                runs[-1].append(section)
            else:
                runs.append([section])
        for left, right in pairwise(runs):
            self._balance(left, right)
        return runs

    def _balance(self, left: list[Section], right: list[Section]) -> None:
        """Move sections from ``left`` to ``right`` while that is too small to say anything by itself."""
        while (
            len(left) > 1
            and self._mergeable(right[0])
            and self.measured.size(right[0].start, right[-1].end) < self.max_tokens * _SMALL_SHARE
            and self._fits(left[-1].start, right[-1].end)
        ):
            right.insert(0, left.pop())

    def _mergeable(self, section: Section) -> bool:
        return section.index not in self.holding and self._fits(section.start, section.end)

    def _open_section(self, section: Section) -> Iterator[Span]:
        children = self.children.get(section.index, [])
        start = self.measured.body_start(section)
        if self._fits(section.start, section.end) and not any(child.index in self.holding for child in children):
            yield from self._span(start, section.end, section.index, CutReason.WHOLE_SECTION)
            return
        yield from self._pack_body(start, children[0].start if children else section.end, section.index)
        yield from self._pack_sections(children, section.index)

    def _pack_body(self, start: int, end: int, section: int | None) -> Iterator[Span]:
        """Fill chunks with whole sentences from ``[start, end)``."""
        run_start, run_end, run_tokens = start, start, 0
        reasons: set[CutReason] = set()
        for unit in self.measured.units_between(start, end):
            if run_tokens and run_tokens + unit.tokens > self.max_tokens:
                yield from self._span(run_start, run_end, section, _packed_reason(reasons))
                run_start, run_tokens = unit.start, 0
                reasons.clear()
            run_end, run_tokens = unit.end, run_tokens + unit.tokens
            reasons.add(unit.reason)
        reason = _packed_reason(reasons)
        if run_start == start:
            reason = CutReason.SECTION_LEAD if self.children.get(section) else CutReason.WHOLE_SECTION
        yield from self._span(run_start, run_end, section, reason)

    def _span(self, start: int, end: int, section: int | None, reason: CutReason) -> Iterator[Span]:
        start, end = self.measured.trimmed(start, end)
        if start < end:
            yield Span(start, end, section, self.measured.size(start, end), reason, start, end, section)

    def _fits(self, start: int, end: int) -> bool:
        return self.measured.size(start, end) <= self.max_tokens


def _packed_reason(reasons: set[CutReason]) -> CutReason:
    """Why a chunk of units with these ``reasons`` is cut as it is, where not all of its section fits into it."""
    for forced in _FORCED:
        if forced in reasons:
            return forced
    return next(iter(reasons)) if len(reasons) == 1 else CutReason.PACKED_SENTENCES
