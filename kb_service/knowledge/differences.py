"""Two versions of a document -> what became of each clause: pure, over parsed documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.document import ParsedDocument, Section
from kb_service.knowledge.text_edits import Op, Piece, build_pieces

_SAME_PLACE_LEAST = 0.25
"""Clauses of one id with less in common are two clauses, one dropped and one new."""
_RENUMBERED_LEAST = 0.6
_SAME_PLACE_BONUS = 0.1
_MOST_PAIRS = 400_000
"""Beyond it, clauses are looked for in the neighbourhood of their old place only."""
_NEIGHBOURHOOD = 50


class Change(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENUMBERED = "renumbered"  # under another number or chapter, with or without changes of its text


@dataclass(frozen=True)
class Clause:
    """A clause's own text ``text[start:end]``, that of clauses below it left out.

    ``section`` is None for what stands above the first section, whose ``clause_id`` is ``""``.
    """

    section: Section | None
    start: int
    end: int
    text: str

    @property
    def clause_id(self) -> str:
        return self.section.clause_id if self.section else ""

    @property
    def caption(self) -> str:
        """The heading, where it says more than the number."""
        return self.section.heading if self.section and self.section.heading != self.section.marker else ""

    @property
    def wording(self) -> str:
        """The text without its number and without white space, by which a renumbered clause is known again."""
        marker = self.section.marker if self.section else ""
        return "".join(self.text.removeprefix(marker).split())


@dataclass(frozen=True)
class ClauseDifference:
    """``before`` is None for an added clause, ``after`` for a removed one; ``pieces`` lead from one to the other."""

    change: Change
    before: Clause | None
    after: Clause | None
    pieces: tuple[Piece, ...]


def build_differences(before: ParsedDocument, after: ParsedDocument) -> list[ClauseDifference]:
    """Return what became of each clause, in the order of ``after``, removed ones where they stood."""
    old, new = build_clauses(before), build_clauses(after)
    partners = _align(old, new)
    return list(_in_order(old, new, partners))


def build_clauses(document: ParsedDocument) -> list[Clause]:
    """Cut a text into clauses: articles, numbered clauses and headed sections, and the headings that hold them.

    What nests inside an article (款, 项) belongs to it. Together the clauses hold every visible character once.
    """
    starts: list[tuple[int, Section | None]] = [(0, None)]
    inside_article: set[int] = set()
    holders = document.article_holders()
    for section in document.sections:
        within = section.parent in inside_article
        if section.index in holders or not within:
            starts.append((section.start, section))
        if section.atomic or within:
            inside_article.add(section.index)
    ends = [start for start, _ in starts[1:]] + [len(document.text)]
    clauses = []
    for (start, owner), end in zip(starts, ends, strict=True):
        inner = document.text[start:end]
        low, high = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
        if low < high:
            clauses.append(Clause(owner, low, high, document.text[low:high]))
    return clauses


def _align(old: Sequence[Clause], new: Sequence[Clause]) -> dict[int, int]:
    """Position in ``old`` -> position in ``new`` of the same clause.

    Unchanged clauses in their place come first, then wordings found exactly once on both sides, then the most
    similar pairs, a clause of the same id before others. Ties go to the earlier clause.
    """
    partners: dict[int, int] = {}
    taken: set[int] = set()

    def pair(left: int, right: int) -> None:
        partners[left] = right
        taken.add(right)

    places = {clause.clause_id: position for position, clause in enumerate(new)}
    for left, clause in enumerate(old):
        right = places.get(clause.clause_id)
        if right is not None and new[right].text == clause.text:
            pair(left, right)
    rest = _Rest(old, new, partners, taken)
    for left, right in rest.same_wording():
        pair(left, right)
    for _, left, right in sorted(rest.similar(), key=lambda found: (-found[0], found[1], found[2])):
        if left not in partners and right not in taken:
            pair(left, right)
    return partners


class _Rest:
    """The clauses that have no partner yet; looks at the pairings as they grow."""

    def __init__(self, old: Sequence[Clause], new: Sequence[Clause], partners: dict[int, int], taken: set[int]) -> None:
        self._old, self._new = old, new
        self._partners, self._taken = partners, taken

    def same_wording(self) -> Iterator[tuple[int, int]]:
        left, right = self._wordings(self._old, self._partners), self._wordings(self._new, self._taken)
        for wording, positions in left.items():
            found = right.get(wording, [])
            if wording and len(positions) == len(found) == 1:
                yield positions[0], found[0]

    def similar(self) -> Iterator[tuple[float, int, int]]:
        """Score and positions of pairs that may be the same clause."""
        lefts = [(at, _bigrams(clause.wording)) for at, clause in enumerate(self._old) if at not in self._partners]
        rights = [(at, _bigrams(clause.wording)) for at, clause in enumerate(self._new) if at not in self._taken]
        reach = len(self._new) if len(lefts) * len(rights) <= _MOST_PAIRS else _NEIGHBOURHOOD
        for left, some in lefts:
            for right, others in rights:
                if abs(left - right) > reach:
                    continue
                similarity = _dice(some, others)
                if similarity >= _least_similarity(self._old[left], self._new[right]):
                    same_place = self._old[left].clause_id == self._new[right].clause_id
                    yield similarity + _SAME_PLACE_BONUS * same_place, left, right

    @staticmethod
    def _wordings(clauses: Sequence[Clause], done: dict[int, int] | set[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, clause in enumerate(clauses):
            if position not in done:
                found.setdefault(clause.wording, []).append(position)
        return found


def _least_similarity(before: Clause, after: Clause) -> float:
    """What two clauses must have in common to count as one; nothing where both number and caption stayed."""
    if before.clause_id != after.clause_id:
        return _RENUMBERED_LEAST
    return 0.0 if before.caption and before.caption == after.caption else _SAME_PLACE_LEAST


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1)))


def _dice(some: frozenset[str], others: frozenset[str]) -> float:
    """Sørensen-Dice coefficient, 0-1."""
    return 2 * len(some & others) / (len(some) + len(others))


def _in_order(old: Sequence[Clause], new: Sequence[Clause], partners: dict[int, int]) -> Iterator[ClauseDifference]:
    origins = {right: left for left, right in partners.items()}
    dropped: dict[int, list[Clause]] = {}
    after = -1
    for left, clause in enumerate(old):
        after = partners.get(left, after)
        if left not in partners:
            dropped.setdefault(after, []).append(clause)
    for right in range(-1, len(new)):
        if right in origins:
            yield _compared(old[origins[right]], new[right])
        elif right >= 0:
            yield ClauseDifference(Change.ADDED, None, new[right], (Piece(Op.INSERTED, new[right].text),))
        for clause in dropped.get(right, []):
            yield ClauseDifference(Change.REMOVED, clause, None, (Piece(Op.DELETED, clause.text),))


def _compared(before: Clause, after: Clause) -> ClauseDifference:
    change = Change.UNCHANGED if before.text == after.text else Change.CHANGED
    if before.clause_id != after.clause_id:
        change = Change.RENUMBERED
    return ClauseDifference(change, before, after, build_pieces(before.text, after.text))
