"""Where numbering belongs: which open sections a marker ends, or that it is only mentioned in a sentence.

At the start of a line numbering is believed. Inside a line it needs evidence: the number is the one expected next,
and a sentence end, a colon, white space or the short heading of its parent stands before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.drafts import Draft, NamedSequence
from ingest.numbering import Marker
from ingest.running import Candidate

DEEPEST = 14
"""Sections nested deeper than this are text."""

_SHORTEST_ITEM = 2

# Single letters and closing brackets stand in sentences too often to begin a list on their own.
_WEAK = frozenset({"alpha", "alpha-rparen", "lower", "lower-rparen", "num-rparen"})
# Their form says that they number something, even where no sentence ends before them: …技术人员(4)工程部…
_SELF_EVIDENT = frozenset({"cn-paren", "num-paren", "alpha", "alpha-num", "lower", "circled", "circled-paren"})
_LETTERS_AND_SIGNS = frozenset({"circled", "circled-paren"})


@dataclass(frozen=True)
class Surroundings:
    """What a decision needs to know beside the marker itself.

    Attributes:
        line_start: character offset of the line in the text.
        captioned: only a short heading stands between the number before it in its line and this one.
        glued: that number can be this one's parent.
        below_part: that number is the one of a 编, 章 or 节.
        announced: the line before ends with a colon.
        wrapped: the line before ends in the middle of a reference (…依照).
        bare_heading: the innermost open section is a heading with nothing below it yet.
        is_confirmed: whether the next number of the style follows further on.
        has_child: whether it is a short heading with a first child glued to it (三、请假制度第1条…).
        heads_articles: whether the articles begin anew with 第一条 right below it.
        is_swapped: whether it is a short heading, with the number that should stand before it behind it.
        after_swapped: whether it is that number.
    """

    line_start: int
    captioned: bool
    glued: bool
    below_part: bool
    announced: bool
    wrapped: bool
    bare_heading: bool
    is_confirmed: Callable[[], bool]
    has_child: Callable[[], bool]
    heads_articles: Callable[[], bool]
    is_swapped: Callable[[], bool]
    after_swapped: bool


def find_depth(
    open_drafts: Sequence[Draft], candidate: Candidate, sequence: NamedSequence, around: Surroundings
) -> int | None:
    """Return how many of the open sections stay open around ``candidate``, or None where it is text."""
    marker = candidate.marker
    if marker.style == "annex":
        return _annex_depth(open_drafts, marker)
    if marker.tier:
        return _named_depth(open_drafts, candidate, sequence, around)
    if marker.style == "decimal":
        return _decimal_depth(open_drafts, candidate, around)
    return _listed_depth(open_drafts, candidate, around)


def _annex_depth(open_drafts: Sequence[Draft], marker: Marker) -> int:
    """附件1 stands below a heading 附件, else outermost."""
    outer = open_drafts[0] if open_drafts else None
    return 1 if outer and outer.style == "annex" and outer.value == 0 and outer.heading_level and marker.value else 0


def _named_depth(
    open_drafts: Sequence[Draft], candidate: Candidate, sequence: NamedSequence, around: Surroundings
) -> int | None:
    marker = candidate.marker
    expected = sequence.expects(marker)
    if candidate.leading:
        if around.wrapped and not expected:
            return None
    else:
        glued = around.glued and not candidate.mentioned and (expected or around.below_part)
        ended = candidate.after_sentence or candidate.after_colon or (candidate.after_space and not candidate.mentioned)
        # The first article of a piece that begins in the middle of a regulation may have any number.
        first_seen = not sequence.has(marker) and candidate.after_sentence and around.is_confirmed()
        if not glued and not first_seen and not (ended and expected):
            return None
        if not marker.atomic and not glued and not around.has_child():
            return None
    ends = (i for i, draft in enumerate(open_drafts) if _named_ends(draft, marker, expected))
    return next(ends, len(open_drafts))


def _named_ends(draft: Draft, marker: Marker, expected: bool) -> bool:
    if draft.style == "annex":
        # An annex has articles of its own, unless the numbers of the text before it go on.
        return expected and marker.value > 1 and not any(child.tier for child in draft.children)
    if draft.tier:
        return draft.tier >= marker.tier
    if marker.atomic:
        return draft.heading_level == 0 and draft.style not in ("cn", "cn-paren")
    return draft.marker is not None


def _decimal_depth(open_drafts: Sequence[Draft], candidate: Candidate, around: Surroundings) -> int | None:
    marker = candidate.marker
    expected = any(_precedes(draft.number, marker.number) for draft in open_drafts)
    if candidate.leading:
        if around.wrapped and not expected:
            return None
    else:
        closed = marker.length > len(marker.text) and not candidate.mentioned
        below_its_number = around.glued and any(draft.number == marker.number[:-1] for draft in open_drafts)
        by_sequence = expected and (closed or (candidate.after_sentence and not candidate.mentioned))
        if not (by_sequence or below_its_number or (around.glued and closed)):
            return None
    ends = (i for i, draft in enumerate(open_drafts) if _decimal_ends(draft, marker))
    return next(ends, len(open_drafts))


def _precedes(number: tuple[int, ...], following: tuple[int, ...]) -> bool:
    return bool(number) and following in ((*number[:-1], number[-1] + 1), (*number, 1))


def _decimal_ends(draft: Draft, marker: Marker) -> bool:
    if draft.style == "decimal":
        return len(draft.number) >= len(marker.number) or draft.number != marker.number[: len(draft.number)]
    return draft.heading_level == 0 and draft.style == "num" and draft.number != marker.number[:1]


def _listed_depth(open_drafts: Sequence[Draft], candidate: Candidate, around: Surroundings) -> int | None:
    """一、（一）1. and the like nest as they are met; a number continues the list whose next one it is."""
    marker = candidate.marker
    same = [i for i, d in enumerate(open_drafts) if d.style == marker.style and d.group == marker.group]
    nexts = [i for i in same if open_drafts[i].value + 1 == marker.value]
    if nexts:
        # Of two lists that it could continue: the one written in the same way, then the inner one.
        best = max(nexts, key=lambda i: (open_drafts[i].leading == candidate.leading, i))
        return best if candidate.leading or _continues_inside_line(open_drafts[best], candidate, around) else None
    own = [i for i in same if open_drafts[i].heading_level == 0]
    if marker.value == 1:
        return _first_depth(open_drafts, candidate, around, own)
    if candidate.leading:
        if around.wrapped:
            return None
        lower = [i for i in own if open_drafts[i].value < marker.value]
        if own:
            return (lower or own)[-1]
        return _nested_depth(open_drafts, marker, around, announced=around.announced)
    if own and not candidate.mentioned and _is_out_of_order(open_drafts[own[-1]], marker, around):
        return own[-1]
    if candidate.after_sentence and around.has_child() and (not own or marker.value > open_drafts[own[-1]].value):
        return own[-1] if own else _nested_depth(open_drafts, marker, around, announced=False)
    return None


def _is_out_of_order(draft: Draft, marker: Marker, around: Surroundings) -> bool:
    """Whether two headings side by side have changed places: …提成(八)设备及工装管理(七)、实施与修订…"""
    if marker.style not in _SELF_EVIDENT:
        return False
    return around.after_swapped or (marker.value == draft.value + 2 and around.is_swapped())


def _continues_inside_line(draft: Draft, candidate: Candidate, around: Surroundings) -> bool:
    """Whether a number inside a line goes on with the list of ``draft``, whose next number it is."""
    if candidate.after_sentence or candidate.after_colon:
        return True
    if candidate.mentioned:
        return False
    # 1、安装2、调试3、验收: a list that has begun in the same line goes on there without any mark.
    item_chars = around.line_start + candidate.start - draft.start - (draft.marker.length if draft.marker else 0)
    in_line = candidate.marker.style == "num" and draft.start >= around.line_start and item_chars >= _SHORTEST_ITEM
    return candidate.marker.style in _SELF_EVIDENT or candidate.after_space or in_line


def _first_depth(
    open_drafts: Sequence[Draft], candidate: Candidate, around: Surroundings, own: Sequence[int]
) -> int | None:
    marker = candidate.marker
    announced = around.announced if candidate.leading else candidate.after_colon
    if own and not announced:
        other_on_top = bool(open_drafts) and open_drafts[-1].style != marker.style
        if candidate.leading:
            below_heading = around.bare_heading and other_on_top
            return _nested_depth(open_drafts, marker, around, announced=True) if below_heading else own[-1]
        if not (around.glued and other_on_top):
            return None
    if not candidate.leading and not _may_begin_list(open_drafts, candidate, around):
        return None
    return _nested_depth(open_drafts, marker, around, announced=announced)


def _may_begin_list(open_drafts: Sequence[Draft], candidate: Candidate, around: Surroundings) -> bool:
    marker = candidate.marker
    strong = marker.style not in _WEAK
    if marker.style == "alpha-num":
        letter = ord(marker.group) - ord("A") + 1
        strong = any(draft.style == "alpha" and draft.value == letter for draft in open_drafts)
    if candidate.after_colon or around.glued:
        return strong or around.is_confirmed()
    separated = candidate.after_sentence or candidate.after_space or marker.style in _LETTERS_AND_SIGNS
    return separated and not candidate.mentioned and around.is_confirmed()


def _nested_depth(open_drafts: Sequence[Draft], marker: Marker, around: Surroundings, *, announced: bool) -> int | None:
    depth = len(open_drafts)
    if any(draft.is_article for draft in open_drafts) and around.heads_articles():
        return next(i for i, draft in enumerate(open_drafts) if draft.is_article)
    if marker.style == "cn" and not announced:
        # A sentence numbered 1. holds no 一、; it stands below one that went unseen in running text.
        numbered = (i for i, d in enumerate(open_drafts) if d.style == "num" and d.is_sentence and not d.heading_level)
        depth = next(numbered, depth)
    return depth if depth < DEEPEST else None
