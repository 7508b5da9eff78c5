"""DOCX -> plain text with blocks, by python-docx: what is shown, automatic numbers included."""

import io
import re
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.oxml.parser import parse_xml

from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.errors import Origin
from ingest.formats.blocks import BlockWriter
from ingest.formats.damage import damage_as_error
from ingest.formats.docx_numbering import Numbering
from ingest.formats.docx_styles import Styles, W, children
from ingest.formats.docx_table import iter_cells, iter_rows, lay_out
from ingest.formats.docx_text import ParagraphText, all_text
from ingest.formats.office_package import check_package
from ingest.formats.table_rows import iter_row_texts, split_header

_LARGEST_BYTES = 500 * 2**20
_LARGEST_XML_BYTES = 100 * 2**20
_LONGEST_HEADING_CHARS = 60
_SENTENCE_MARKS = re.compile(r"[。；;！!？?]")
_DEEPEST_TABLE = 5

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CONTAINERS = {f"{W}{name}" for name in ("body", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent")}
_CONTAINERS |= {f"{_MC}Choice", f"{W}tc", f"{W}footnote", f"{W}endnote"}


def read_docx(data: bytes, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return no fields and the structured text; running heads and feet, deletions and comments are recorded as removed.

    Raises:
        EncryptedSourceError, MalformedSourceError, TooComplexSourceError
    """
    check_package(data, origin, "DOCX", _LARGEST_BYTES, _LARGEST_XML_BYTES)
    with damage_as_error(origin, "DOCX"):
        return {}, _DocxReader(Document(io.BytesIO(data))).read()


class _DocxReader:
    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        self._parts: dict[str, list[Any]] = {}
        for relation in document.part.rels.values():
            if not relation.is_external:
                name = str(relation.reltype).rsplit("/", 1)[-1]
                self._parts.setdefault(name, []).append(relation.target_part)
        self._styles = Styles(self._root("styles"))
        self._numbering = Numbering(self._root("numbering"), self._styles)
        self._writer = BlockWriter()
        self._notes: dict[tuple[str, str], int] = {}
        self._has_begun = False

    def read(self) -> StructuredText:
        self._write_blocks(self._body)
        self._write_notes()
        for name, reason in (
            ("header", RemovalReason.PAGE_FOOTER),
            ("footer", RemovalReason.PAGE_FOOTER),
            ("comments", RemovalReason.MARKUP),
        ):
            texts = [_lines(_part_root(part)) for part in self._parts.get(name, [])]
            for text in dict.fromkeys(texts):
                self._writer.remove(text, reason)
        return self._writer.finish()

    def _root(self, name: str) -> Any:
        parts = self._parts.get(name, [])
        return _part_root(parts[0]) if parts else None

    def _write_blocks(self, container: Any) -> None:
        """Paragraphs and tables in the order of the text; containers are looked into, however deep they nest."""
        stack = [container]
        while stack:
            element = stack.pop()
            if element.tag == f"{W}p":
                stack.extend(reversed(self._write_paragraph(element)))
            elif element.tag == f"{W}tbl":
                if frame := _cells_of_a_frame(element):
                    stack.extend(reversed(frame))
                else:
                    self._write_table(element)
            elif element.tag == f"{W}sdt":
                stack.extend(reversed(children(element, "sdtContent")))
            elif element.tag in _CONTAINERS:
                stack.extend(reversed(list(element)))
            elif element.tag == f"{_MC}AlternateContent":
                stack.extend(list(element)[:1])
            elif element.tag in (f"{W}del", f"{W}moveFrom"):
                self._remove(all_text(element), RemovalReason.MARKUP)

    def _write_paragraph(self, paragraph: Any) -> list[Any]:
        """Write a paragraph; return the text boxes that hang on it."""
        content = ParagraphText(paragraph, self._remove, self._note_number)
        if not content.text.strip():
            return content.boxes
        if self._styles.is_contents(paragraph):
            self._remove(content.text.replace("\v", "\n"), RemovalReason.BOILERPLATE)
            return content.boxes
        text = self._numbering.next_label(paragraph) + content.text.strip()
        level = self._heading_level(paragraph, text)
        if level:
            self._writer.add(text.replace("\v", " "), BlockKind.HEADING, level, apart=True)
        else:
            self._writer.add(text, BlockKind.LINE)
        self._has_begun = True
        return content.boxes

    def _heading_level(self, paragraph: Any, text: str) -> int:
        """Level of a heading, 0 for text; whole articles are at times set in the style of a heading."""
        if len(text) > _LONGEST_HEADING_CHARS and _SENTENCE_MARKS.search(text):
            return 0
        if level := self._styles.heading_level(paragraph):
            return level
        is_title = not self._has_begun and len(text) <= _LONGEST_HEADING_CHARS and not _SENTENCE_MARKS.search(text)
        return 1 if is_title and self._styles.is_centred(paragraph) else 0

    def _write_table(self, table: Any) -> None:
        grid, marked = lay_out(table, lambda cell: self._cell_text(cell, 1))
        header, rows = split_header(grid, marked)
        for number, text in enumerate(iter_row_texts(header, rows)):
            self._writer.add(text, BlockKind.ROW, apart=number == 0)
        self._has_begun = self._has_begun or bool(grid)

    def _cell_text(self, cell: Any, depth: int) -> str:
        """Paragraphs of a cell on one line, tables in it row by row; what nests deeper than anyone reads is joined."""
        if depth > _DEEPEST_TABLE:
            return " ".join(all_text(cell).split())
        texts: list[str] = []
        stack = list(reversed(list(cell)))
        while stack:
            element = stack.pop()
            if element.tag == f"{W}p":
                content = ParagraphText(element, self._remove, self._note_number)
                label = self._numbering.next_label(element) if content.text.strip() else ""
                texts.append(label.lstrip() + content.text)
                stack.extend(reversed(content.boxes))
            elif element.tag == f"{W}tbl":
                grid, marked = lay_out(element, lambda inner: self._cell_text(inner, depth + 1))
                texts.append("；".join(iter_row_texts(*split_header(grid, marked))))
            elif element.tag == f"{W}sdt":
                stack.extend(reversed(children(element, "sdtContent")))
            elif element.tag in _CONTAINERS:
                stack.extend(reversed(list(element)))
        return " ".join(" ".join(texts).split())

    def _note_number(self, kind: str, note_id: str) -> int:
        return self._notes.setdefault((kind, note_id), len(self._notes) + 1)

    def _write_notes(self) -> None:
        """Foot- and endnotes follow the text under the numbers by which it refers to them."""
        roots = {kind: self._root(f"{kind}s") for kind in ("footnote", "endnote")}
        written = 0
        while written < len(self._notes):  # a note may refer to another
            (kind, note_id), number = list(self._notes.items())[written]
            written += 1
            for note in children(roots[kind], kind):
                if note.get(f"{W}id") == note_id:
                    text = f"[{number}] {self._cell_text(note, 1)}"
                    self._writer.add(text, BlockKind.LINE, apart=number == 1)

    def _remove(self, text: str, reason: RemovalReason) -> None:
        self._writer.remove(text, reason)


def _part_root(part: Any) -> Any:
    return part.element if hasattr(part, "element") else parse_xml(part.blob)


def _lines(root: Any) -> str:
    return "\n".join(filter(None, (all_text(paragraph) for paragraph in root.iter(f"{W}p"))))


def _cells_of_a_frame(table: Any) -> list[Any]:
    """The cells of a table of one column, which is a frame around text; empty for a real table."""
    cells: list[Any] = []
    for row in iter_rows(table):
        in_row = list(iter_cells(row))
        if len(in_row) > 1:
            return []
        cells.extend(in_row)
    return cells
