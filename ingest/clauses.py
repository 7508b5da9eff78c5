"""Drafts of an outline -> sections: the label that people cite, the clause id that stays, the hash that proves."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.document import Kind, Section, sha256
from ingest.drafts import Draft
from ingest.numbering import Marker
from ingest.numerals import to_chinese

_UNITS_BELOW_CLAUSE = ("项", "目")
_SPACES = re.compile(r"\s+")

_TIER_PREFIX = {10: "part", 15: "subpart", 20: "chp", 30: "sec", 40: "art"}
_STYLE_PREFIX = {
    **{"cn": "div", "cn-paren": "subdiv", "num": "item"},
    **{"num-paren": "subitem", "num-rparen": "entry", "alpha": "alpha", "alpha-num": "alpha", "alpha-rparen": "alpha"},
    **{"lower": "lower", "lower-rparen": "lower", "circled": "circle", "circled-paren": "circle"},
}
_ANNEX_PREFIX = {"附表": "schedule", "附图": "figure"}
_PREFIX_BELOW_ARTICLE = ("point", "subpoint")
_NOT_IN_SLUG = re.compile(r"[\W_]+")
_LONGEST_SLUG = 24

Path = tuple[Draft, ...]


def freeze(roots: Sequence[Draft], text: str, kind: Kind) -> tuple[Section, ...]:
    """Return the sections in text order, each with its end, label, clause id and hash."""
    paths = list(_iter_paths(roots, ()))
    ends = _ends(roots, len(text))
    names = _ClauseNames(paths)
    sections: list[Section] = []
    indices: dict[int, int] = {}
    for index, path in enumerate(paths):
        draft, end = path[-1], ends[id(path[-1])]
        indices[id(draft)] = index
        sections.append(
            Section(
                index=index,
                parent=indices[id(path[-2])] if len(path) > 1 else None,
                level=len(path),
                marker=draft.marker.text if draft.marker else "",
                heading=f"第{to_chinese(draft.ordinal)}款" if draft.style == "paragraph" else draft.heading,
                label=_label(path, kind),
                start=draft.start,
                end=end,
                body_start=min(draft.body_start, end),
                atomic=_is_atomic(path, kind),
                clause_id=names.name(path),
                sha256=sha256(text[draft.start : end].encode()),
            )
        )
    return tuple(sections)


def _iter_paths(drafts: Sequence[Draft], above: Path) -> Iterator[Path]:
    for draft in drafts:
        path = (*above, draft)
        yield path
        yield from _iter_paths(draft.children, path)


def _ends(roots: Sequence[Draft], length: int) -> dict[int, int]:
    """End of every draft by its identity: where its next sibling begins, else where its parent ends."""
    ends: dict[int, int] = {}
    waiting = [(roots, length)]
    while waiting:
        siblings, outer_end = waiting.pop()
        for position, draft in enumerate(siblings):
            end = siblings[position + 1].start if position + 1 < len(siblings) else outer_end
            ends[id(draft)] = end
            waiting.append((draft.children, end))
    return ends


def _is_atomic(path: Path, kind: Kind) -> bool:
    """Articles, numbered clauses, headings of the format, and 一、（一） where they stand for articles."""
    draft = path[-1]
    if draft.marker and draft.marker.atomic:
        return True
    if draft.heading_level:
        # The parts of a ticket explain each other and stay together.
        return kind is not Kind.TICKET
    above = (outer.marker for outer in path[:-1] if outer.marker)
    return draft.style in ("cn", "cn-paren") and not any(m.atomic or m.number for m in above)


def _label(path: Path, kind: Kind) -> str:
    """What a reader writes after the title: 第三章第十五条第二款第（一）项, 四、（二）1, 第4.12条, 安装 › 网卡修复."""
    if kind is not Kind.REGULATION:
        return " › ".join(draft.heading for draft in path)
    return "".join(_label_parts(path)).rstrip("、.")


def _label_parts(path: Path) -> Iterator[str]:
    below_clause = -1
    after_words = False
    for draft, inner in zip(path, (*path[1:], None), strict=True):
        marker = draft.marker
        if draft.style == "paragraph":
            yield f"第{to_chinese(draft.ordinal)}款"
            continue
        if marker is None:
            yield (" › " if after_words else "") + draft.heading
            after_words = True
            continue
        if inner is not None and inner.marker is not None and _repeats(marker, inner.marker):
            continue
        name = _SPACES.sub("", marker.text)
        if marker.atomic and not draft.tier:
            yield f"第{name}条"
            below_clause = 0
        elif draft.tier:
            yield name
            below_clause = 0 if draft.is_article else -1
        elif 0 <= below_clause < len(_UNITS_BELOW_CLAUSE):
            yield f"第{name}{_UNITS_BELOW_CLAUSE[below_clause]}"
            below_clause += 1
        elif below_clause >= 0 or marker.style.endswith("paren") or marker.style.startswith("circled"):
            yield name
        else:
            yield (" › " if after_words else "") + name + ("、" if marker.style == "cn" else ".")
        after_words = bool(draft.tier) and not draft.is_article


def _repeats(outer: Marker, inner: Marker) -> bool:
    """Whether the inner number says the outer one too: 4 in 4.10, D in D1."""
    if inner.group:
        return outer.style == "alpha" and outer.text == inner.group
    longer = len(inner.number) > len(outer.number) > 0
    return longer and inner.number[: len(outer.number)] == outer.number


class _ClauseNames:
    """Names every place of one outline, like an Akoma Ntoso eId.

    Articles and decimals whose numbers run on through the text go without the chapters above them, so that an
    article keeps its name when a chapter is put before it. Where numbers begin anew the parts above tell them apart.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._names: dict[int, str] = {}
        self._counts: Counter[str] = Counter()
        self._restarting = _restarting_scopes(paths)

    def name(self, path: Path) -> str:
        """Clause id of the last draft of ``path``; the drafts above it have been named before."""
        draft = path[-1]
        above = self._above(path)
        prefix = f"{self._names[id(above)]}__" if above else ""
        wanted = f"{prefix}{_own_name(path)}"
        self._counts[wanted] += 1
        count = self._counts[wanted]
        name = f"{wanted}~{count}" if count > 1 else wanted
        self._names[id(draft)] = name
        return name

    def _above(self, path: Path) -> Draft | None:
        draft = path[-1]
        if draft.style == "decimal" or draft.is_article:
            runs_on = (_scope(path), draft.style) not in self._restarting
            above = [d for d in path[:-1] if d.style == "annex"] if runs_on else _containers(path)
            return above[-1] if above else None
        return path[-2] if len(path) > 1 else None


