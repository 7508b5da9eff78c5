"""Marks made by hand beside the clauses of a parse: where each clause begins in the source, and what differs."""

import csv
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path

from ingest.document import ParsedDocument, Section

MARKS = Path(__file__).with_name("marks")

_BRACKETS = str.maketrans("()", "（）")
_CLOSING = "、.．:："
# A 款 has no number in the text; where a parser names it, the name is the parser's own.
_PARAGRAPH = re.compile(r"第[^第]+款")
_SNIPPET_CHARS = 12


@dataclass(frozen=True)
class Clause:
    """The beginning of a clause: ``nth`` of those on ``line`` of the source (both from 1), whatever text it is of.

    Attributes:
        text: the regulation's short name (``R09a``).
        marker: see `normalize_marker`.
        depth: 1 = outermost in its text.
        parent: marker of the enclosing clause, ``""`` at depth 1.
        damaged: the source is broken here, so that a reader cannot tell.
    """

    text: str
    line: int
    nth: int
    marker: str
    depth: int
    parent: str
    damaged: bool = False

    def __str__(self) -> str:
        return f"{self.text} line {self.line} #{self.nth} {self.marker!r} depth {self.depth} in {self.parent!r}"


@dataclass(frozen=True)
class MarkedText:
    """A regulation of the source: its title lines begin at ``first``, its own words at ``body``; lines from 1."""

    name: str
    title: str
    first: int
    body: int
    last: int


@dataclass
class Comparison:
    """What was found against what is marked; damaged places are left out of every figure but their own."""

    right: list[tuple[Clause, Clause]] = field(default_factory=list)
    missing: list[Clause] = field(default_factory=list)
    extra: list[Clause] = field(default_factory=list)
    damaged: int = 0
    damaged_found: int = 0

    @property
    def precision(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.extra))

    @property
    def recall(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.missing))

    @property
    def misplaced(self) -> list[tuple[Clause, Clause]]:
        """Pairs (marked, found) that begin at the same place and hang elsewhere in the tree."""
        return [(a, b) for a, b in self.right if (a.depth, a.parent) != (b.depth, b.parent)]

    @property
    def nesting(self) -> float:
        return 1 - len(self.misplaced) / max(1, len(self.right))

    def __str__(self) -> str:
        figures = (
            f"{len(self.right)} right, {len(self.missing)} missing, {len(self.extra)} extra; "
            f"precision {self.precision:.4f}, recall {self.recall:.4f}, nesting {self.nesting:.4f}; "
            f"damaged places taken for clauses: {self.damaged_found} of {self.damaged}"
        )
        return "\n".join(
            [
                figures,
                *(f"  missing: {clause}" for clause in self.missing),
                *(f"  extra:   {clause}" for clause in self.extra),
                *(
                    f"  nesting: {marked}, found at depth {got.depth} in {got.parent!r}"
                    for marked, got in self.misplaced
                ),
            ]
        )


def normalize_marker(marker: str) -> str:
    """A numbering without spaces and closing punctuation, its brackets full-width: ``(1) 、`` -> ``（1）``."""
    squeezed = re.sub(r"\s", "", marker).translate(_BRACKETS)
    return squeezed.strip(_CLOSING) or squeezed


