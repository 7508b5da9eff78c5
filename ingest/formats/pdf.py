"""PDF -> blocks with page numbers: pdfplumber for pages that hold text, OCR for those that hold a picture of it."""

import io
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2
from numpy.typing import NDArray
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ingest.document import StructuredText
from ingest.errors import EncryptedSourceError, MalformedSourceError, Origin, TooComplexSourceError
from ingest.formats.blocks import BlockWriter
from ingest.formats.damage import damage_as_error
from ingest.formats.ocr import recognize
from ingest.formats.page_blocks import PRINTED, SCANNED, join_lines, write_pages
from ingest.formats.page_layout import Page, Table, Word
from ingest.formats.pdf_limits import check_unpacked_size

_MOST_PAGES = 3000
_MOST_CHARS_OF_A_PAGE = 60_000
_LEAST_CHARS = 10
"""A page with fewer characters and a picture or drawing is a scan: some scanners print a stamp of their own."""

_MOST_UNKNOWN_GLYPHS = 0.3
_UNKNOWN_GLYPH = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff]")
_GAP_IN_A_WORD_SIZES = 0.6
_DOTS_PER_INCH = 200
_POINTS_PER_INCH = 72
_LONGEST_SIDE_PIXELS = 3000


def read_pdf(data: bytes, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return no fields and the structured text; running heads and feet are recorded as removed.

    Raises:
        EncryptedSourceError: it opens with a password only.
        MalformedSourceError: it is damaged.
        TooComplexSourceError: it unpacks to too much, or has too many pages.
        MissingExtraError: it has scanned pages, and the OCR package is not installed.
    """
    check_unpacked_size(data, origin)
    with damage_as_error(origin, "PDF"), closing(_open(data, origin)) as document:
        if len(document.pages) > _MOST_PAGES:
            raise TooComplexSourceError(origin, f"PDF 超过 {_MOST_PAGES} 页")
        if not document.pages:
            raise MalformedSourceError(origin, "PDF 没有任何页", "请重新下载或重新导出")
        pages, scanned = _read_pages(document, origin)
        pages.extend(_read_scans(data, scanned, origin))
    writer = BlockWriter()
    write_pages(
        writer,
        sorted(pages, key=lambda page: page.number),
        SCANNED if len(scanned) > len(pages) / 2 else PRINTED,
    )
    return {}, writer.finish()


def _open(data: bytes, origin: Origin) -> Any:
    # pdfminer logs every oddity that it finds.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        return pdfplumber.open(io.BytesIO(data))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
            raise EncryptedSourceError(origin) from error
        raise


def _read_pages(document: Any, origin: Origin) -> tuple[list[Page], list[int]]:
    """The pages that hold text, and the numbers of those that hold a picture of it."""
    pages: list[Page] = []
    scanned: list[int] = []
    for number, page in enumerate(document.pages, start=1):
        if len(page.chars) > _MOST_CHARS_OF_A_PAGE:
            raise TooComplexSourceError(origin, f"PDF 第 {number} 页的字符超过 {_MOST_CHARS_OF_A_PAGE} 个")
        text = "".join(char["text"] for char in page.chars)
        visible = len("".join(text.split()))
        is_unreadable = len(_UNKNOWN_GLYPH.findall(text)) > _MOST_UNKNOWN_GLYPHS * max(visible, 1)
        if is_unreadable or (visible < _LEAST_CHARS and (page.images or page.curves)):
            scanned.append(number)
        else:
            pages.append(_read_page(page, number))
        page.close()
    return pages, scanned


def _read_page(page: Any, number: int) -> Page:
    upright = page.filter(_is_upright).dedupe_chars(tolerance=1)
    tables, frames = [], []
    for found in page.find_tables():
        rows = tuple(tuple(join_lines((cell or "").split("\n")) for cell in row) for row in found.extract())
        if len(rows) > 1 and len(rows[0]) > 1 and any(any(row) for row in rows):
            x0, top, x1, bottom = found.bbox
            tables.append(Table(rows, x0, x1, top, bottom))
            frames.append(found.bbox)
    words = upright.extract_words(
        keep_blank_chars=True, x_tolerance_ratio=_GAP_IN_A_WORD_SIZES, extra_attrs=["size"], use_text_flow=False
    )
    outside = [word for word in words if not any(_is_inside(word, frame) for frame in frames)]
    return Page(
        number,
        float(page.height),
        tuple(
            Word(word["text"], word["x0"], word["x1"], word["top"], word["bottom"], word["size"])
            for word in outside
            if word["text"].strip()
        ),
        tuple(tables),
    )


def _is_upright(item: Mapping[str, Any]) -> bool:
    """Slanted text is a watermark."""
    return item["object_type"] != "char" or bool(item["upright"])


def _is_inside(word: Mapping[str, Any], frame: tuple[float, float, float, float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    x0, top, x1, bottom = frame
    return bool(x0 <= x <= x1 and top <= y <= bottom)


def _read_scans(data: bytes, numbers: list[int], origin: Origin) -> Iterator[Page]:
    if not numbers:
        return
    with closing(pypdfium2.PdfDocument(data)) as document:
        for number in numbers:
            pixels = _render(document[number - 1])
            yield Page(number, float(pixels.shape[0]), recognize(pixels, origin))


def _render(page: Any) -> NDArray[np.uint8]:
    longest = max(*page.get_size(), 1)
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST_SIDE_PIXELS / longest)
    return np.asarray(page.render(scale=scale).to_pil().convert("RGB"))
