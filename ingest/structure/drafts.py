"""Sections of an outline while it is being built: what is open, and what the named parts were last numbered."""

from dataclasses import dataclass, field

from ingest.document import Rank
from ingest.structure.numbering import PARAGRAPH_TIER, Marker

_LOWER_TIERS = (10, 15, 20, 30, 40)
ARTICLE_TIER = 40


@dataclass
class Draft:
    """A section while its end is still unknown; see `Section` and `Marker` for what the fields mean.

    ``leading`` tells a section that begins a line from one inside a line, ``text_start`` where an article's first
    paragraph begins, None until one is met.
    """

    style: str
    tier: int
    marker: Marker | None
    heading: str
    start: int
    body_start: int
    heading_level: int = 0
    leading: bool = True
    text_start: int | None = None
    ordinal: int = 0
    parent: "Draft | None" = None
    children: list["Draft"] = field(default_factory=list)

    @property
    def value(self) -> int:
        return self.marker.value if self.marker else self.ordinal

    @property
    def number(self) -> tuple[int, ...]:
        return self.marker.number if self.marker else ()

    @property
    def group(self) -> str:
        return self.marker.group if self.marker else ""

    @property
    def is_sentence(self) -> bool:
        """Whether its text begins with its number, so that nothing stands for a heading."""
        return self.body_start == self.start

    @property
    def is_article(self) -> bool:
        return self.tier == ARTICLE_TIER


def paragraph(start: int, ordinal: int) -> Draft:
    """The ``ordinal``-th 款 of an article."""
    return Draft("paragraph", PARAGRAPH_TIER, None, "", start, start, ordinal=ordinal)


class NamedSequence:
    """Which 编, 章, 节 and 条 may come next."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._may_restart: set[int] = set()

    def note(self, marker: Marker) -> None:
        self._last[marker.tier] = (marker.value, marker.added)
        self._may_restart.discard(marker.tier)
        self._may_restart |= {tier for tier in _LOWER_TIERS if tier > marker.tier}

    def note_other_section(self) -> None:
        """Below a heading of another kind the articles may begin anew."""
        self._may_restart |= set(_LOWER_TIERS)

    def has(self, marker: Marker) -> bool:
        """Whether anything of the marker's tier came before."""
        return marker.tier in self._last

    def expects(self, marker: Marker) -> bool:
        """Whether ``marker`` follows what came last: the next number, a 之一 to it, or a restart below a new part."""
        last = self._last.get(marker.tier)
        if last is None or (marker.value == 1 and marker.tier in self._may_restart):
            return marker.value == 1 and not marker.added
        value, added = last
        if not marker.added:
            return marker.value == value + 1
        return marker.value == value and marker.added in ((*added, 1), (*added[:-1], added[-1] + 1 if added else 1))


def names_part(rank: Rank) -> bool:
    return rank is not Rank.OTHER
