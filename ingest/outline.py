"""Blocks of a text -> outline: headings of the format and numbering inside the lines become one section tree."""

import re
from collections.abc import Sequence
from functools import partial

from ingest.clauses import freeze
from ingest.contents import find_contents_lines
from ingest.document import Block, BlockKind, Kind, Section, StructuredText
from ingest.drafts import Draft, NamedSequence
from ingest.look_ahead import FARTHEST, LookAhead, continues, has_child, is_swapped
from ingest.numbering import Marker, parse_marker
from ingest.paragraphs import ends_paragraph, is_bullet, is_caption, is_paragraph, open_paragraph
from ingest.placement import Surroundings, find_depth
from ingest.quotation import Quotation
from ingest.running import Candidate, caption_between, find_candidates
from ingest.titles import names_title

STRUCTURE_VERSION = "2"
"""Changes whenever the same source would get another text, other sections or other clause ids."""

_LONGEST_HEADING = 30
_HEADING_END = re.compile(r"[，。；,;！？!?]")
_BULLET = re.compile(r"[•●]")
_COLONS = ("：", ":")
# A line that breaks off here has its reference on the next one: 依照 / 第五条.
_WRAPPED = re.compile(r"(?:依照|按照|根据|依据|违反|符合|参照|适用|[和及与或至到、，,])$")
_TAIL_CHARS = 8


def build_outline(structured: StructuredText, title: str, kind: Kind) -> tuple[Section, ...]:
    """Return the sections of a document in text order.

    Headings of the format nest by their level. In regulations the numbering of the lines, and inside them, nests
    below: 编, 章, 节, 条 and 款 in that order, decimals by their components, every other style as it is first met,
    so that a style seen again returns to its level. A heading that only repeats the document's title is no section.
    """
    builder = _Builder(structured, title, kind)
    for index, block in enumerate(structured.blocks):
        if block.kind is BlockKind.HEADING:
            builder.heading(index)
        elif block.kind is BlockKind.LINE and kind is Kind.REGULATION:
            builder.line(index)
        elif kind is Kind.REGULATION:
            builder.uncut(index)
    return freeze(builder.roots, structured.text, kind)


