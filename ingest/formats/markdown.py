"""Markdown -> plain text with blocks, by markdown-it-py.

The text that is kept reads as the page would: no markup, a table row as ``column：cell；column：cell`` so that
header and cell stay together wherever a chunk begins, code as it stands.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin

from ingest.document import BlockKind, StructuredText
from ingest.errors import MalformedSourceError, Origin
from ingest.formats.blocks import BlockWriter

_TAGS = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>|<[!?][^<>]*>", re.DOTALL)


def read_markdown(content: str, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Split front matter from body; return its fields and the body's structured text.

    Raises:
        MalformedSourceError: the front matter is no YAML mapping.
    """
    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    tree = SyntaxTreeNode(parser.parse(content))
    fields: Mapping[str, Any] = {}
    writer = BlockWriter()
    for node in tree.children:
        if node.type == "front_matter":
            fields = _front_matter(node.content, origin)
        else:
            _write_block(writer, node, indent="", apart=True)
    return fields, writer.finish()


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


def _write_block(writer: BlockWriter, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
    if node.type == "heading":
        writer.add(_inline_text(node).replace("\n", " "), BlockKind.HEADING, int(node.tag[1:]), apart=True)
    elif node.type == "paragraph":
        writer.add(_indented(_inline_text(node), indent), BlockKind.LINE, apart=apart)
    elif node.type in ("bullet_list", "ordered_list"):
        _write_list(writer, node, indent, apart=apart)
    elif node.type in ("fence", "code_block"):
        writer.add(node.content.rstrip("\n"), BlockKind.CODE, apart=apart)
    elif node.type == "table":
        for number, row in enumerate(_table_rows(node)):
            writer.add(row, BlockKind.ROW, apart=apart and number == 0)
    elif node.type == "html_block":
        writer.add(_TAGS.sub("", node.content), BlockKind.LINE, apart=apart)
    else:
        for number, child in enumerate(node.children):
            _write_block(writer, child, indent, apart=apart and number == 0)


def _write_list(writer: BlockWriter, node: SyntaxTreeNode, indent: str, *, apart: bool) -> None:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children):
        marker = f"{first + number}. " if node.type == "ordered_list" else "• "
        for position, child in enumerate(item.children):
            lead = apart and number == 0 and position == 0
            if position == 0 and child.type == "paragraph":
                writer.add(_indented(marker + _inline_text(child), indent), BlockKind.LINE, apart=lead)
            else:
                _write_block(writer, child, indent + "  ", apart=lead)


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line for line in text.split("\n"))


def _table_rows(table: SyntaxTreeNode) -> Iterator[str]:
    rows = [row for part in table.children for row in part.children]
    header = [_cell(cell) for cell in rows[0].children]
    if len(rows) == 1:
        yield "；".join(filter(None, header))
    for row in rows[1:]:
        cells = [_cell(cell) for cell in row.children]
        yield "；".join(f"{name}：{cell}" if name else cell for name, cell in zip(header, cells, strict=False) if cell)


def _cell(node: SyntaxTreeNode) -> str:
    return " ".join(_inline_text(node).split())


def _inline_text(node: SyntaxTreeNode) -> str:
    return "".join(_inline_parts(node)).strip()


def _inline_parts(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif child.type == "html_inline":
            yield "\n" if child.content.lower().startswith("<br") else ""
        else:
            yield from _inline_parts(child)
