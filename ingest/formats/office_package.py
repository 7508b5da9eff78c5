"""The outside of DOCX and XLSX: a zip that may be none, be encrypted, or unpack to far more than it should."""

import io
import zipfile
from pathlib import Path
from typing import BinaryIO

from ingest.errors import EncryptedSourceError, MalformedSourceError, Origin, TooComplexSourceError
from ingest.formats.damage import damage_as_error

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_DIRECTORY_BYTES = 2**20
_MOST_PARTS = 20_000
_LARGEST_RATIO = 200
_RATIO_FROM_BYTES = 10 * 2**20
_PROLOG_BYTES = 4096
_FLAG_ENCRYPTED = 0x1


def check_package(file: Path | bytes, origin: Origin, format_name: str, limit_bytes: int, xml_limit_bytes: int) -> None:
    """Refuse what should not be opened; reads the directory and the beginning of each XML part, unpacks nothing else.

    That the directory may lie about sizes does no harm: `zipfile` stops at the size it states.

    Args:
        limit_bytes: most that all parts together may unpack to.
        xml_limit_bytes: most that the XML parts may, which take a multiple of it once they are parsed.

    Raises:
        EncryptedSourceError: it has a password.
        MalformedSourceError: it is no such package, or one of the old binary formats.
        TooComplexSourceError: it is a bomb.
    """
    with io.BytesIO(file) if isinstance(file, bytes) else file.open("rb") as stream:
        _refuse_old_format(stream, origin, format_name)
        with damage_as_error(origin, format_name), zipfile.ZipFile(stream) as package:
            _check_parts(package, origin, format_name, limit_bytes, xml_limit_bytes)


def _refuse_old_format(stream: BinaryIO, origin: Origin, format_name: str) -> None:
    if stream.read(len(_OLE)) == _OLE:
        head = stream.read(_OLE_DIRECTORY_BYTES)
        stream.seek(-min(_OLE_DIRECTORY_BYTES, stream.seek(0, io.SEEK_END)), io.SEEK_END)
        if _OLE_ENCRYPTED in head or _OLE_ENCRYPTED in stream.read():
            raise EncryptedSourceError(origin)
        raise MalformedSourceError(
            origin, f"这是旧版 Office 文件，不是 {format_name}", f"请用 Office 或 WPS 打开，另存为 {format_name} 格式"
        )
    stream.seek(0)


def _check_parts(
    package: zipfile.ZipFile, origin: Origin, format_name: str, limit_bytes: int, xml_limit_bytes: int
) -> None:
    parts = package.infolist()
    if any(part.flag_bits & _FLAG_ENCRYPTED for part in parts):
        raise EncryptedSourceError(origin)
    if len(parts) > _MOST_PARTS:
        raise TooComplexSourceError(origin, f"压缩包内文件超过 {_MOST_PARTS} 个")
    xml_parts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
    size, xml_size = (sum(part.file_size for part in some) for some in (parts, xml_parts))
    packed = sum(part.compress_size for part in parts)
    if size > limit_bytes or xml_size > xml_limit_bytes:
        raise TooComplexSourceError(origin, f"解压后达 {max(size, xml_size) / 2**20:.0f} MB，超过上限")
    if size > _RATIO_FROM_BYTES and size > packed * _LARGEST_RATIO:
        raise TooComplexSourceError(origin, f"解压后为原大小的 {size // max(packed, 1)} 倍，疑似压缩炸弹")
    for part in xml_parts:
        with package.open(part) as stream:
            head = stream.read(_PROLOG_BYTES)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise MalformedSourceError(origin, f"{format_name} 内含不允许的 XML 实体声明", "请确认文件来源可靠")
