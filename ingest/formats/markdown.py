"""Markdown -> plain text with blocks, by markdown-it-py.

The text that is kept reads as the page would: no markup, a table row as ``column：cell；column：cell`` so that
header and cell stay together wherever a chunk begins, code as it stands.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.errors import MalformedSourceError, Origin, TooComplexSourceError
from ingest.formats.blocks import BlockWriter
from ingest.formats.html import write_html
from ingest.formats.markdown_container import split_head
from ingest.formats.table_rows import iter_row_texts

_LONGEST_CHARS = 3_000_000
_MOST_BRACKETS = 100_000
"""Each may open a link whose end has to be looked for."""

_DEEPEST_INLINE = 20
_DEEPEST = 100
"""How far lists and quotes may nest; a list takes two levels, one for itself and one for its item."""

_CONTAINER = "container_any"
_CONTAINER_END = re.compile(r"[\s>]*(:{3,})\s*$")
_CONTENTS_MARK = re.compile(r"\[?\[toc\]\]?", re.IGNORECASE)
_UNSEEN_TAG = re.compile(r"<(script|style)\b", re.IGNORECASE)


class _NestedTooDeepError(Exception):
    pass


def read_markdown(content: str, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Split front matter from body; return its fields and the body's structured text.

    Raises:
        MalformedSourceError: the front matter is no YAML mapping.
        TooComplexSourceError: it is too long for a page, or nests too deep.
    """
    if len(content) > _LONGEST_CHARS:
        raise TooComplexSourceError(origin, f"Markdown 超过 {_LONGEST_CHARS // 10_000} 万字")
    if content.count("[") > _MOST_BRACKETS:
        raise TooComplexSourceError(origin, f"Markdown 中的方括号超过 {_MOST_BRACKETS // 10_000} 万个")
    parser = build_parser()
    try:
        tree = SyntaxTreeNode(parser.parse(content))
    except _NestedTooDeepError:
        raise TooComplexSourceError(origin, f"列表或引用嵌套超过 {_DEEPEST // 2} 层") from None
    fields: Mapping[str, Any] = {}
    writer = _MarkdownWriter(parser, content.split("\n"))
    for node in tree.children:
        if node.type == "front_matter":
            fields = _front_matter(node.content, origin)
        else:
            writer.write(node, indent="", apart=True)
    return fields, writer.finish()


