"""Folders and files -> source records: the only code that reads sources."""

import gzip
import io
import json
import stat
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.document import SourceRecord, sha256
from ingest.errors import (
    DecodingError,
    MalformedSourceError,
    Origin,
    SourceError,
    SourceTooLargeError,
    UnreadableSourceError,
    UnsupportedFormatError,
)

TEXT_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".txt": "text"}
LINE_SUFFIXES = (".jsonl", ".jsonl.gz")
SUPPORTED = "、".join((*TEXT_SUFFIXES, *LINE_SUFFIXES))

_ENCODINGS = ("utf-8-sig", "gb18030")
_ENCODING_NAMES = "UTF-8 或 GB18030"
_SKIPPED_NAMES = ("README.md",)
_LARGEST_RATIO = 200
"""A .gz that unpacks to more than this many times its size is refused as a bomb."""


@dataclass(frozen=True)
class SourceFile:
    """A file to be ingested, and the name that its documents' ids are built from.

    ``name`` is the path under the ingested folder, with forward slashes; for a file named by itself, its file name.
    """

    path: Path
    name: str

    @property
    def origin(self) -> Origin:
        return _origin(self.path)

    @property
    def format(self) -> str | None:
        lower = self.name.lower()
        if lower.endswith(LINE_SUFFIXES):
            return "json-lines"
        return TEXT_SUFFIXES.get(Path(lower).suffix)


def find_sources(paths: Iterable[Path]) -> Iterator[SourceFile | SourceError]:
    """Yield the supported files under ``paths``, folders in sorted order; an error in place of each that can't be had.

    Inside a folder, hidden files, READMEs and files of other formats are passed over; a file that is named
    itself must be of a supported format.
    """
    for path in paths:
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except OSError as error:
            yield UnreadableSourceError(_origin(path), error.strerror or str(error))
            continue
        if is_folder:
            yield from _walk(path, path)
        elif not exists:
            yield UnreadableSourceError(_origin(path), "文件或文件夹不存在")
        else:
            source = SourceFile(path, path.name)
            if source.format:
                yield _named(source)
            else:
                yield UnsupportedFormatError(_origin(path), f"不支持的文件类型“{path.suffix}”", SUPPORTED)


def _walk(folder: Path, root: Path) -> Iterator[SourceFile | SourceError]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield UnreadableSourceError(_origin(folder), error.strerror or str(error))
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _SKIPPED_NAMES:
            continue
        if entry.is_dir():
            # A link to a folder may lead back into the tree.
            if not entry.is_symlink():
                yield from _walk(entry, root)
        else:
            source = SourceFile(entry, entry.relative_to(root).as_posix())
            if source.format:
                yield _named(source)


def _named(source: SourceFile) -> SourceFile | SourceError:
    """``source``, or an error where its name is no text, so that no id can be made of it (names in GBK on Linux)."""
    try:
        source.name.encode()
    except UnicodeEncodeError:
        return UnreadableSourceError(source.origin, "文件名不是 UTF-8 编码，请先改名")
    return source


def _origin(path: Path) -> Origin:
    """Where a file stands; bytes of its name that are no text are replaced, so that it can be shown."""
    return Origin(str(path).encode(errors="replace").decode())


def file_digest(source: SourceFile, limit_bytes: int) -> str:
    """Digest of a file's bytes.

    Raises:
        UnreadableSourceError, SourceTooLargeError
    """
    return sha256(_read_bytes(source, limit_bytes))


def count_records(source: SourceFile, limit_bytes: int) -> int:
    """How many documents a file holds, broken ones included; for progress, so a broken file counts as one."""
    if source.format != "json-lines":
        return 1
    try:
        return sum(1 for line in _line_bytes(source, limit_bytes).split(b"\n") if line.strip())
    except SourceError:
        return 1


def read_records(source: SourceFile, limit_bytes: int) -> Iterator[SourceRecord | SourceError]:
    """Yield the documents of a file, and an error in place of each that is broken; other lines go on.

    Raises:
        SourceError: the file as a whole cannot be read.
    """
    if source.format == "json-lines":
        yield from _read_lines(_line_bytes(source, limit_bytes), source)
        return
    data = _read_bytes(source, limit_bytes)
    stem = source.name.rsplit(".", 1)[0]
    content = decode(data, source.origin)
    if not content.strip():
        raise MalformedSourceError(source.origin, "文件是空的", "请补充内容或删除该文件")
    yield SourceRecord(stem, source.format or "", source.origin, content, sha256(data))


def decode(data: bytes, origin: Origin) -> str:
    """Decode UTF-8 (with or without BOM) or GB18030.

    Raises:
        DecodingError: neither fits, or the bytes are no text at all.
    """
    if b"\x00" in data:
        raise DecodingError(origin, _ENCODING_NAMES)
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DecodingError(origin, _ENCODING_NAMES)


def _read_bytes(source: SourceFile, limit_bytes: int) -> bytes:
    try:
        status = source.path.stat()
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device may never end.
            raise UnreadableSourceError(source.origin, "不是普通文件")
        if status.st_size > limit_bytes:
            raise SourceTooLargeError(source.origin, status.st_size, limit_bytes)
        return source.path.read_bytes()
    except OSError as error:
        raise UnreadableSourceError(source.origin, error.strerror or str(error)) from error


def _line_bytes(source: SourceFile, limit_bytes: int) -> bytes:
    data = _read_bytes(source, limit_bytes)
    return _unzip(data, source.origin, limit_bytes) if source.name.lower().endswith(".gz") else data


def _unzip(data: bytes, origin: Origin, limit_bytes: int) -> bytes:
    limit = min(limit_bytes * 10, max(len(data) * _LARGEST_RATIO, 2**20))
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise MalformedSourceError(origin, "gzip 压缩包已损坏", "请重新导出该文件") from error
    if len(unpacked) > limit:
        raise SourceTooLargeError(origin, len(unpacked), limit)
    return unpacked


def _read_lines(data: bytes, source: SourceFile) -> Iterator[SourceRecord | SourceError]:
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if not raw.strip():
            continue
        origin = Origin(source.origin.path, number)
        try:
            yield _read_line(raw, origin)
        except SourceError as error:
            yield error


def _read_line(raw: bytes, origin: Origin) -> SourceRecord:
    try:
        content = json.loads(decode(raw, origin))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise MalformedSourceError(origin, f"不是合法的 JSON：{error}", "请修正该行；其他行不受影响") from error
    if not isinstance(content, dict):
        raise MalformedSourceError(origin, "每行应为一个 JSON 对象", "请把该行改写为 {…} 形式")
    document_id = content.get("id")
    if not isinstance(document_id, str) or not document_id.strip():
        raise MalformedSourceError(origin, "字段“id”缺失或不是文本", "请为该行补上唯一的 id")
    return SourceRecord(document_id.strip(), "json-line", origin, content, sha256(raw.strip()))
