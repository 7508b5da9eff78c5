"""Every supported format in one table: suffix -> format -> reader."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.document import StructuredText
from ingest.errors import Origin
from ingest.fields import DocumentFields
from ingest.formats import delimited, workbook
from ingest.formats.docx import read_docx
from ingest.formats.html import read_html
from ingest.formats.image import read_image
from ingest.formats.json_lines import read_json_object
from ingest.formats.markdown import read_markdown
from ingest.formats.pdf import read_pdf
from ingest.formats.plain_text import read_plain_text
from ingest.formats.spreadsheet import Sheet, read_row, read_sheet

TextReader = Callable[[str, Origin], tuple[Mapping[str, Any], StructuredText]]
BytesReader = Callable[[bytes, Origin], tuple[Mapping[str, Any], StructuredText]]
RecordReader = Callable[[Mapping[str, Any], Origin], tuple[DocumentFields, StructuredText, Mapping[str, str]]]
SheetReader = Callable[[Path, Origin], Iterator[Sheet]]


@dataclass(frozen=True)
class Format:
    """How files with these suffixes are read: as one text, as one lot of bytes, by line or by sheet."""

    name: str
    suffixes: tuple[str, ...]
    read_text: TextReader | None = None
    read_bytes: BytesReader | None = None
    iter_sheets: SheetReader | None = None


FORMATS = (
    Format("markdown", (".md", ".markdown"), read_text=read_markdown),
    Format("text", (".txt",), read_text=read_plain_text),
    Format("html", (".html", ".htm"), read_bytes=read_html),
    Format("docx", (".docx",), read_bytes=read_docx),
    Format("pdf", (".pdf",), read_bytes=read_pdf),
    Format("image", (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"), read_bytes=read_image),
    Format("xlsx", (".xlsx",), iter_sheets=workbook.iter_sheets),
    Format("csv", (".csv", ".tsv"), iter_sheets=delimited.iter_sheets),
    Format("json-lines", (".jsonl", ".jsonl.gz")),
)

RECORD_READERS: Mapping[str, RecordReader] = {
    "json-line": read_json_object,
    "table-row": read_row,
    "sheet": read_sheet,
}
"""Format of a record whose content is fields -> its reader."""

FORMATS_BY_NAME = {item.name: item for item in FORMATS}
SUPPORTED = "、".join(suffix for item in FORMATS for suffix in item.suffixes)


def find_format(file_name: str) -> Format | None:
    """The format of a file by its name, whatever the case of its suffix."""
    lower = file_name.lower()
    return next((item for item in FORMATS if lower.endswith(item.suffixes)), None)
