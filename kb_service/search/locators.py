"""Clause locators in queries (第十五条第二款, 4.12, 四（三）第4项) and the places of outlines that they name.

A place's own name is the last part of its clause id: ``art_15``, ``cl_4.12``, ``div_2``. A locator is a list of numbers
from the outermost to the innermost, each with the unit that was written behind it. It names a place when its numbers
stand on the way down to that place in this order, the last at the place itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.document import ParsedDocument, Section
from ingest.numerals import NUMERAL, to_half_width, to_int

_UNITS = "编章节条款项目点部分"
_STEP = re.compile(
    rf"第\s?(?P<cn>{NUMERAL})\s?(?P<unit>部分|[编章节条款项目点])(?:之(?P<sub>{NUMERAL}))?"
    rf"|(?:第\s?)?(?P<spoken>{NUMERAL}(?:点{NUMERAL}){{1,3}})(?P<spoken_unit>条)"
    r"|(?:第\s?)?(?<![\d.])(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3})(?![\d.]*\d)(?P<decimal_unit>条?)(?!\s?(?:%|米|V|v|万|元|小时|天|版))"
    rf"|第?(?P<paren>[（(]\s?(?:{NUMERAL})\s?[）)])(?P<paren_unit>[条款项目]?)"
    rf"|(?P<bare>(?<![第\w.])[一二三四五六七八九十]{{1,3}}(?=、)|[一二三四五六七八九十]{{1,3}}(?=[（(]{NUMERAL}[）)]))、?"
    r"|(?<=[、）)])\s?(?P<digits>\d{1,2})(?![\d.]*\d)"
)
# Which places a unit may mean, the plain one first: people say 第1条 of any numbered clause, 第2项 of any list.
_ACCEPTED = {
    "编": ("part",),
    "部分": ("part", "subpart", "div", "chp"),
    "章": ("chp", "div"),
    "节": ("sec", "subdiv"),
    "条": ("art", "cl", "item", "div", "subdiv", "subitem", "point"),
    "款": ("para", "subitem", "item", "point", "subdiv"),
    "项": ("point", "subitem", "item", "subpoint", "entry", "circle", "subdiv"),
    "目": ("subpoint", "entry", "item", "circle"),
    "点": ("bullet", "item", "subitem", "point", "circle"),
    "": ("div", "subdiv", "item", "subitem", "cl", "point", "subpoint", "entry", "circle", "art"),
}
_PLAIN, _ALSO, _LESS_AND_LESS = 1.0, 0.6, 0.02


@dataclass(frozen=True)
class Step:
    """``number`` is written as in clause ids: ``15``, ``24-1`` (第二十四条之一), ``4.12``."""

    number: str
    unit: str

    def likeness(self, name: str) -> float:
        """How well a place's own name fits: 1 = as written, about 0.5 = as people also say, 0 = another place."""
        kind, _, number = name.partition("~")[0].rpartition("_")
        accepted = _ACCEPTED[self.unit]
        if number != self.number or kind not in accepted:
            return 0.0
        if kind == accepted[0] or (not self.unit and kind in ("div", "subdiv", "cl")):
            return _PLAIN
        return _ALSO - _LESS_AND_LESS * accepted.index(kind)


@dataclass(frozen=True)
class Locator:
    """``rest`` is the query without the numbers: a title, or what is asked about the place."""

    steps: tuple[Step, ...]
    rest: str

    @property
    def decisive(self) -> bool:
        """Whether this can only be meant as a place: 第十五条 and 第4.12条, but not a bare 4.12 or （一）."""
        return any(step.unit for step in self.steps)


@dataclass(frozen=True)
class Place:
    """A section of an outline with the names on the way down to it."""

    section: Section
    names: tuple[str, ...]


def find_locator(text: str) -> Locator | None:
    """Return what ``text`` says of a place, or None where it names none."""
    folded = to_half_width(text)
    steps: list[Step] = []
    rest: list[str] = []
    position = 0
    for match in _STEP.finditer(folded):
        steps.append(_step(match))
        rest.append(folded[position : match.start()])
        position = match.end()
    if not steps:
        return None
    rest.append(folded[position:])
    return Locator(tuple(steps), " ".join(part.strip() for part in rest if part.strip()))


def _step(match: re.Match[str]) -> Step:
    if match["cn"]:
        sub = f"-{to_int(match['sub'])}" if match["sub"] else ""
        return Step(f"{to_int(match['cn'])}{sub}", match["unit"])
    if match["spoken"]:
        return Step(".".join(str(to_int(part)) for part in match["spoken"].split("点")), match["spoken_unit"])
    if match["decimal"]:
        return Step(match["decimal"], match["decimal_unit"])
    if match["paren"]:
        return Step(str(to_int(match["paren"].strip("（()） "))), match["paren_unit"])
    return Step(match["digits"] or str(to_int(match["bare"])), "")


class Outline:
    """The places of one document's outline."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections

    @classmethod
    def of(cls, document: ParsedDocument) -> "Outline":
        return cls(document.sections)

    @cached_property
    def places(self) -> list[Place]:
        names: dict[int, tuple[str, ...]] = {}
        for section in self._sections:
            above = names[section.parent] if section.parent is not None else ()
            names[section.index] = (*above, section.clause_id.rpartition("__")[2])
        return [Place(section, names[section.index]) for section in self._sections]

    def find(self, locator: Locator) -> list[tuple[Place, float]]:
        """The places that ``locator`` names, each with its likeness from 0 to 1, in text order."""
        found = []
        for place in self.places:
            likeness = _likeness(locator.steps, place.names)
            if likeness:
                found.append((place, likeness))
        return found


def _likeness(steps: Sequence[Step], names: Sequence[str]) -> float:
    """Mean likeness of the steps, of which the last must be at the end and the others above it, in order."""
    *above, last = steps
    total = last.likeness(names[-1])
    if not total:
        return 0.0
    waiting = list(names[:-1])
    for step in above:
        while waiting:
            likeness = step.likeness(waiting.pop(0))
            if likeness:
                total += likeness
                break
        else:
            return 0.0
    return total / len(steps)
