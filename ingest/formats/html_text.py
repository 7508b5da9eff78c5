"""What of an HTML tree a reader sees, and why the rest is left out."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from bs4 import Comment, Doctype, ProcessingInstruction, Tag
from bs4.element import NavigableString, PageElement

from ingest.document import RemovalReason

Remove = Callable[[str, RemovalReason], None]

_UNSEEN = {"script", "style", "template", "noscript", "svg", "canvas", "iframe", "object", "embed", "audio", "video"}
_AROUND = {"nav", "aside", "select", "datalist", "button", "textarea", "input"}
_FARTHEST_CONTENT = 50
_CONTENT = ["article", "main", "section"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_BODY_OF_A_FORM = [*_HEADINGS, "p", "article", "main", "table", "ul", "ol"]
_OWN_LINE_IN_A_CELL = {"p", "div", "li", "tr", "ul", "ol", "dd", "dt", "blockquote"}

_CJK = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—"
_LINE_END_IN_CHINESE = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_SPACE_AT_A_BREAK = re.compile(r"[ \u3000]*\v[ \u3000]*")


def collapse(text: str) -> str:
    """White space as a page shows it: one space for a run, none for a line end between two Chinese characters.

    A vertical tab stands for a ``br``. Wide spaces inside stay, those at the ends go.
    """
    text = _SPACE.sub(" ", _LINE_END_IN_CHINESE.sub("", text))
    return _SPACE_AT_A_BREAK.sub("\v", text).strip(" \u3000\v")


class Visibility:
    """Knows of each tag under ``root`` whether a reader sees it, in one pass however deep they nest."""

    def __init__(self, root: Tag) -> None:
        self._with_title = _holders(root, ["h1"])
        self._with_body = _holders(root, _BODY_OF_A_FORM)
        self._with_table = _holders(root, ["table"])

    def holds_table(self, tag: Tag) -> bool:
        """Whether a table stands in ``tag``: then it is a frame of a layout."""
        return id(tag) in self._with_table

    def reason(self, tag: Tag) -> RemovalReason | None:
        """Why ``tag`` is left out with all that it holds, None for what is kept.

        A header or footer of an article belongs to it, and one with the page's ``h1`` too. A form that a whole
        page stands in, as some servers make them, is none.
        """
        name = tag.name
        if name in _UNSEEN:
            return RemovalReason.MARKUP
        if name in _AROUND:
            return RemovalReason.BOILERPLATE
        if name == "form":
            return None if id(tag) in self._with_body else RemovalReason.BOILERPLATE
        if name in ("header", "footer"):
            kept = (name == "header" and id(tag) in self._with_title) or _is_in_content(tag)
            return None if kept else RemovalReason.BOILERPLATE
        return None

    def text(self, tag: Tag, remove: Remove, between: str = "") -> str:
        """Text of ``tag`` without its unseen parts, which go to ``remove``; ``between`` sets paragraphs apart."""
        return "".join(self._parts(tag, remove, between))

    def _parts(self, tag: Tag, remove: Remove, between: str) -> Iterator[str]:
        stack: list[PageElement | str] = list(reversed(tag.contents))
        while stack:
            node = stack.pop()
            if isinstance(node, Comment | ProcessingInstruction):
                remove(str(node), RemovalReason.MARKUP)
            elif isinstance(node, Tag):
                if reason := self.reason(node):
                    remove(collapse(node.get_text(" ")), reason)
                elif node.name == "br":
                    yield between or "\n"
                elif node.name == "img":
                    yield str(node.get("alt") or "")
                else:
                    own_line = between if node.name in _OWN_LINE_IN_A_CELL else ""
                    stack.append(own_line)
                    stack.extend(reversed(node.contents))
                    yield own_line
            elif not isinstance(node, Doctype):
                yield str(node)


def _holders(root: Tag, names: list[str]) -> set[int]:
    holders: set[int] = set()
    for tag in root.find_all(names):
        for parent in tag.parents:
            if id(parent) in holders:
                break
            holders.add(id(parent))
    return holders


def _is_in_content(tag: Tag) -> bool:
    return any(parent.name in _CONTENT for parent in islice(tag.parents, _FARTHEST_CONTENT))


def first_number(tag: Tag, attribute: str) -> int | None:
    """The number that ``start`` or ``value`` of a list states, None where it states none that makes sense."""
    value = str(tag.get(attribute, ""))
    return int(value) if re.fullmatch(r"\d{1,8}", value) else None


def is_text(node: PageElement) -> bool:
    return isinstance(node, NavigableString) and not isinstance(node, Comment | ProcessingInstruction | Doctype)
