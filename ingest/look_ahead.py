"""What stands further on in a text that shows whether numbering is meant: the second item of a list, a first child."""

from collections.abc import Iterator, Sequence

from ingest.document import Block, BlockKind, Rank
from ingest.drafts import Draft
from ingest.numbering import Marker
from ingest.running import Candidate, caption_between

FARTHEST = 60
"""Lines, or places in a line, that are searched."""


class LookAhead:
    """Looks at the lines below one by their index among ``blocks``."""

    def __init__(self, blocks: Sequence[Block], candidates: Sequence[Sequence[Candidate]]) -> None:
        self._blocks = blocks
        self._candidates = candidates

    def is_confirmed(self, index: int, candidate: Candidate, following: Sequence[Candidate]) -> bool:
        """Whether the number after the candidate's follows, further on in the line or at the start of a line below."""
        if any(_succeeds(item.marker, candidate.marker) and item.start > candidate.end + 1 for item in following):
            return True
        for marker in self._leading_below(index):
            if _succeeds(marker, candidate.marker):
                return True
            if marker.tier and not candidate.marker.tier:
                return False
        return False

    def heads_articles(self, index: int, candidate: Candidate, following: Sequence[Candidate]) -> bool:
        """Whether the articles begin anew with 第一条 right behind a number such as 三、."""
        below = next(iter(following), None)
        if below is None and index + 1 < len(self._blocks):
            below = next(iter(self._candidates[index + 1]), None)
        is_first = below is not None and below.marker.rank is Rank.ARTICLE and below.marker.value == 1
        return is_first and candidate.marker.style in ("cn", "cn-paren")

    def goes_on(self, index: int, items: Sequence[Draft]) -> bool:
        """Whether the next numbered line below continues the list of one of ``items``."""
        marker = next(self._leading_below(index), None) if items else None
        return marker is not None and any(continues(item, marker) for item in items)

    def _leading_below(self, index: int) -> Iterator[Marker]:
        """Markers at the start of the lines below, as far as the next heading."""
        for later in range(index + 1, min(index + FARTHEST, len(self._blocks))):
            if self._blocks[later].kind is BlockKind.HEADING:
                return
            first = next(iter(self._candidates[later]), None)
            if first and first.leading:
                yield first.marker


def continues(draft: Draft, marker: Marker) -> bool:
    """Whether ``marker`` is the next number of the list that ``draft`` is in."""
    return draft.style == marker.style and draft.group == marker.group and draft.value + 1 == marker.value


def has_child(line: str, candidate: Candidate, following: Sequence[Candidate]) -> bool:
    """Whether a short heading stands behind the number, and behind that its first child or the line's end."""
    child = next((item for item in following if item.marker.style != candidate.marker.style or item.marker.tier), None)
    if child is None:
        return bool(candidate.marker.tier) and caption_between(line, candidate.end, len(line)) is not None
    first = child.marker.value == 1 or bool(candidate.marker.tier and child.marker.tier > candidate.marker.tier)
    return first and caption_between(line, candidate.end, child.start) is not None


def is_swapped(line: str, candidate: Candidate, following: Sequence[Candidate]) -> bool:
    """Whether the number before the candidate's stands behind its short heading: (八)…管理(七)、…."""
    other = next((item for item in following if item.marker.style == candidate.marker.style), None)
    if other is None or other.marker.value != candidate.marker.value - 1:
        return False
    return caption_between(line, candidate.end, other.start) is not None


def _succeeds(later: Marker, marker: Marker) -> bool:
    same = (later.style, later.tier, later.group) == (marker.style, marker.tier, marker.group)
    return same and later.value == marker.value + 1
