"""Changed files -> their records one after another, and batches of them that are worth a transaction."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from ingest.document import SourceRecord
from ingest.errors import SourceError, UnreadableSourceError
from ingest.reader import SourceFile, file_digest, read_records
from ingest.records import SourceState
from ingest.report import Failure
from ingest.sync.source_stamp import source_stamp

CHARS_PER_CHUNK = 200
"""Rough size of a chunk, by which records are gathered into batches before they are cut."""

_LINE_SUFFIXES = (".jsonl", ".jsonl.gz", ".csv")
_BLOCK_BYTES = 2**20
_LARGEST_UNPACKED = 10
"""Lines of a packed file are counted up to this many times the limit on files."""

Fail = Callable[[Failure], None]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Item:
    """A document of a file; one without a record stands for a file that has none.

    Attributes:
        work_bytes: the part of the file that comes with it, for progress.
        finished: the file, with its last document, if all of it could be read; how many it has is not yet known.
    """

    record: SourceRecord | None
    work_bytes: int = 0
    finished: SourceState | None = None


def iter_items(files: Iterable[SourceFile], limit_bytes: int, fail: Fail) -> Iterator[Item]:
    """Read the files one by one; what is broken is reported, and its file never counts as finished."""
    for file in files:
        # The last document has to go out together with the news that it was the last.
        held = Item(None)
        given, before, sound = 0, None, True
        try:
            before = _state(file, limit_bytes)
            lines = _count_lines(file, limit_bytes)
            for record in read_records(file, limit_bytes):
                if isinstance(record, SourceError):
                    fail(Failure.of(record))
                    sound = False
                    continue
                if held.record:
                    yield held
                reached = before.size_bytes * min(record.origin.line or 0, lines) // lines if lines else 0
                held = Item(record, max(0, reached - given))
                given = max(given, reached)
            # One that is written to meanwhile is read again at the next run.
            sound &= source_stamp(file.path) == (before.size_bytes, before.mtime_ns)
        except SourceError as error:
            sound = False
            fail(Failure.of(error))
        except OSError as error:
            sound = False
            fail(Failure.of(UnreadableSourceError(file.origin, error.strerror or str(error))))
        if before:
            rest = held.work_bytes + before.size_bytes - given
            yield replace(held, work_bytes=rest, finished=before if sound else None)


def gathered(items: Iterable[Thing], chars_of: Callable[[Thing], int], budget_chars: int) -> Iterator[list[Thing]]:
    """Gather things until their texts reach ``budget_chars``; one too long by itself ends its group."""
    group: list[Thing] = []
    chars = 0
    for item in items:
        group.append(item)
        chars += chars_of(item)
        if chars >= budget_chars:
            yield group
            group, chars = [], 0
    if group:
        yield group


def content_chars(item: Item) -> int:
    """Rough length of a record's text, at least that of one chunk."""
    if item.record is None:
        return 0
    content = item.record.content
    length = len(content) if isinstance(content, str | bytes) else sum(len(str(value)) for value in content.values())
    return max(length, CHARS_PER_CHUNK)


def _state(file: SourceFile, limit_bytes: int) -> SourceState:
    moment = datetime.now(UTC)
    size, mtime_ns = source_stamp(file.path)
    return SourceState(str(file.path), file.name, file_digest(file, limit_bytes), size, mtime_ns, 0, moment)


def _count_lines(file: SourceFile, limit_bytes: int) -> int:
    """How many lines a file has whose documents name their line; 0 where that says nothing or cannot be had."""
    name = file.name.lower()
    if not name.endswith(_LINE_SUFFIXES):
        return 0
    lines = size = 0
    try:
        with gzip.open(file.path) if name.endswith(".gz") else file.path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                lines += block.count(b"\n")
                size += len(block)
                if size > limit_bytes * _LARGEST_UNPACKED:
                    return 0
    except (OSError, EOFError, zlib.error):
        return 0
    return lines + 1
