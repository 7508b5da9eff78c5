"""HTML -> plain text with blocks, by BeautifulSoup and lxml: what a reader sees, without what surrounds it."""

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Comment, ProcessingInstruction, Tag
from bs4.element import PageElement

from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.errors import MalformedSourceError, Origin, TooComplexSourceError
from ingest.formats.blocks import BlockWriter
from ingest.formats.encoding import decode
from ingest.formats.html_tables import iter_table_texts
from ingest.formats.html_text import Visibility, collapse, first_number, is_text
from ingest.normalizer import normalize_line

_MOST_TAGS = 500_000
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CHARSET_WITHIN_BYTES = 4096
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "cp950", "big5-hkscs": "big5hkscs"}

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_APART = {"p", "blockquote", "figure", "dl", "hr", "article", "section", "main", "details"}
_OWN_LINE = _APART | {
    *("html", "body", "div", "ul", "ol", "li", "menu", "dt", "dd", "address", "center", "form", "fieldset", "header"),
    *("footer", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "summary", "figcaption", "legend"),
    *("nav", "aside", "hgroup", "search", "dir"),
}
_LISTS = {"ul", "ol", "menu", "dir"}
_DEEPEST_INDENT = 10
_HANZI = re.compile("[\u4e00-\u9fff]")
_PROSE_SHARE = 0.3
"""A ``pre`` with more Chinese characters than this, and full stops, is text that a page shows as it was typed."""


def read_html(data: bytes, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return the title that the page's head states, if no ``h1`` does, and its structured text.

    Raises:
        DecodingError: the bytes are no text.
        TooComplexSourceError: it has more tags than a page can have.
    """
    markup = _decode(data, origin)
    if markup.count("<") > _MOST_TAGS:
        raise TooComplexSourceError(origin, f"HTML 标签超过 {_MOST_TAGS} 个")
    writer = BlockWriter()
    try:
        page = _parse(markup)
    except (ValueError, AssertionError) as error:  # what the tree builders raise on broken markup
        raise MalformedSourceError(origin, f"HTML 无法解析：{error}", "请用浏览器打开后重新保存") from error
    fields: dict[str, Any] = {}
    if title := _take_title(page):
        if page.find("h1") is None:
            fields["title"] = title
        else:
            writer.remove(title, RemovalReason.REPEATED_TITLE)
    _PageWriter(page, writer).write()
    return fields, writer.finish()


def write_html(writer: BlockWriter, markup: str, line: int | None, *, apart: bool) -> None:
    """Append the blocks of a piece of HTML that stands in another format, at ``line`` of the source."""
    _PageWriter(_parse(markup), writer, line, apart=apart).write()


def _parse(markup: str) -> BeautifulSoup:
    # BeautifulSoup warns about markup that looks like a path; with a tag before it, none does.
    return BeautifulSoup(f"<html>{markup}", "lxml")


def _decode(data: bytes, origin: Origin) -> str:
    declared = _CHARSET.search(data[:_CHARSET_WITHIN_BYTES])
    if declared and b"\x00" not in data and not data.startswith(b"\xef\xbb\xbf"):
        name = declared[1].decode("ascii", "replace").lower()
        try:
            return data.decode(_SUPERSETS.get(name, name)).lstrip("\ufeff")
        except (LookupError, UnicodeError, ValueError):
            pass  # pages that were converted keep the declaration of their old encoding
    return decode(data, origin)


def _take_title(page: BeautifulSoup) -> str:
    title = page.head.find("title") if page.head else None
    return normalize_line(title.extract().get_text()) if title else ""


class _PageWriter:
    """Goes through a tree without recursion, however deep it is, and writes its blocks."""

    def __init__(self, root: Tag, writer: BlockWriter, line: int | None = None, *, apart: bool = True) -> None:
        self._root = root
        self._visibility = Visibility(root)
        self._writer = writer
        self._line = line
        self._inline: list[str] = []
        self._level = 0
        self._lists: list[int | None] = []
        self._marker = ""
        self._apart = apart

    def write(self) -> None:
        stack: list[tuple[PageElement, bool]] = [(self._root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                assert isinstance(node, Tag)
                self._leave(node)
            elif isinstance(node, Tag):
                if self._enter(node):
                    stack.append((node, True))
                    stack.extend((child, False) for child in reversed(node.contents))
            else:
                self._take(node)
        self._flush()

    def _take(self, node: PageElement) -> None:
        if isinstance(node, Comment | ProcessingInstruction):
            self._writer.remove(str(node), RemovalReason.MARKUP, line=self._line)
        elif is_text(node):
            self._inline.append(str(node))

    def _enter(self, tag: Tag) -> bool:
        """Begin a tag; False where its content is done with."""
        name = tag.name
        if reason := self._visibility.reason(tag):
            self._writer.remove(collapse(tag.get_text(" ")), reason, line=self._line)
        elif name == "br":
            self._inline.append("\v")
        elif name == "img":
            self._inline.append(str(tag.get("alt") or ""))
        elif name == "pre":
            self._flush()
            self._write_preformatted(tag)
        elif name == "table" and not self._visibility.holds_table(tag):
            self._flush()
            self._write_table(tag)
        else:
            if name in _OWN_LINE or name in _HEADINGS:
                self._flush()
                self._apart = self._apart or (name in _APART | _LISTS and not self._lists)
            if name in _HEADINGS:
                self._level = _HEADINGS[name]
            elif name in _LISTS:
                self._lists.append((first_number(tag, "start") or 1) if name == "ol" else None)
            elif name == "li":
                self._begin_item(tag)
            return True
        return False

    def _leave(self, tag: Tag) -> None:
        name = tag.name
        if name in _OWN_LINE or name in _HEADINGS:
            self._flush()
            self._apart = self._apart or (name in _APART and not self._lists)
        if name in _HEADINGS:
            self._level = 0
        elif name in _LISTS:
            self._lists.pop()
            self._apart = self._apart or not self._lists
        elif name == "li":
            self._marker = ""

    def _begin_item(self, tag: Tag) -> None:
        number = self._lists[-1] if self._lists else None
        if number is None:
            self._marker = "• "
        else:
            number = first_number(tag, "value") or number
            self._marker = f"{number}. "
            self._lists[-1] = number + 1

    def _flush(self) -> None:
        text = collapse("".join(self._inline))
        self._inline.clear()
        if not text:
            return
        if self._level:
            self._writer.add(text.replace("\v", " "), BlockKind.HEADING, self._level, apart=True, line=self._line)
        else:
            indent = "  " * min(len(self._lists) - bool(self._marker), _DEEPEST_INDENT)
            lines = [f"{indent}{line}" for line in f"{self._marker}{text}".split("\v") if line.strip()]
            self._writer.add("\v".join(lines), BlockKind.LINE, apart=self._apart, line=self._line)
        self._marker = ""
        self._apart = False

    def _write_preformatted(self, tag: Tag) -> None:
        text = self._visibility.text(tag, self._remove)
        is_prose = "。" in text and len(_HANZI.findall(text)) > _PROSE_SHARE * len(text)
        self._writer.add(text, BlockKind.LINE if is_prose else BlockKind.CODE, apart=True, line=self._line)
        self._apart = True

    def _write_table(self, table: Tag) -> None:
        def cell_text(cell: Tag) -> str:
            return collapse(self._visibility.text(cell, self._remove, between=" "))

        for number, (kind, text) in enumerate(iter_table_texts(table, cell_text)):
            self._writer.add(text, kind, apart=number == 0, line=self._line)
        self._apart = True

    def _remove(self, text: str, reason: RemovalReason) -> None:
        self._writer.remove(text, reason, line=self._line)
