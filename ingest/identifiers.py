"""Error codes, part numbers, addresses and clause numbers: found whole, known by one key, findable by their parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingest.numerals import NUMERAL, to_int


class IdentifierKind(StrEnum):
    CODE = "code"
    ADDRESS = "address"
    VERSION = "version"
    CLAUSE = "clause"


@dataclass(frozen=True)
class Identifier:
    """One identifier at ``text[start:end]``.

    Attributes:
        key: the form under which index and query meet, whatever the case and separators
            (``PPR-9087``, ``ppr 9087``, ``PPR_9087`` -> ``ppr9087``; ``第十五条``, ``第 15 条`` -> ``第15条``).
        parts: smaller terms it can be found by (``ppr``, ``9087``), without those too short to tell anything.
    """

    text: str
    start: int
    end: int
    kind: IdentifierKind
    key: str
    parts: tuple[str, ...]

    @property
    def decisive(self) -> bool:
        """Whether a passage that holds it answers a query for it, however the rest compares.

        第四条 stands in every regulation, 第4.12条 in few.
        """
        if self.kind is IdentifierKind.CLAUSE:
            return "." in self.key
        return self.kind in (IdentifierKind.CODE, IdentifierKind.ADDRESS)


_LEFT = r"(?<![A-Za-z0-9_])"
_RIGHT = r"(?![A-Za-z0-9_])"

# Tried in this order at each place; the text has been folded to half width and lower case before.
_PATTERNS = (
    (IdentifierKind.CODE, re.compile(rf"{_LEFT}0x[0-9a-f]{{2,16}}{_RIGHT}")),
    (
        IdentifierKind.ADDRESS,
        re.compile(rf"{_LEFT}\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?:/\d{{1,2}})?(?::\d{{1,5}})?(?![\d.]*\d)"),
    ),
    (IdentifierKind.ADDRESS, re.compile(rf"{_LEFT}(?:[0-9a-f]{{2}}[:-]){{5}}[0-9a-f]{{2}}{_RIGHT}")),
    # PPR-9087, HL-2260D, S5735-24T, TK-2025-1003, HM-R20: letters and digits joined by hyphens.
    (
        IdentifierKind.CODE,
        re.compile(rf"{_LEFT}(?=[a-z0-9_-]*\d)[a-z][a-z0-9]{{0,15}}(?:[-_][a-z0-9]{{1,12}}){{1,3}}{_RIGHT}"),
    ),
    # ORA 12541, MEET 1415, ERROR:1045: a short word and a number of three digits or more right behind it.
    (
        IdentifierKind.CODE,
        re.compile(rf"{_LEFT}[a-z]{{2,8}}[ :#]{{1,2}}\d{{3,7}}{_RIGHT}(?![-./]\d)"),
    ),
    # KB5034441, VPN809, DN160, GW200: letters with digits right behind.
    (IdentifierKind.CODE, re.compile(rf"{_LEFT}[a-z]{{1,8}}\d{{2,}}[a-z0-9]{{0,6}}{_RIGHT}")),
    # 28P01, 2260D: digits with letters behind that are no unit.
    (IdentifierKind.CODE, re.compile(rf"{_LEFT}\d{{2,}}[a-z]\d{{1,4}}{_RIGHT}")),
    # Φ160-250
    (IdentifierKind.CODE, re.compile(r"[φø]\s?\d{2,4}(?:-\d{2,4})?(?!\d)")),
    (
        IdentifierKind.CLAUSE,
        re.compile(rf"第\s?(?:{NUMERAL}|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})\s?[编章节条款项](?:之{NUMERAL})?"),
    ),
    (IdentifierKind.VERSION, re.compile(rf"{_LEFT}v?\d{{1,5}}(?:\.\d{{1,5}}){{1,3}}{_RIGHT}(?!\.\d)")),
)
_SEPARATORS = re.compile(r"[\s\-_:#.]+")
_PIECES = re.compile(r"[a-z]+|\d+")
_CLAUSE = re.compile(rf"第\s?(?P<number>{NUMERAL}|[\d.]+)\s?(?P<unit>[编章节条款项])(?:之(?P<sub>{NUMERAL}))?")
_SHORTEST_PART = 2


def iter_identifiers(folded: str) -> Iterator[Identifier]:
    """Yield the identifiers of a folded text (see `tokenizer.fold`) from left to right, without overlap."""
    taken: list[tuple[int, int]] = []
    found: list[Identifier] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if all(end <= low or start >= high for low, high in taken):
                taken.append((start, end))
                found.append(_identifier(kind, match[0], start, end))
    yield from sorted(found, key=lambda identifier: identifier.start)


def _identifier(kind: IdentifierKind, text: str, start: int, end: int) -> Identifier:
    if kind is IdentifierKind.CLAUSE:
        return Identifier(text, start, end, kind, _clause_key(text), ())
    if kind is IdentifierKind.VERSION:
        return Identifier(text, start, end, kind, text.removeprefix("v"), ())
    if kind is IdentifierKind.ADDRESS:
        # An address is known without its mask or port, which become parts of their own.
        host, *rest = re.split(r"[/:]", text) if "." in text else [text.replace("-", ":")]
        return Identifier(text, start, end, kind, host, (text, *rest) if rest else ())
    parts = [part for part in _SEPARATORS.split(text) if len(part) >= _SHORTEST_PART]
    pieces = [piece for part in parts for piece in _PIECES.findall(part) if len(piece) >= _SHORTEST_PART]
    key = _SEPARATORS.sub("", text)
    unique = dict.fromkeys(part for part in (*parts, *pieces) if part != key)
    return Identifier(text, start, end, kind, key, tuple(unique))


def _clause_key(text: str) -> str:
    match = _CLAUSE.fullmatch(text)
    if match is None:
        return text
    number = match["number"]
    value = number if "." in number else str(to_int(number))
    sub = f"之{to_int(match['sub'])}" if match["sub"] else ""
    return f"第{value}{match['unit']}{sub}"
