"""JSON Lines, packed or not -> source records, line by line as a stream."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ingest.document import SourceRecord, sha256
from ingest.errors import DecodingError, MalformedSourceError, Origin, SourceError, SourceTooLargeError
from ingest.formats.columns import match_columns
from ingest.formats.encoding import decode
from ingest.formats.spreadsheet import RowRecords

_LARGEST_RATIO = 200
"""A .gz that unpacks to more than this many times its size is refused as a bomb."""

_OWN_FIELDS = {"text", "symptom", "kind"}
_BLOCK_BYTES = 2**20
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def iter_json_records(path: Path, stem: str, origin: Origin, limit_bytes: int) -> Iterator[SourceRecord | SourceError]:
    """Yield the document of each line, and an error in place of each that is broken.

    A line that has no fields of ours but those of another program's FAQ or tickets is read like a row of a table,
    see `ingest.formats.columns`; ``stem`` begins the ids of those that have none.
    A packed file is gone through once before, so that nothing of a damaged one is taken in.

    Raises:
        MalformedSourceError, SourceTooLargeError: of the packing.
        DecodingError: the file is UTF-16, in which lines cannot be told apart byte by byte.
    """
    foreign = RowRecords(stem)
    for number, raw in _iter_lines(path, origin, limit_bytes):
        place = Origin(origin.path, number)
        try:
            yield _read_line(raw, place, foreign)
        except SourceError as error:
            yield error


def _iter_lines(path: Path, origin: Origin, limit_bytes: int) -> Iterator[tuple[int, bytes]]:
    is_packed = path.name.lower().endswith(".gz")
    if is_packed:
        _check_packing(path, origin, limit_bytes)
    with cast(BinaryIO, gzip.open(path)) if is_packed else path.open("rb") as stream:
        for number, raw in enumerate(iter(lambda: stream.readline(limit_bytes + 1), b""), start=1):
            if number == 1 and raw.startswith(_WIDE_MARKS):
                raise DecodingError(origin, "JSON Lines 文件是 UTF-16 编码")
            if len(raw) > limit_bytes:
                raise SourceTooLargeError(Origin(origin.path, number), len(raw), limit_bytes)
            if raw.strip():
                yield number, raw


def _check_packing(path: Path, origin: Origin, limit_bytes: int) -> None:
    limit = min(limit_bytes * 10, max(path.stat().st_size * _LARGEST_RATIO, 2**20))
    size = 0
    try:
        with gzip.open(path) as stream:
            while block := stream.read(_BLOCK_BYTES):
                size += len(block)
                if size > limit:
                    raise SourceTooLargeError(origin, size, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise MalformedSourceError(origin, "gzip 压缩包已损坏", "请重新导出该文件") from error


def _read_line(raw: bytes, origin: Origin, foreign: RowRecords) -> SourceRecord:
    try:
        content = json.loads(decode(raw, origin))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise MalformedSourceError(origin, f"不是合法的 JSON：{error}", "请修正该行；其他行不受影响") from error
    if not isinstance(content, dict):
        raise MalformedSourceError(origin, "每行应为一个 JSON 对象", "请把该行改写为 {…} 形式")
    if _OWN_FIELDS.isdisjoint(content):
        columns = match_columns(dict(enumerate(content)), {})
        if columns.is_faq or columns.is_ticket:
            cells = enumerate(_cell(value) for value in content.values())
            return foreign.build(columns, {position: cell for position, cell in cells if cell}, origin)
    document_id = content.get("id")
    if not isinstance(document_id, str) or not document_id.strip():
        raise MalformedSourceError(origin, "字段“id”缺失或不是文本", "请为该行补上唯一的 id")
    return SourceRecord(document_id.strip(), "json-line", origin, content, sha256(raw.strip()))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