def build_parser() -> MarkdownIt:
    """CommonMark with tables, front matter and the ``:::`` containers of documentation sites.

    markdown-it drops what nests deeper than its limit; here that is an error instead.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST + 1}).enable("table").use(front_matter_plugin)
    parser.use(container_plugin, "any", validate=lambda *_: True)
    parser.block.ruler.before("table", "depth", _refuse_depth)
    parser.core.ruler.before("inline", "inline_depth", _limit_inline_depth)
    return parser


def _refuse_depth(state: StateBlock, _start: int, _end: int, _silent: bool) -> bool:
    if state.level >= _DEEPEST:
        raise _NestedTooDeepError
    return False


def _limit_inline_depth(state: StateCore) -> None:
    """Markup inside a line that nests deeper stays text; the time that brackets take grows with this limit."""
    state.md.options["maxNesting"] = _DEEPEST_INLINE


def _front_matter(source: str, origin: Origin) -> Mapping[str, Any]:
    try:
        fields = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a day such as 2025-02-30
        mark = getattr(error, "problem_mark", None)
        place = Origin(origin.path, mark.line + 2) if mark else origin
        raise MalformedSourceError(place, "文件头（front matter）不是合法的 YAML", "请检查冒号、引号与缩进") from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise MalformedSourceError(
            origin, "文件头（front matter）应为“字段: 值”的形式", "请逐行写成 title: 标题 这样的字段"
        )
    return fields


class _MarkdownWriter:
    """Writes the blocks of a syntax tree."""

    def __init__(self, parser: MarkdownIt, source_lines: list[str]) -> None:
        self._parser = parser
        self._source_lines = source_lines
        self._writer = BlockWriter()

    def finish(self) -> StructuredText:
        return self._writer.finish()

    def write(self, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
        line = _line(node)
        if node.type == "heading":
            text = self._inline_text(node).replace("\n", " ").replace("\v", " ")
            self._writer.add(text, BlockKind.HEADING, int(node.tag[1:]), apart=True, line=line)
        elif node.type == "paragraph":
            self._write_paragraph(node, indent, apart=apart)
        elif node.type in ("bullet_list", "ordered_list"):
            self._write_list(node, indent, apart=apart)
        elif node.type in ("fence", "code_block"):
            first = None if line is None else line + (node.type == "fence")
            self._writer.add(node.content.rstrip("\n"), BlockKind.CODE, apart=apart, line=first)
        elif node.type == "table":
            self._write_table(node, apart=apart)
        elif node.type == "html_block":
            write_html(self._writer, node.content, line, apart=apart)
        elif node.type == _CONTAINER:
            self._write_container(node, indent, apart=apart)
        else:
            self._write_children(node, indent, apart=apart)

    def _write_children(self, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
        for number, child in enumerate(node.children):
            self.write(child, indent, apart=apart and number == 0)

    def _write_paragraph(self, node: SyntaxTreeNode, indent: str, *, apart: bool, marker: str = "") -> None:
        text = marker + self._inline_text(node)
        if _CONTENTS_MARK.fullmatch(text):
            self._writer.remove(text, RemovalReason.MARKUP, line=_line(node))
            return
        self._writer.add(re.sub(r"^|(?<=[\n\v])", indent, text), BlockKind.LINE, apart=apart, line=_line(node))

    def _write_list(self, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
        first = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children):
            marker = f"{first + number}. " if node.type == "ordered_list" else "• "
            if node.type == "ordered_list" and (not item.children or item.children[0].type != "paragraph"):
                self._writer.add(indent + marker, BlockKind.LINE, apart=apart and number == 0, line=_line(item))
            for position, child in enumerate(item.children):
                lead = apart and number == 0 and position == 0
                if position == 0 and child.type == "paragraph":
                    self._write_paragraph(child, indent, apart=lead, marker=marker)
                else:
                    self.write(child, indent + "  ", apart=lead)

    def _write_table(self, table: SyntaxTreeNode, *, apart: bool) -> None:
        rows = [row for part in table.children for row in part.children]
        cells = [[" ".join(self._inline_text(cell).split()) for cell in row.children] for row in rows]
        shown = rows[1:] or rows
        for number, row in enumerate(shown):
            below = [cells[number + 1]] if len(rows) > 1 else []
            for text in iter_row_texts(cells[0], below):
                self._writer.add(text, BlockKind.ROW, apart=apart and number == 0, line=_line(row))

    def _write_container(self, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
        """The markers go, a title in the opening one stays."""
        line = _line(node)
        for piece, is_shown in split_head(node.markup, node.info):
            if not is_shown:
                self._writer.remove(piece.rstrip(), RemovalReason.MARKUP, line=line)
            elif piece:
                text = self._inline_text(SyntaxTreeNode(self._parser.parseInline(piece)))
                self._writer.add(indent + text, BlockKind.LINE, apart=apart, line=line)
                apart = False
        self._write_children(node, indent, apart=apart)
        # The last container of a page may be left open.
        end = node.map[1] if node.map else len(self._source_lines)
        if closing := _CONTAINER_END.match(self._source_lines[end] if end < len(self._source_lines) else ""):
            self._writer.remove(closing[1], RemovalReason.MARKUP, line=end + 1)

    def _inline_text(self, node: SyntaxTreeNode) -> str:
        """Visible text; a line end of the source is one here, a ``br`` a vertical tab."""
        kept: list[str] = []
        unseen: str | None = None
        for text, tag in _inline_parts(node):
            if unseen is not None:
                if tag.lower().startswith(f"</{unseen}"):
                    unseen = None
                elif text:
                    self._writer.remove(text, RemovalReason.MARKUP, line=_line(node))
            elif tag.startswith("<!--"):
                self._writer.remove(tag[4:].removesuffix("-->"), RemovalReason.MARKUP, line=_line(node))
            elif opened := _UNSEEN_TAG.match(tag):
                unseen = opened[1].lower()
            else:
                kept.append("\v" if tag.lower().startswith("<br") else text)
        return "".join(kept).strip()


def _inline_parts(node: SyntaxTreeNode) -> Iterator[tuple[str, str]]:
    """Yield pieces of text, and tags of HTML, each beside an empty string."""
    for child in node.children:
        if child.type in ("text", "code_inline"):
            yield child.content, ""
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n", ""
        elif child.type == "html_inline":
            yield "", child.content
        else:
            yield from _inline_parts(child)


def _line(node: SyntaxTreeNode) -> int | None:
    while node.map is None and node.parent is not None:
        node = node.parent
    return None if node.map is None else node.map[0] + 1
