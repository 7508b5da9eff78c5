"""Folders and files -> source records: finds sources, and reads them with the formats' help."""

import hashlib
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.document import SourceRecord, sha256
from ingest.errors import (
    MalformedSourceError,
    Origin,
    SourceError,
    SourceTooLargeError,
    UnreadableSourceError,
    UnsupportedFormatError,
)
from ingest.formats.columns import SIDECAR_SUFFIX, parse_sidecar
from ingest.formats.encoding import decode
from ingest.formats.json_stream import iter_json_records
from ingest.formats.registry import SUPPORTED, Format, find_format
from ingest.formats.spreadsheet import iter_sheet_records

_SKIPPED_NAMES = ("README.md",)
_SKIPPED_BEGINNINGS = (".", "~$")
"""Hidden files, and those by which Office marks a document as open."""

_ILLUSTRATION_FOLDERS = {"images", "image", "img", "imgs", "assets", "figures", "pics", "static", "public", "media"}
_SIDECAR_LIMIT_BYTES = 100_000


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
        found = find_format(self.name)
        return found.name if found else None


def find_sources(paths: Iterable[Path]) -> Iterator[SourceFile | SourceError]:
    """Yield the supported files under ``paths``, folders in sorted order; an error in place of each that can't be had.

    Inside a folder, hidden files, READMEs, pictures in folders for illustrations and files of other formats are
    passed over; a file that is named itself must be of a supported format.
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
        if entry.name.startswith(_SKIPPED_BEGINNINGS) or entry.name in _SKIPPED_NAMES:
            continue
        if entry.is_dir():
            # A link to a folder may lead back into the tree.
            if not entry.is_symlink():
                yield from _walk(entry, root)
        else:
            source = SourceFile(entry, entry.relative_to(root).as_posix())
            if source.format and not _is_illustration(source):
                yield _named(source)


def _is_illustration(source: SourceFile) -> bool:
    return source.format == "image" and not _ILLUSTRATION_FOLDERS.isdisjoint(source.name.lower().split("/")[:-1])


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
    """Digest of a file's bytes, and of what lies beside it to say what its columns mean.

    Raises:
        UnreadableSourceError, SourceTooLargeError
    """
    _check_size(source, limit_bytes)
    try:
        with source.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        sidecar = _sidecar(source.path)
        return sha256(digest.encode() + sidecar.read_bytes()) if sidecar else digest
    except OSError as error:
        raise UnreadableSourceError(source.origin, error.strerror or str(error)) from error


def read_records(source: SourceFile, limit_bytes: int) -> Iterator[SourceRecord | SourceError]:
    """Yield the documents of a file, and an error in place of each that is broken; other lines go on.

    Files that hold a document a line or row are read as streams.

    Raises:
        SourceError: the file as a whole cannot be read.
    """
    _check_size(source, limit_bytes)
    source_format = _format_of(source)
    try:
        if source_format.name == "json-lines":
            yield from iter_json_records(source.path, _stem(source), source.origin, limit_bytes)
        elif source_format.iter_sheets:
            yield from _read_sheets(source, source_format)
        else:
            yield _read_whole(source, source_format)
    except OSError as error:
        raise UnreadableSourceError(source.origin, error.strerror or str(error)) from error


def _format_of(source: SourceFile) -> Format:
    found = find_format(source.name)
    if found is None:
        raise UnsupportedFormatError(source.origin, f"不支持的文件类型“{source.path.suffix}”", SUPPORTED)
    return found


def _check_size(source: SourceFile, limit_bytes: int) -> None:
    try:
        status = source.path.stat()
    except OSError as error:
        raise UnreadableSourceError(source.origin, error.strerror or str(error)) from error
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe or a device may never end.
        raise UnreadableSourceError(source.origin, "不是普通文件")
    if status.st_size > limit_bytes:
        raise SourceTooLargeError(source.origin, status.st_size, limit_bytes)


def _read_whole(source: SourceFile, source_format: Format) -> SourceRecord:
    data = source.path.read_bytes()
    content = decode(data, source.origin) if source_format.read_text else data
    if not content.strip():
        raise MalformedSourceError(source.origin, "文件是空的", "请补充内容或删除该文件")
    return SourceRecord(_stem(source), source_format.name, source.origin, content, sha256(data))


def _read_sheets(source: SourceFile, source_format: Format) -> Iterator[SourceRecord | SourceError]:
    assert source_format.iter_sheets is not None
    stated = {}
    if sidecar := _sidecar(source.path):
        stated = parse_sidecar(decode(sidecar.read_bytes()[:_SIDECAR_LIMIT_BYTES], _origin(sidecar)), source.origin)
    is_empty = True
    for sheet in source_format.iter_sheets(source.path, source.origin):
        for item in iter_sheet_records(sheet, _stem(source), stated, source.origin.path):
            is_empty = False
            yield item
    if is_empty:
        raise MalformedSourceError(source.origin, "表格是空的", "请补充内容或删除该文件")


def _stem(source: SourceFile) -> str:
    return source.name.removesuffix(".gz").rsplit(".", 1)[0]


def _sidecar(path: Path) -> Path | None:
    sidecar = path.with_name(path.name + SIDECAR_SUFFIX)
    return sidecar if sidecar.is_file() else None