def load_table(name: str) -> list[dict[str, str]]:
    """The rows of a table in the folder of marks."""
    with (MARKS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def load_marks() -> list[Clause]:
    """The clauses of the raw scrape, in the order of its text."""
    return [
        Clause(
            row["text"],
            int(row["line"]),
            int(row["nth"]),
            row["marker"],
            int(row["depth"]),
            row["parent"],
            row["note"] == "damaged",
        )
        for row in load_table("raw_scrape.tsv")
    ]


def load_texts() -> list[MarkedText]:
    """The regulations of the raw scrape, in the order of its text."""
    return [
        MarkedText(row["text"], row["title"], int(row["first"]), int(row["body"]), int(row["last"]))
        for row in load_table("raw_scrape_texts.tsv")
    ]


class SourceLines:
    """The lines of a source, to find in them what a parsed document has."""

    def __init__(self, content: str) -> None:
        self.lines = [_squeeze(line) for line in content.split("\n")]

    def line_of(self, document: ParsedDocument, offset: int) -> int:
        """The line (from 1) on which ``document.text[offset]`` stands.

        A block says where it begins; where it goes on over several lines (a hard wrap mended), the line is the one
        that has the words found at ``offset``.
        """
        at = bisect_right([block.start for block in document.blocks], offset) - 1
        first, stop = self._range(document, max(at, 0))
        block = document.blocks[max(at, 0)]
        snippet = _squeeze(document.text[offset : min(block.end, offset + _SNIPPET_CHARS)])
        lines = self.lines[first - 1 : stop - 1]
        found = "".join(lines).find(snippet)
        for number, line in enumerate(lines):
            if 0 <= found < len(line):
                return first + number
            found -= len(line)
        return first

    def lines_of(self, document: ParsedDocument) -> set[int]:
        """The lines (from 1) that have words of ``document``."""
        covered: set[int] = set()
        for at, block in enumerate(document.blocks):
            first, stop = self._range(document, at)
            covered.add(first)
            words = _squeeze(document.text[block.start : block.end])
            for number in range(first + 1, stop):
                if self.lines[number - 1] and self.lines[number - 1] not in words:
                    break
                covered.add(number)
        return {number for number in covered if self.lines[number - 1]}

    def _range(self, document: ParsedDocument, at: int) -> tuple[int, int]:
        """First line of a block, and the line before which it ends at the latest."""
        first = document.blocks[at].line
        assert first is not None, f"block {at} of {document.title} has no source line"
        following = document.blocks[at + 1].line if at + 1 < len(document.blocks) else None
        return first, max(first + 1, following or len(self.lines) + 1)


def _squeeze(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def pair_with_texts(
    documents: Sequence[ParsedDocument], texts: Sequence[MarkedText], source: SourceLines
) -> dict[int, MarkedText]:
    """Position of a document -> the regulation with whose lines its own agree best; no regulation is given twice."""
    spans = {text: {n for n in range(text.body, text.last + 1) if source.lines[n - 1]} for text in texts}
    candidates = []
    for position, document in enumerate(documents):
        own = source.lines_of(document)
        for text, span in spans.items():
            if own & span:
                candidates.append((-len(own & span) / len(own | span), position, text))
    pairs: dict[int, MarkedText] = {}
    for _, position, text in sorted(candidates, key=lambda item: (item[0], item[1], item[2].first)):
        if position not in pairs and text not in pairs.values():
            pairs[position] = text
    return pairs


def find_clauses(documents: Sequence[ParsedDocument], names: Sequence[str], source: SourceLines) -> list[Clause]:
    """The numbered sections of ``documents``, which are in the order of the source, with each document's name."""
    found = []
    seen: dict[int, int] = defaultdict(int)
    for document, name in zip(documents, names, strict=True):
        for section in document.sections:
            if not _is_written(section):
                continue
            line = source.line_of(document, section.start)
            seen[line] += 1
            above = _written_ancestors(document, section)
            parent = normalize_marker(above[0].marker) if above else ""
            marker = normalize_marker(section.marker)
            found.append(Clause(name, line, seen[line], marker, len(above) + 1, parent))
    return found


def _is_written(section: Section) -> bool:
    return bool(section.marker) and not _PARAGRAPH.fullmatch(section.marker)


def _written_ancestors(document: ParsedDocument, section: Section) -> list[Section]:
    """From the innermost outwards."""
    above = []
    while section.parent is not None:
        section = document.sections[section.parent]
        if _is_written(section):
            above.append(section)
    return above


def compare(marked: Iterable[Clause], found: Iterable[Clause]) -> Comparison:
    """Match by text, line, place on the line and marker.

    On a line with a damaged place, that place and what was found for it count for neither side, and the places are
    numbered anew without them.
    """
    comparison = Comparison()
    lines: dict[int, tuple[list[Clause], list[Clause]]] = defaultdict(lambda: ([], []))
    for side, clauses in enumerate((marked, found)):
        for clause in clauses:
            lines[clause.line][side].append(clause)
    for line in sorted(lines):
        here, there = lines[line]
        damaged = {at for at, clause in enumerate(here) if clause.damaged}
        taken = {b for a, b in _alignment(here, there) if a in damaged}
        comparison.damaged += len(damaged)
        comparison.damaged_found += len(taken)
        _match_line(comparison, _without(here, damaged), _without(there, taken))
    return comparison


def _alignment(here: list[Clause], there: list[Clause]) -> list[tuple[int, int]]:
    ours, theirs = ([(clause.text, clause.marker) for clause in side] for side in (here, there))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]


def _without(clauses: list[Clause], positions: set[int]) -> list[Clause]:
    kept = [clause for at, clause in enumerate(clauses) if at not in positions]
    return [replace(clause, nth=nth) for nth, clause in enumerate(kept, start=1)]


def _match_line(comparison: Comparison, here: list[Clause], there: list[Clause]) -> None:
    by_key = {(clause.text, clause.nth, clause.marker): clause for clause in there}
    for clause in here:
        twin = by_key.pop((clause.text, clause.nth, clause.marker), None)
        if twin is None:
            comparison.missing.append(clause)
        else:
            comparison.right.append((clause, twin))
    comparison.extra.extend(by_key.values())
