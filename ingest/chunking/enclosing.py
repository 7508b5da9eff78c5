"""Chunk -> the text around it that is shown with it: its whole article or section, or as much of it as fits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ingest.chunking.span import Span
from ingest.chunking.units import MeasuredText
from ingest.document import ParsedDocument

PARENT_FACTOR = 6
"""A parent is at most this many times as long as the longest chunk."""


@dataclass(frozen=True)
class _Range:
    start: int
    end: int
    section: int | None


class Enclosing:
    """Finds parents in one document, whose ``spans`` are all there.

    A parent never reaches beyond the article, numbered clause or headed section that its chunk belongs to. Where a
    chunk belongs to none, as the parts of a ticket do, it may be the whole document.

    Args:
        holding: indices of the sections that are an article or hold one.
        limit_tokens: the longest parent.
    """

    def __init__(
        self,
        document: ParsedDocument,
        measured: MeasuredText,
        spans: Sequence[Span],
        holding: Collection[int],
        limit_tokens: int,
    ) -> None:
        self._sections = document.sections
        self._measured = measured
        self._spans = spans
        self._holding = holding
        self._limit_tokens = limit_tokens
        self._fitting: dict[tuple[int, int], bool] = {}

    def spans_with_parents(self) -> list[Span]:
        """The spans, each with its parent."""
        found = []
        for position, span in enumerate(self._spans):
            parent = self._parent(position)
            found.append(replace(span, parent_start=parent.start, parent_end=parent.end, parent_section=parent.section))
        return found

    def _parent(self, position: int) -> _Range:
        span = self._spans[position]
        around = self._ranges_around(span)
        for outer in reversed(around):
            if self._fits(outer.start, outer.end):
                return outer
        return self._grown(position, around[0] if around else None)

    def _ranges_around(self, span: Span) -> list[_Range]:
        """Ranges that may be the parent, the innermost first; empty where the chunk stands above articles."""
        path: list[_Range] = []
        index = span.section
        while index is not None:
            section = self._sections[index]
            inner = _Range(*self._measured.trimmed(self._measured.body_start(section), section.end), index)
            if section.atomic:
                return [*path, inner]
            if index not in self._holding:
                path.append(inner)
            index = section.parent
        if not self._holding:
            path.append(_Range(self._spans[0].start, self._spans[-1].end, None))
        return path

    def _grown(self, position: int, inside: _Range | None) -> _Range:
        """The chunk with as many of its neighbours inside the same section as fit, taken from both sides by turns."""
        span = self._spans[position]
        first = last = position
        sides = [1, -1]
        while sides:
            side = sides.pop(0)
            low, high = (first, last + 1) if side > 0 else (first - 1, last)
            if low < 0 or high == len(self._spans):
                continue
            neighbour = self._spans[high if side > 0 else low]
            joins = _holds(inside, neighbour) if inside else neighbour.section == span.section
            if joins and self._fits(self._spans[low].start, self._spans[high].end):
                first, last = low, high
                sides.append(side)
        start, end = self._spans[first].start, self._spans[last].end
        own = self._sections[span.section] if span.section is not None else None
        reaches_beyond = own is not None and not (own.start <= start and end <= own.end)
        return _Range(start, end, inside.section if inside and reaches_beyond else span.section)

    def _fits(self, start: int, end: int) -> bool:
        known = self._fitting.get((start, end))
        if known is None:
            known = self._fitting[start, end] = self._measured.size(start, end) <= self._limit_tokens
        return known


def _holds(outer: _Range, span: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end
