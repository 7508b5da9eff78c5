"""The structure of a law in the shared collection, read from its Markdown by plain rules of its own.

The sources agree on a few habits. Everything above ``<!-- INFO END -->`` is about the law. 编, 章 and 节 are Markdown
headings; an article begins a line, with a space behind its number. A quoted line begins with a quotation mark, a row of
a table with ``|``. What follows 附件 and the like is no part of the law's own numbering. A table of contents would name
chapters in plain lines, which are no headings here, and no articles.
"""

import re
from dataclasses import dataclass, field

NUMERAL = "[一二三四五六七八九十百千零〇]+"
_HEAD_END = "<!-- INFO END -->"
_DIVISION = re.compile(rf"#+\s*(第{NUMERAL}([编章节]))\s*(\S.*)")
_ARTICLE = re.compile(rf"第({NUMERAL})(?:条[ \u3000]|[ \u3000]条)")
_INSERTED = re.compile(rf"第({NUMERAL})条之({NUMERAL})[ \u3000]")
_QUOTED = re.compile(rf"[“\"]第{NUMERAL}条(?:之{NUMERAL})?[ \u3000]")
_NUMBERED = re.compile(rf"(?:#+\s*)?({NUMERAL})、")
_ANNEX = re.compile(r"(?:#+\s*)?附[件表录]?\d*(?:[：:]|$)")
_UNNUMBERED_END = "附则"
_ORDER = "编章节"


@dataclass
class LawOutline:
    """What a law holds, in the order of its text; words without any spaces.

    Attributes:
        articles: each with the path above it, outermost first: ``(("第一编", "第二章"), "第十条")``.
        divisions: 编, 章 and 节 with their path, own number last, and the words of the heading.
        numbered: top-level 一、 二、 outside annexes.
        quoted: lines that quote an article of another law.
    """

    articles: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    divisions: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)
    quoted: int = 0

    def count(self, kind: str) -> int:
        """How many 编, 章 or 节 there are."""
        return sum(path[-1].endswith(kind) for path, _ in self.divisions)


def read_law(markdown: str) -> LawOutline:
    """Return the outline of a law of the collection."""
    outline = LawOutline()
    path: dict[str, str] = {}
    for line in markdown.partition(_HEAD_END)[2].split("\n"):
        text = line.strip()
        if _ANNEX.match(text):
            break
        if _QUOTED.match(text):
            outline.quoted += 1
        elif text == _UNNUMBERED_END:
            path = {"": _UNNUMBERED_END}
        elif division := _DIVISION.match(text):
            marker, kind, heading = division.groups()
            path = {outer: number for outer, number in path.items() if outer in _ORDER[: _ORDER.index(kind)] and outer}
            path[kind] = marker
            outline.divisions.append((tuple(path.values()), "".join((marker + heading).split())))
        elif inserted := _INSERTED.match(text):
            outline.articles.append((tuple(path.values()), f"第{inserted[1]}条之{inserted[2]}"))
        elif article := _ARTICLE.match(text):
            outline.articles.append((tuple(path.values()), f"第{article[1]}条"))
        elif number := _NUMBERED.match(text):
            outline.numbered.append(number[1])
    return outline
