"""The pieces of a text that no chunk cuts, with their sizes."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ingest.chunking.sentences import iter_sentences
from ingest.chunking.span import CutReason
from ingest.document import Block, BlockKind, ParsedDocument, Section

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Texts -> their lengths in the embedding model's tokens, special tokens and prompts not counted."""

_WHOLE_REASONS = {BlockKind.ROW: CutReason.TABLE_ROWS, BlockKind.CODE: CutReason.CODE_BLOCK}


@dataclass(frozen=True)
class Unit:
    """``text[start:end]``, a sentence, row, code block or a piece of one; ``reason`` is that of a chunk of such."""

    start: int
    end: int
    tokens: int
    reason: CutReason


class MeasuredText:
    """A document's text in units of at most ``max_tokens``, one character aside, and the sizes of its ranges."""

    def __init__(self, document: ParsedDocument, count_tokens: TokenCounter, max_tokens: int) -> None:
        self.text = document.text
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens
        units = [unit for block in document.blocks for unit in self._units_of(block)]
        sizes = count_tokens([self.text[unit.start : unit.end] for unit in units])
        self._units = [replace(unit, tokens=tokens) for unit, tokens in zip(units, sizes, strict=True)]
        self._starts = [unit.start for unit in units]
        self._ends = [unit.end for unit in units]

    def size(self, start: int, end: int) -> int:
        """Tokens of ``text[start:end]``, summed up over its units."""
        return sum(unit.tokens for unit in self.units_between(start, end))

    def units_between(self, start: int, end: int) -> Iterator[Unit]:
        """Units inside ``[start, end)``; one that a section boundary cuts is counted by its part inside."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end)
        for unit in islice(self._units, first, last):
            low, high = max(unit.start, start), min(unit.end, end)
            if (low, high) == (unit.start, unit.end):
                yield unit
            else:
                yield Unit(low, high, self._count_tokens([self.text[low:high]])[0], unit.reason)

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """The range without white space at its ends."""
        inner = self.text[start:end]
        return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())

    def body_start(self, section: Section) -> int:
        """Where the section's text begins; at the heading itself when nothing stands below it."""
        return section.body_start if self.text[section.body_start : section.end].strip() else section.start

    def _units_of(self, block: Block) -> Iterator[Unit]:
        """Rows, code that fits, else sentences; pieces of them only if need be. Sizes are still unknown."""
        if block.kind is BlockKind.LINE:
            for start, end in iter_sentences(self.text, block.start, block.end):
                yield from self._pieces(start, end, CutReason.PACKED_SENTENCES)
            return
        reason = _WHOLE_REASONS.get(block.kind, CutReason.PACKED_SENTENCES)
        if block.kind is not BlockKind.CODE or self._fits(block.start, block.end):
            yield from self._pieces(block.start, block.end, reason)
            return
        start = block.start
        for line in self.text[block.start : block.end].splitlines(keepends=True):
            yield from self._pieces(start, start + len(line), CutReason.CODE_LINES)
            start += len(line)

    def _pieces(self, start: int, end: int, reason: CutReason) -> Iterator[Unit]:
        """Halve a range, between cells or at a comma near the middle if there is one, until each piece fits."""
        if end - start <= 1 or self._fits(start, end):
            yield Unit(start, end, 0, reason)
            return
        middle = (start + end) // 2
        quarter = (end - start) // 4
        for mark in "；\n，,、 ":
            cut = self.text.rfind(mark, middle - quarter, middle + quarter)
            if cut >= 0:
                middle = cut + 1
                break
        yield from self._pieces(start, middle, CutReason.HALVED)
        yield from self._pieces(middle, end, CutReason.HALVED)

    def _fits(self, start: int, end: int) -> bool:
        return self._count_tokens([self.text[start:end]])[0] <= self._max_tokens