def _containers(path: Path) -> list[Draft]:
    """What stands above the last draft, without the numbers that its own number repeats (4. and 4.10 of 4.10.1)."""
    return [d for d in path[:-1] if not (path[-1].style == "decimal" and d.style in ("num", "decimal"))]


def _scope(path: Path) -> int:
    """The annex that holds the last draft; each has numbers of its own."""
    return next((id(draft) for draft in reversed(path[:-1]) if draft.style == "annex"), 0)


def _restarting_scopes(paths: Sequence[Path]) -> set[tuple[int, str]]:
    """Scopes in which the numbers of articles or decimals begin anew, with the style that does so.

    The first number below two parts shows it, or two other numbers; a single one that comes twice is a slip.
    """
    holders: dict[tuple[int, str], dict[tuple[int, ...], set[int]]] = {}
    for path in paths:
        draft = path[-1]
        if draft.marker and (draft.is_article or draft.style == "decimal"):
            above = _containers(path)
            number = draft.number or (draft.value, *draft.marker.added)
            numbers = holders.setdefault((_scope(path), draft.style), {})
            numbers.setdefault(number, set()).add(id(above[-1]) if above else 0)
    restarting = set()
    for key, numbers in holders.items():
        repeated = [number for number, places in numbers.items() if len(places) > 1]
        if len(repeated) > 1 or any(set(number) == {1} for number in repeated):
            restarting.add(key)
    return restarting


def _own_name(path: Path) -> str:
    draft = path[-1]
    marker = draft.marker
    if draft.style == "paragraph":
        return f"para_{draft.ordinal}"
    if marker is None:
        slug = _NOT_IN_SLUG.sub("-", draft.heading.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
        return f"h_{slug}" if slug else "h"
    if draft.tier in _TIER_PREFIX:
        number = "-".join(str(part) for part in (marker.value, *marker.added))
        return f"{_TIER_PREFIX[draft.tier]}_{number}"
    if draft.style == "annex":
        prefix = _ANNEX_PREFIX.get(marker.text[:2], "annex")
        return f"{prefix}_{marker.value}" if marker.value else prefix
    if draft.style == "decimal":
        return f"cl_{'.'.join(str(part) for part in draft.number)}"
    depth = _depth_below_article(path)
    prefix = _PREFIX_BELOW_ARTICLE[depth] if 0 <= depth < len(_PREFIX_BELOW_ARTICLE) else _STYLE_PREFIX[draft.style]
    return f"{prefix}_{marker.group}{marker.value}"


def _depth_below_article(path: Path) -> int:
    """0 for a 项, 1 for a 目, -1 outside an article."""
    listed = [draft for draft in path[:-1] if draft.style != "paragraph"]
    for depth, draft in enumerate(reversed(listed)):
        if draft.is_article:
            return depth
        if draft.tier:
            break
    return -1
