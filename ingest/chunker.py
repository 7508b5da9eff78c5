"""Parsed document -> chunks: whole articles where they fit, never across two of them.

Every chunk is ``text[start:end]``. Together the chunks hold every character of the text outside the heading lines
(which go along as context) and the white space between chunks, each exactly once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from ingest.document import Block, BlockKind, ParsedDocument, Section
from ingest.sentences import iter_sentences

_SMALL_SHARE = 0.25
"""A chunk smaller than this share of the limit takes over its neighbour's last sections."""

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Texts -> their lengths in the embedding model's tokens, special tokens and prompts not counted."""


@dataclass(frozen=True)
class Span:
    """A chunk before it is an index entry.

    ``section`` is the innermost section that holds all of it, None where that is the document itself.
    ``tokens`` is the size of the chunk's own text, an upper bound where it was summed up from its sentences.
    """

    start: int
    end: int
    section: int | None
    tokens: int


class Chunker:
    """Cuts one document at a time into spans of at most ``max_tokens``."""

    def __init__(self, count_tokens: TokenCounter, max_tokens: int) -> None:
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens

    def split(self, document: ParsedDocument) -> list[Span]:
        """Return the document's spans in text order."""
        return list(_Cut(document, self._count_tokens, self._max_tokens).spans())


class _Cut:
    """The cutting of one document."""

    def __init__(self, document: ParsedDocument, count_tokens: TokenCounter, max_tokens: int) -> None:
        self.document = document
        self.text = document.text
        self.sections = document.sections
        self.count_tokens = count_tokens
        self.max_tokens = max_tokens
        self.children: dict[int | None, list[Section]] = {}
        for section in document.sections:
            self.children.setdefault(section.parent, []).append(section)
        self.holding = _article_holders(document.sections)
        ranges = [piece for block in document.blocks for piece in self._uncut_ranges(block)]
        sizes = count_tokens([self.text[start:end] for start, end in ranges])
        self.units = [(start, end, size) for (start, end), size in zip(ranges, sizes, strict=True)]
        self.unit_starts = [start for start, _ in ranges]
        self.unit_ends = [end for _, end in ranges]

    def spans(self) -> Iterator[Span]:
        first = self.children.get(None, [])
        yield from self._pack_body(self._after_title(), first[0].start if first else len(self.text), None)
        yield from self._pack_sections(first, None)

    def _after_title(self) -> int:
        """Where the text begins below a first heading that is no section, that is, repeats the title."""
        blocks = self.document.blocks
        headed = blocks and blocks[0].kind is BlockKind.HEADING and len(blocks) > 1
        untitled = not self.sections or self.sections[0].start > 0
        return blocks[0].end if headed and untitled else 0

    def _pack_sections(self, siblings: list[Section], parent: int | None) -> Iterator[Span]:
        """Merge neighbouring small sections, and open up those too large for one chunk."""
        for run in self._runs(siblings):
            if not self._mergeable(run[0]):
                yield from self._open_section(run[0])
            elif len(run) == 1:
                # One section alone begins below its heading line; a run keeps the headings between its members.
                yield from self._span(self._start_of(run[0]), run[0].end, run[0].index)
            else:
                yield from self._span(run[0].start, run[-1].end, parent)

    def _runs(self, siblings: list[Section]) -> list[list[Section]]:
        """Neighbours that make one chunk, in order; a section that cannot be merged stands alone."""
        runs: list[list[Section]] = []
        for section in siblings:
            fits = runs and self._size(runs[-1][0].start, section.end) <= self.max_tokens
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
            and self._size(right[0].start, right[-1].end) < self.max_tokens * _SMALL_SHARE
            and self._size(left[-1].start, right[-1].end) <= self.max_tokens
        ):
            right.insert(0, left.pop())

    def _mergeable(self, section: Section) -> bool:
        return section.index not in self.holding and self._size(section.start, section.end) <= self.max_tokens

    def _open_section(self, section: Section) -> Iterator[Span]:
        children = self.children.get(section.index, [])
        start = self._start_of(section)
        if self._size(section.start, section.end) <= self.max_tokens and not any(
            child.index in self.holding for child in children
        ):
            yield from self._span(start, section.end, section.index)
            return
        yield from self._pack_body(start, children[0].start if children else section.end, section.index)
        yield from self._pack_sections(children, section.index)

    def _start_of(self, section: Section) -> int:
        """Where the section's text begins; at the heading itself when nothing stands below it."""
        return section.body_start if self.text[section.body_start : section.end].strip() else section.start

    def _pack_body(self, start: int, end: int, section: int | None) -> Iterator[Span]:
        """Fill chunks with whole sentences from ``[start, end)``."""
        run_start, run_end, run_tokens = start, start, 0
        for unit_start, unit_end, tokens in self._units_between(start, end):
            if run_tokens and run_tokens + tokens > self.max_tokens:
                yield from self._span(run_start, run_end, section)
                run_start, run_tokens = unit_start, 0
            run_end, run_tokens = unit_end, run_tokens + tokens
        yield from self._span(run_start, run_end, section)

    def _span(self, start: int, end: int, section: int | None) -> Iterator[Span]:
        inner = self.text[start:end]
        start += len(inner) - len(inner.lstrip())
        end -= len(inner) - len(inner.rstrip())
        if start < end:
            yield Span(start, end, section, self._size(start, end))

    def _size(self, start: int, end: int) -> int:
        return sum(tokens for _, _, tokens in self._units_between(start, end))

    def _units_between(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Sentences inside ``[start, end)``; one that a section boundary cuts is counted by its part inside."""
        first = bisect_right(self.unit_ends, start)
        last = bisect_left(self.unit_starts, end)
        for unit_start, unit_end, tokens in islice(self.units, first, last):
            low, high = max(unit_start, start), min(unit_end, end)
            whole = (low, high) == (unit_start, unit_end)
            yield low, high, tokens if whole else self.count_tokens([self.text[low:high]])[0]

    def _uncut_ranges(self, block: Block) -> Iterator[tuple[int, int]]:
        """Ranges that stay whole: table rows, code that fits, else sentences; pieces of them only if need be."""
        whole = block.kind is not BlockKind.LINE
        ranges = [(block.start, block.end)] if whole else iter_sentences(self.text, block.start, block.end)
        for start, end in ranges:
            yield from self._pieces(start, end)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Halve a range, at a line end or comma near the middle if there is one, until each piece fits."""
        if end - start <= 1 or self.count_tokens([self.text[start:end]])[0] <= self.max_tokens:
            yield start, end
            return
        middle = (start + end) // 2
        quarter = (end - start) // 4
        for mark in "\n，,、 ":
            cut = self.text.rfind(mark, middle - quarter, middle + quarter)
            if cut >= 0:
                middle = cut + 1
                break
        yield from self._pieces(start, middle)
        yield from self._pieces(middle, end)


def _article_holders(sections: Sequence[Section]) -> set[int]:
    """Indices of the sections that are an article or hold one at any depth."""
    holders: set[int] = set()
    for section in reversed(sections):
        if section.atomic or section.index in holders:
            holders.add(section.index)
            if section.parent is not None:
                holders.add(section.parent)
    return holders