class _Builder:
    def __init__(self, structured: StructuredText, title: str, kind: Kind) -> None:
        self.text = structured.text
        self.blocks = structured.blocks
        self.title = title
        self.roots: list[Draft] = []
        self.open: list[Draft] = []
        self.sequence = NamedSequence()
        self.quotation = Quotation()
        numbered = kind is Kind.REGULATION
        self.contents = find_contents_lines(structured) if numbered else frozenset()
        self.candidates = [
            find_candidates(self._line(block)) if numbered and block.kind is BlockKind.LINE else []
            for block in self.blocks
        ]
        self.ahead = LookAhead(self.blocks, self.candidates)

    def heading(self, index: int) -> None:
        block = self.blocks[index]
        text = self._line(block)
        if index in self.contents or (not self.roots and names_title(text, self.title)):
            return
        self.quotation = Quotation()
        marker = parse_marker(text)
        while self.open and not _holds_heading(self.open[-1], block.level, marker):
            self.open.pop()
        style, tier = (marker.style, marker.tier) if marker else ("heading", 0)
        self._push(Draft(style, tier, marker, text, block.start, block.end + 1, heading_level=block.level))

    def line(self, index: int) -> None:
        if index in self.contents:
            return
        block = self.blocks[index]
        line = self._line(block)
        candidates = self._outside_quotation(line, self.candidates[index])
        placed: list[Draft] = []
        for position, candidate in enumerate(candidates):
            if position == int(candidates[0].leading) and not placed:
                self._unnumbered(index)
            following = candidates[position + 1 : position + 1 + FARTHEST]
            around = self._surroundings(index, line, candidate, following, placed)
            depth = find_depth(self.open, candidate, self.sequence, around)
            if depth is not None:
                del self.open[depth:]
                marker, start = candidate.marker, block.start + candidate.start
                placed.append(Draft(marker.style, marker.tier, marker, "", start, start, leading=candidate.leading))
                self._push(placed[-1])
                self.quotation = Quotation()
        if not placed and len(candidates) <= int(bool(candidates) and candidates[0].leading):
            self._unnumbered(index)
        self._write_headings(block, placed)
        self.quotation = self.quotation.after(line)

    def uncut(self, index: int) -> None:
        """A table row or code: an article may begin with it."""
        article = next((draft for draft in reversed(self.open) if draft.is_article), None)
        if article and article.text_start is None:
            article.text_start = self.blocks[index].start

    def _line(self, block: Block) -> str:
        return self.text[block.start : block.end]

    def _tail(self, index: int) -> str:
        """The end of the line before; of a table or code nothing, as of the start of the text."""
        before = self.blocks[index - 1] if index else None
        if before is None or before.kind is not BlockKind.LINE:
            return ""
        return self.text[max(before.start, before.end - _TAIL_CHARS) : before.end].rstrip()

    def _outside_quotation(self, line: str, candidates: list[Candidate]) -> list[Candidate]:
        """Those that number the text itself; a number expected next ends a quotation that was never closed."""
        head, tail = self.quotation.quoted_ranges(line)
        return [
            item
            for item in candidates
            if head <= item.start < tail or (item.leading and item.start < tail and self._is_next(item.marker))
        ]

    def _is_next(self, marker: Marker) -> bool:
        if marker.tier:
            return self.sequence.has(marker) and self.sequence.expects(marker)
        return any(continues(draft, marker) for draft in self.open)

    def _surroundings(
        self, index: int, line: str, candidate: Candidate, following: Sequence[Candidate], placed: Sequence[Draft]
    ) -> Surroundings:
        start = self.blocks[index].start
        before = placed[-1] if placed else None
        is_confirmed = partial(self.ahead.is_confirmed, index, candidate, following)
        captioned = adjacent = False
        if before and before.marker:
            begin = before.start - start + before.marker.length
            captioned = caption_between(line, begin, candidate.start) is not None
            # 四、1.…: a list without a heading above it; its second item must show that it is one.
            is_near = candidate.start - begin <= _TAIL_CHARS and not line[begin : candidate.start].strip()
            adjacent = is_near and candidate.marker.value == 1 and is_confirmed()
        tail = self._tail(index)
        return Surroundings(
            line_start=start,
            captioned=captioned,
            glued=before is not None and _may_hold(before, candidate.marker) and (captioned or adjacent),
            below_part=before is not None and bool(before.tier),
            announced=tail.endswith(_COLONS),
            wrapped=bool(_WRAPPED.search(tail)),
            bare_heading=self._has_bare_heading(start + candidate.start),
            is_confirmed=is_confirmed,
            has_child=partial(has_child, line, candidate, following),
            heads_articles=partial(self.ahead.heads_articles, index, candidate, following),
            is_swapped=partial(is_swapped, line, candidate, following),
            after_swapped=captioned and before is not None and self._is_ahead(before, candidate.marker),
        )

    def _has_bare_heading(self, position: int) -> bool:
        top = self.open[-1] if self.open else None
        if top is None or top.is_sentence:
            return False
        return not self.text[top.body_start : min(position, top.body_start + _TAIL_CHARS)].strip()

    def _is_ahead(self, draft: Draft, marker: Marker) -> bool:
        """Whether ``draft`` has come before ``marker``, which should stand between it and the one before it."""
        siblings = draft.parent.children if draft.parent else self.roots
        before = siblings[-2] if len(siblings) > 1 else None
        in_place = before is not None and continues(before, marker)
        return in_place and draft.style == marker.style and draft.value == marker.value + 1

    def _unnumbered(self, index: int) -> None:
        """A line without a number of its own: inside an article it may begin the next 款."""
        block = self.blocks[index]
        depth = next((i for i in reversed(range(len(self.open))) if self.open[i].is_article), None)
        if depth is None or self.quotation.is_open:
            return
        if is_bullet(self._line(block)):
            self.uncut(index)
        if not is_paragraph(self._line(block)):
            return
        article, tail = self.open[depth], self._tail(index)
        if article.text_start is not None and (
            (tail and not ends_paragraph(tail))
            or self.ahead.goes_on(index, [d for d in self.open[depth + 1 :] if d.marker])
        ):
            return
        del self.open[depth + 1 :]
        begun = open_paragraph(article, block.start)
        if begun:
            self._push(begun)

    def _push(self, draft: Draft) -> None:
        draft.parent = self.open[-1] if self.open else None
        (draft.parent.children if draft.parent else self.roots).append(draft)
        if draft.parent and draft.parent.is_article and draft.parent.text_start is None:
            draft.parent.text_start = draft.start
        self.open.append(draft)
        if draft.marker and draft.tier and draft.style != "annex":
            self.sequence.note(draft.marker)
        elif draft.style not in ("paragraph", "decimal"):
            self.sequence.note_other_section()

    def _write_headings(self, block: Block, placed: Sequence[Draft]) -> None:
        """Give the sections that begin in a line their headings, now that it is known where each part of it ends."""
        for position, draft in enumerate(placed):
            following = placed[position + 1] if position + 1 < len(placed) else None
            end = following.start if following else block.end
            marker, text = draft.marker, self.text[draft.start : end]
            assert marker is not None
            holds_next = following is not None and following.parent is draft
            is_short = len(text.strip()) <= _LONGEST_HEADING and not _HEADING_END.search(text)
            if draft.is_article or (marker.atomic and not holds_next):
                draft.heading = _short_heading(marker, text)
            elif is_short:
                draft.heading = text.rstrip("：: \u3000\t") if len(text) > marker.length else marker.text
                draft.body_start = end if following else end + 1
            else:
                draft.heading = _short_heading(marker, text)
            if draft.is_article and not (following is None and is_caption(text[marker.length :])):
                draft.text_start = draft.start


def _holds_heading(draft: Draft, level: int, marker: Marker | None) -> bool:
    if draft.tier and not draft.heading_level and not draft.is_article:
        # A part that begins with a line keeps the headings that are numbered within it; an annex all but chapters.
        return not marker.tier if marker else draft.style == "annex"
    return 0 < draft.heading_level < level


def _may_hold(draft: Draft, marker: Marker) -> bool:
    """Whether ``marker``, glued to the short heading of ``draft``, can be its child."""
    if draft.tier and marker.tier:
        return marker.tier > draft.tier
    return draft.style != marker.style or marker.style == "decimal"


def _short_heading(marker: Marker, text: str) -> str:
    """The marker, with a caption where one stands before the first bullet (``4.1 响应时间•…``)."""
    bullet = _BULLET.search(text, 0, _LONGEST_HEADING + 1)
    if bullet and not _HEADING_END.search(text[: bullet.start()]):
        return text[: bullet.start()].rstrip("：: ")
    return marker.text
