"""Blocks of a text -> outline: headings of the format and numbering inside the lines become one section tree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.document import Block, BlockKind, Kind, Rank, Section, StructuredText
from ingest.normalizer import normalize_line
from ingest.numbering import Marker, glued_child, parse_marker
from ingest.numerals import NUMERAL

_LONGEST_HEADING = 30
_HEADING_END = re.compile(r"[，。；,;！？!?]")
_BULLET = re.compile(r"[•●]")
# Neither a list item nor a sentence such as 员工应当遵守公司各项规定.
_REGULATION_TITLE = re.compile(
    r"^(?=[\w《“])(?!.*(?:[，。；：,;:•●]|应当|应该|必须|不得|遵守|违反|服从|按照|依照|根据))"
    r".{4,40}(?:制度|规定|办法|规程|细则|守则|规范|制度范本)(?:[（(]\d{1,2}篇[）)])?$"
)
# An article or chapter that goes on in the same line after a full stop: …批准。第三章 分类第十条 …
_RUNNING_ON = re.compile(
    rf"(?<=[。；;])[ \u3000]*"
    rf"(?=第{NUMERAL}条(?:之{NUMERAL})?[.．、 \u3000]|第{NUMERAL}章[^，。；]{{0,20}}第{NUMERAL}条)"
)


@dataclass
class _Draft:
    """A section while its end is still unknown."""

    parent: "_Draft | None"
    style: str
    rank: Rank
    marker: Marker | None
    heading: str
    heading_level: int
    start: int
    body_start: int
    children: list["_Draft"] = field(default_factory=list)

    @property
    def number(self) -> tuple[int, ...]:
        return self.marker.number if self.marker else ()


def build_outline(structured: StructuredText, title: str, kind: Kind) -> tuple[Section, ...]:
    """Return the sections of a document in text order.

    Headings of the format nest by their level. In regulations the numbering at the start of lines nests below
    them: 编, 章, 节 and 条 in that order, decimals by their components, every other style as it is first met, so
    that a style seen again returns to its level. A heading that only repeats the document's title is no section.
    """
    builder = _Builder(title)
    for block in structured.blocks:
        if block.kind is BlockKind.HEADING:
            builder.heading(block, structured.text[block.start : block.end])
        elif block.kind is BlockKind.LINE and kind is Kind.REGULATION:
            builder.line(block, structured.text[block.start : block.end])
    return _freeze(builder.roots, len(structured.text), kind)


class _Builder:
    def __init__(self, title: str) -> None:
        self.title = title
        self.roots: list[_Draft] = []
        self.open: list[_Draft] = []

    def heading(self, block: Block, text: str) -> None:
        if normalize_line(text) == self.title and not self.roots:
            return
        marker = parse_marker(text)
        while self.open and not 0 < self.open[-1].heading_level < block.level:
            self.open.pop()
        rank = marker.rank if marker else Rank.OTHER
        style = marker.style if marker else "heading"
        self._push(_Draft(None, style, rank, marker, text, block.level, block.start, block.end + 1))

    def line(self, block: Block, text: str) -> None:
        offset = len(text) - len(text.lstrip())
        if self._title_line(block, text.strip()):
            return
        pasted = self.open[0] if self.open and self.open[0].rank is Rank.TITLE else None
        repeated = pasted.heading if pasted else self.title
        if text.startswith(repeated) and (pasted or not self.roots):
            offset = len(text) - len(text[len(repeated) :].lstrip())
            if pasted and len(self.open) == 1:
                pasted.body_start = block.start + offset
        cuts = [offset, *(match.end() for match in _RUNNING_ON.finditer(text)), len(text)]
        for start, end in pairwise(cuts):
            self._numbered(text[start:end], block.start + start)

    def _title_line(self, block: Block, text: str) -> bool:
        """A line that names a regulation begins a pasted text of its own; printed twice, it begins it once."""
        if not _REGULATION_TITLE.match(text) or parse_marker(text):
            return False
        current = self.open[0] if self.open else None
        if current and current.rank is Rank.TITLE and current.heading == text and len(self.open) == 1:
            current.body_start = block.end + 1
            return True
        if normalize_line(text) == self.title and not self.roots:
            return True
        self.open.clear()
        self._push(_Draft(None, "title", Rank.TITLE, None, text, 0, block.start, block.end + 1))
        return True

    def _numbered(self, text: str, start: int) -> None:
        marker = parse_marker(text)
        if marker is None:
            return
        rest = text[marker.length :]
        glued = glued_child(marker, rest)
        whole_line = glued is None and len(text) <= _LONGEST_HEADING and not _HEADING_END.search(text)
        if whole_line and not marker.atomic:
            heading, body_start = text.rstrip("：: "), start + len(text) + 1
        elif glued is not None:
            heading, body_start = text[: marker.length + glued].strip(), start + marker.length + glued
        else:
            heading, body_start = _short_heading(marker, text), start
        self._close_for(marker)
        self._push(_Draft(None, marker.style, marker.rank, marker, heading, 0, start, body_start))
        if glued is not None:
            self._numbered(rest[glued:], start + marker.length + glued)

    def _close_for(self, marker: Marker) -> None:
        """Pop open sections until the one on top may hold ``marker``."""
        depth = next((i for i, draft in enumerate(self.open) if _ends(draft, marker)), None)
        if depth is not None:
            del self.open[depth:]

    def _push(self, draft: _Draft) -> None:
        draft.parent = self.open[-1] if self.open else None
        (draft.parent.children if draft.parent else self.roots).append(draft)
        self.open.append(draft)


def _ends(draft: _Draft, marker: Marker) -> bool:
    """Whether a new section with ``marker`` ends the open section ``draft``."""
    if marker.rank is not Rank.OTHER:
        # Named parts end each other by rank, and any other numbering that is not a heading above them.
        return draft.rank >= marker.rank if draft.rank is not Rank.OTHER else _is_inner(draft)
    if marker.style == "decimal":
        if draft.style == "decimal":
            return len(draft.number) >= len(marker.number) or draft.number != marker.number[: len(draft.number)]
        return draft.heading_level == 0 and draft.style == "num" and draft.number != marker.number[:1]
    # A sentence numbered 1. holds no 一、; it stands below one that went unseen in running text.
    above = marker.style == "cn" and draft.style == "num" and draft.body_start == draft.start
    return draft.heading_level == 0 and (above or draft.style == marker.style)


def _is_inner(draft: _Draft) -> bool:
    return draft.heading_level == 0 and draft.style not in ("cn", "cn-paren")


def _short_heading(marker: Marker, text: str) -> str:
    """The marker, with a caption where one stands before the first bullet (``4.1 响应时间•…``)."""
    bullet = _BULLET.search(text)
    if bullet and bullet.start() <= _LONGEST_HEADING and not _HEADING_END.search(text[: bullet.start()]):
        return text[: bullet.start()].rstrip("：: ")
    return marker.text


def _is_atomic(path: tuple[_Draft, ...], kind: Kind) -> bool:
    """Articles, numbered clauses, headings of the format, and 一、（一） where they stand for articles."""
    draft = path[-1]
    if draft.marker and draft.marker.atomic:
        return True
    if draft.heading_level:
        # The parts of a ticket explain each other and stay together.
        return kind is not Kind.TICKET
    above = (outer.marker for outer in path[:-1] if outer.marker)
    return draft.style in ("cn", "cn-paren") and not any(m.atomic or m.number for m in above)


def _freeze(roots: Iterable[_Draft], length: int, kind: Kind) -> tuple[Section, ...]:
    sections: list[Section] = []

    def visit(siblings: list[_Draft], parent: int | None, level: int, end: int, trail: tuple[_Draft, ...]) -> None:
        for position, draft in enumerate(siblings):
            draft_end = siblings[position + 1].start if position + 1 < len(siblings) else end
            index = len(sections)
            path = (*trail, draft)
            sections.append(
                Section(
                    index=index,
                    parent=parent,
                    level=level,
                    marker=draft.marker.text if draft.marker else "",
                    heading=draft.heading,
                    label=_label(path, kind),
                    start=draft.start,
                    end=draft_end,
                    body_start=min(draft.body_start, draft_end),
                    atomic=_is_atomic(path, kind),
                )
            )
            visit(draft.children, index, level + 1, draft_end, path)

    visit(list(roots), None, 1, length, ())
    return tuple(sections)


def _label(path: tuple[_Draft, ...], kind: Kind) -> str:
    """What a reader writes after the title: 第三章第十五条, 四、（二）1, 第4.12条, or 3 安装 › 3.2 网卡修复."""
    if kind is not Kind.REGULATION:
        return " › ".join(draft.heading for draft in path)
    return "".join(_label_parts(path)).rstrip("、.")


def _label_parts(path: tuple[_Draft, ...]) -> Iterator[str]:
    previous_plain = False
    for position, draft in enumerate(path):
        marker = draft.marker
        if marker is None:
            yield (
                f"《{draft.heading}》"
                if draft.rank is Rank.TITLE
                else (" › " if previous_plain else "") + draft.heading
            )
            previous_plain = draft.rank is not Rank.TITLE
            continue
        following = path[position + 1].number if position + 1 < len(path) else ()
        if marker.number and len(following) > len(marker.number) and following[: len(marker.number)] == marker.number:
            continue
        previous_plain = False
        if marker.style == "named":
            yield marker.text
        elif marker.style == "decimal":
            yield f"第{marker.text}条"
        elif marker.style.endswith("paren") or marker.style == "circled":
            yield marker.text
        else:
            yield f"{marker.text}、" if marker.style == "cn" else f"{marker.text}."
