"""Paragraph styles of a DOCX: what a paragraph inherits, and which styles are headings."""

import re
from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc\s*(?:\d|heading)|目录\s*\d|contents\s)", re.IGNORECASE)
_TITLE_NAMES = ("title", "标题")
_DEEPEST_OUTLINE = 8


class Styles:
    """The styles of one document.

    Args:
        root: the ``w:styles`` element, None where there is none.
    """

    def __init__(self, root: Any) -> None:
        self._styles = {style.get(f"{W}styleId"): style for style in children(root, "style")}

    def find(self, style_id: str | None) -> Any:
        return self._styles.get(style_id)

    def iter_chain(self, style_id: str | None) -> Iterator[Any]:
        """Yield a style and those that it is based on, nearest first."""
        met = set()
        while style_id in self._styles and style_id not in met:
            met.add(style_id)
            style = self._styles[style_id]
            yield style
            style_id = value(style, "basedOn")

    def heading_level(self, paragraph: Any) -> int:
        """Level of a heading (1 = outermost, titles too), 0 for other paragraphs."""
        stated = value(paragraph.find(f"{W}pPr"), "outlineLvl")
        if stated is not None:
            return _outline_level(stated)
        for style in self.iter_chain(style_id(paragraph)):
            name = (value(style, "name") or "").strip()
            if match := _HEADING_NAME.fullmatch(name):
                return int(match[1])
            if name.lower() in _TITLE_NAMES:
                return 1
            stated = value(style.find(f"{W}pPr"), "outlineLvl")
            if stated is not None:
                return _outline_level(stated)
        return 0

    def is_contents(self, paragraph: Any) -> bool:
        """Whether a paragraph is a line of the table of contents."""
        return any(
            _CONTENTS_NAME.match((value(style, "name") or "").strip()) for style in self.iter_chain(style_id(paragraph))
        )

    def is_centred(self, paragraph: Any) -> bool:
        for owner in (paragraph, *self.iter_chain(style_id(paragraph))):
            if (alignment := value(owner.find(f"{W}pPr"), "jc")) is not None:
                return alignment == "center"
        return False


def _outline_level(stated: str) -> int:
    level = integer(stated, _DEEPEST_OUTLINE + 1)
    return level + 1 if 0 <= level <= _DEEPEST_OUTLINE else 0


def children(element: Any, name: str) -> list[Any]:
    return [] if element is None else element.findall(f"{W}{name}")


def value(element: Any, name: str) -> str | None:
    """``w:val`` of a child of ``element``, None where either is missing."""
    found = None if element is None else element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else default


def style_id(paragraph: Any) -> str | None:
    return value(paragraph.find(f"{W}pPr"), "pStyle")
