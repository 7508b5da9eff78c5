"""How a source looks from outside: enough to see, without opening it, that it has not changed."""

from pathlib import Path

from ingest.formats.columns import SIDECAR_SUFFIX


def source_stamp(path: Path) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds of a source, its sidecar's included.

    Raises:
        OSError: the file is not there or cannot be looked at.
    """
    status = path.stat()
    try:
        beside = path.with_name(path.name + SIDECAR_SUFFIX).stat()
    except OSError:
        return status.st_size, status.st_mtime_ns
    return status.st_size + beside.st_size, max(status.st_mtime_ns, beside.st_mtime_ns)


def source_beside(path: Path) -> Path:
    """The source that a sidecar belongs to; other paths as they are."""
    return path.with_name(path.name.removesuffix(SIDECAR_SUFFIX))
