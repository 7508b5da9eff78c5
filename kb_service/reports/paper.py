"""Pages, fonts and tables of a Word document in Chinese."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from kb_service.reports.printable import to_printable

_TEXT_FONT, _HEADING_FONT, _LATIN_FONT = "宋体", "黑体", "Times New Roman"
_TEXT_SIZE, _SMALL_SIZE = Pt(10.5), Pt(9)
_HEADING_SIZES = {"Title": Pt(20), "Heading 1": Pt(14), "Heading 2": Pt(12)}
_BLACK = RGBColor(0, 0, 0)
_HEADER_COLOR = "DDE6F0"
_A4_WIDTH, _A4_HEIGHT, _MARGIN = Cm(21), Cm(29.7), Cm(2.2)
TEXT_WIDTH_CM = 16.6


class Paper:
    """A document on A4 that grows from top to bottom."""

    def __init__(self, title: str) -> None:
        self._document: DocxDocument = Document()
        self._document.core_properties.title = to_printable(title)
        self._document.core_properties.author = ""
        self._document.core_properties.language = "zh-CN"
        self._set_page()
        self._set_fonts()
        heading = self._document.add_paragraph(to_printable(title), style="Title")
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def add_heading(self, text: str) -> None:
        self._document.add_heading(to_printable(text), level=1)

    def add_text(self, text: str) -> None:
        """Each line a paragraph."""
        for line in to_printable(text).splitlines() or [""]:
            self._document.add_paragraph(line)

    def add_pairs(self, pairs: Sequence[tuple[str, str]], label_width_cm: float = 3.0) -> None:
        """A table of two columns: what it is, and which."""
        table = self._add_table(2, (label_width_cm, TEXT_WIDTH_CM - label_width_cm))
        for label, value in pairs:
            cells = _add_row(table).cells
            _fill(cells[0], label, bold=True)
            _shade(cells[0])
            _fill(cells[1], value)

    def add_table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths_cm: Sequence[float],
        *,
        bold_rows: Sequence[int] = (),
    ) -> None:
        """The header is repeated on every page; no row is torn apart by a page's end."""
        table = self._add_table(len(header), widths_cm)
        head = _add_row(table)
        for cell, name in zip(head.cells, header, strict=True):
            _fill(cell, name, bold=True)
            _shade(cell)
        _set_row_property(head._tr, "w:tblHeader")
        for number, values in enumerate(rows):
            row = _add_row(table)
            _set_row_property(row._tr, "w:cantSplit")
            for cell, value in zip(row.cells, values, strict=True):
                _fill(cell, value, bold=number in bold_rows)

    def to_bytes(self) -> bytes:
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _add_table(self, columns: int, widths_cm: Sequence[float]) -> Table:
        table: Table = self._document.add_table(rows=0, cols=columns, style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths_cm, strict=True):
            column.width = Cm(width)
        return table

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = _A4_WIDTH, _A4_HEIGHT
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer.add_run("第 ")
        _add_field(footer, "PAGE")
        footer.add_run(" 页，共 ")
        _add_field(footer, "NUMPAGES")
        footer.add_run(" 页")

    def _set_fonts(self) -> None:
        styles = self._document.styles
        _set_font(styles["Normal"], _TEXT_FONT, _TEXT_SIZE)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        for name, size in _HEADING_SIZES.items():
            _set_font(styles[name], _HEADING_FONT, size)
            styles[name].font.color.rgb = _BLACK
            styles[name].font.bold = True


def _set_font(style: object, chinese: str, size: Pt) -> None:
    """Chinese characters take the font named for East Asia; the plain name is for Latin letters and digits."""
    style.font.name = _LATIN_FONT  # type: ignore[attr-defined]
    style.font.size = size  # type: ignore[attr-defined]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        # A theme's font would win over the one named here.
        fonts.attrib.pop(qn(attribute), None)
    fonts.set(qn("w:ascii"), _LATIN_FONT)
    fonts.set(qn("w:hAnsi"), _LATIN_FONT)
    fonts.set(qn("w:eastAsia"), chinese)


def _add_row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    return row


def _fill(cell: _Cell, text: str, *, bold: bool = False) -> None:
    lines = to_printable(text).splitlines() or [""]
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(line)
        run.bold, run.font.size = bold, _SMALL_SIZE


def _shade(cell: _Cell) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), _HEADER_COLOR)
    cell._tc.get_or_add_tcPr().append(shading)


def _set_row_property(row: object, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    """A number that Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    paragraph._p.append(field)
