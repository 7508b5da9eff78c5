"""Pictures of text: PNG, JPEG, BMP, TIFF (every page of it) and WebP, read by OCR."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from ingest.document import StructuredText
from ingest.errors import Origin, TooComplexSourceError
from ingest.formats.blocks import BlockWriter
from ingest.formats.damage import damage_as_error
from ingest.formats.ocr import recognize
from ingest.formats.page_blocks import SCANNED, write_pages
from ingest.formats.page_layout import Page

_MOST_PIXELS = 60_000_000
_MOST_FRAMES = 500
_LONGEST_SIDE_PIXELS = 4000
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "MPO")


def read_image(data: bytes, origin: Origin) -> tuple[Mapping[str, Any], StructuredText]:
    """Return no fields and the text that a picture shows; each picture of a TIFF is a page.

    Raises:
        MalformedSourceError, TooComplexSourceError
        MissingExtraError: the OCR package is not installed.
    """
    with damage_as_error(origin, "图片"):
        try:
            frames = enumerate(_iter_frames(data, origin), start=1)
            pages = [Page(number, float(pixels.shape[0]), recognize(pixels, origin)) for number, pixels in frames]
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooComplexSourceError(origin, "图片的像素数超过上限") from error
    writer = BlockWriter()
    write_pages(writer, pages, SCANNED)
    return {}, writer.finish()


def _iter_frames(data: bytes, origin: Origin) -> Iterator[NDArray[np.uint8]]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number >= _MOST_FRAMES:
                raise TooComplexSourceError(origin, f"图片超过 {_MOST_FRAMES} 页")
            # The size stands in the header; nothing is unpacked before it has been looked at.
            if frame.width * frame.height > _MOST_PIXELS:
                raise TooComplexSourceError(origin, f"图片有 {frame.width}×{frame.height} 像素，超过上限")
            upright = ImageOps.exif_transpose(frame)
            flat = Image.new("RGB", upright.size, "white")
            with_alpha = upright.convert("RGBA")
            flat.paste(with_alpha, mask=with_alpha)
            flat.thumbnail((_LONGEST_SIDE_PIXELS, _LONGEST_SIDE_PIXELS))
            yield np.asarray(flat)
