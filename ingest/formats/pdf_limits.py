"""What a PDF unpacks to, before anything parses it: its streams are deflated, and pdfminer unpacks them whole."""

import re
import zlib
from collections.abc import Iterator

from ingest.errors import Origin, TooComplexSourceError

_LARGEST_BYTES = 300 * 2**20
_LARGEST_STREAM_BYTES = 100 * 2**20
_STREAM = re.compile(rb"stream\r?\n")
_BLOCK_BYTES = 2**20
_ZLIB_MARKS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def check_unpacked_size(data: bytes, origin: Origin) -> None:
    """Go through the deflated streams of a PDF without keeping what comes out.

    Raises:
        TooComplexSourceError: one of them, or all together, is larger than a document's can be.
    """
    total = 0
    for match in _STREAM.finditer(data):
        size = 0
        for length in _iter_unpacked_lengths(data, match.end()):
            size += length
            if size > _LARGEST_STREAM_BYTES or total + size > _LARGEST_BYTES:
                raise TooComplexSourceError(origin, f"PDF 内的数据解压后超过 {size // 2**20} MB，疑似压缩炸弹")
        total += size


def _iter_unpacked_lengths(data: bytes, start: int) -> Iterator[int]:
    if data[start : start + 2] not in _ZLIB_MARKS:
        return
    unpacker = zlib.decompressobj()
    view = memoryview(data)
    block: bytes | memoryview = view[start : start + _BLOCK_BYTES]
    end = start + _BLOCK_BYTES
    while len(block) and not unpacker.eof:
        try:
            yield len(unpacker.decompress(block, _BLOCK_BYTES))
        except zlib.error:
            return  # damaged, or no such stream; the parser will say
        block = unpacker.unconsumed_tail
        if not block:
            block, end = view[end : end + _BLOCK_BYTES], end + _BLOCK_BYTES
