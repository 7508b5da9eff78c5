"""Automatic numbers of a DOCX, counted as Word counts them: the text holds none of them, only a rule for each level."""

import re
from dataclasses import dataclass, replace
from typing import Any

from ingest.formats.docx_numerals import format_number
from ingest.formats.docx_styles import Styles, W, children, integer, style_id, value

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    is_legal: bool = False
    suffix: str = "tab"
    paragraph_style: str | None = None


@dataclass
class _List:
    """A definition in use: lists that share it go on counting together."""

    levels: dict[int, _Level]
    style_link: str | None = None


class Numbering:
    """Counts through a document; paragraphs have to be asked for in its order.

    Args:
        root: the ``w:numbering`` element, None for a document without automatic numbers.
        styles: the document's styles, which may carry numbers.
    """

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists = {item.get(f"{W}abstractNumId"): _read_list(item) for item in children(root, "abstractNum")}
        self._numbers: dict[str, tuple[str, dict[int, int], dict[int, _Level]]] = {}
        for number in children(root, "num"):
            self._numbers[number.get(f"{W}numId")] = _read_number(number)
        self._counters: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()

    def next_label(self, paragraph: Any) -> str:
        """The number that Word shows before ``paragraph``, with the space after it; ``""`` where it shows none."""
        number_id, level = self._find(paragraph)
        if number_id not in self._numbers or not 0 <= level < _LEVELS:
            return ""
        list_id, starts, overrides = self._numbers[number_id]
        levels = {**self._levels_of(list_id), **overrides}
        rule = levels.get(level)
        if rule is None:
            return ""
        counters = self._counters.setdefault(list_id, {})
        if level in starts and (number_id, level) not in self._restarted:
            self._restarted.add((number_id, level))
            counters[level] = starts[level]
        else:
            counters[level] = counters[level] + 1 if level in counters else rule.start
        for deeper in [key for key in counters if key > level]:
            restart = levels[deeper].restart if deeper in levels else None
            # 0: never; n: only after level n-1 or one above it.
            if restart is None or level < restart:
                del counters[deeper]
        return _label(rule, level, levels, counters)

    def _levels_of(self, list_id: str) -> dict[int, _Level]:
        found = self._lists.get(list_id)
        if found is None:
            return {}
        if not found.levels and found.style_link:
            # The definition stands with the style that it names.
            number_id, _ = _number_properties(self._styles.find(found.style_link))
            linked = self._lists.get(self._numbers.get(number_id or "", ("", {}, {}))[0])
            return linked.levels if linked else {}
        return found.levels

    def _find(self, paragraph: Any) -> tuple[str, int]:
        number_id, level = _number_properties(paragraph)
        if number_id is None:
            for style in self._styles.iter_chain(style_id(paragraph)):
                number_id, style_level = _number_properties(style)
                if number_id is not None and level is None:
                    level = self._level_of_style(number_id, style.get(f"{W}styleId"), style_level)
                if number_id is not None:
                    break
        return number_id or "", level or 0

    def _level_of_style(self, number_id: str, style: str, level: int | None) -> int | None:
        if level is not None or number_id not in self._numbers:
            return level
        levels = self._levels_of(self._numbers[number_id][0])
        return next((index for index, rule in levels.items() if rule.paragraph_style == style), None)


def _label(rule: _Level, level: int, levels: dict[int, _Level], counters: dict[int, int]) -> str:
    if rule.style == "bullet":
        return "  " * level + "• "

    def number(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        other = levels.get(index, _Level())
        style = "decimal" if rule.is_legal else other.style
        return format_number(counters.get(index, other.start), style)

    text = _PRIVATE_USE.sub("", _PLACE.sub(number, rule.pattern)).rstrip()
    return text + ("" if rule.suffix == "nothing" or not text else " ")


def _number_properties(element: Any) -> tuple[str | None, int | None]:
    """Id of the list and level that a paragraph or a style states; None for what it leaves open."""
    properties = None if element is None else element.find(f"{W}pPr")
    numbered = None if properties is None else properties.find(f"{W}numPr")
    if numbered is None:
        return None, None
    level = value(numbered, "ilvl")
    return value(numbered, "numId"), None if level is None else integer(level, 0)


def _read_list(element: Any) -> _List:
    levels = {integer(item.get(f"{W}ilvl"), 0): _read_level(item) for item in children(element, "lvl")}
    return _List(levels, value(element, "numStyleLink"))


def _read_level(element: Any) -> _Level:
    restart = value(element, "lvlRestart")
    legal = element.find(f"{W}isLgl")
    return _Level(
        start=integer(value(element, "start"), 0),
        style=_number_style(element),
        pattern=value(element, "lvlText") or "",
        restart=None if restart is None else integer(restart, 0),
        is_legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        suffix=value(element, "suff") or "tab",
        paragraph_style=value(element, "pStyle"),
    )


def _number_style(element: Any) -> str:
    """``w:numFmt``, which newer files wrap into alternatives for what older programs do not know."""
    for found in element.iter(f"{W}numFmt"):
        style = found.get(f"{W}val")
        if style and style != "custom":
            return str(style)
    return "decimal"


def _read_number(element: Any) -> tuple[str, dict[int, int], dict[int, _Level]]:
    starts: dict[int, int] = {}
    levels: dict[int, _Level] = {}
    for override in children(element, "lvlOverride"):
        index = integer(override.get(f"{W}ilvl"), 0)
        for level in children(override, "lvl"):
            levels[index] = _read_level(level)
        if (start := value(override, "startOverride")) is not None:
            starts[index] = integer(start, 1)
            if index in levels:
                levels[index] = replace(levels[index], start=starts[index])
    return value(element, "abstractNumId") or "", starts, levels
