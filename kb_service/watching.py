"""Follows a folder: everything once, then whatever changes in it, until it is told to stop.

Each sync opens the knowledge base and gives it back, so that other commands get their turn in between, and one that
finds a running service hands its work over to it.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

from watchfiles import watch

from ingest.errors import IngestError
from ingest.reader import SourceFile
from ingest.report import Event as IngestEvent
from ingest.report import IngestReport, Listener
from ingest.sync.source_stamp import source_beside
from kb_service.errors import ServiceError
from kb_service.operations.protocol import Operations

_logger = logging.getLogger(__name__)

_QUIET_MS = 300
"""A sync begins when nothing has changed for so long, or after `_LONGEST_WAIT_MS` of unceasing changes."""
_LONGEST_WAIT_MS = 3_000
_LOOK_MS = 1_000
_RETRY_SECONDS = 5.0
_MOST_PATHS = 500
"""With more changes at once, the whole folder is looked at."""

Problem = Callable[[str], None]


class UnwatchableFolderError(ServiceError):
    code = "unwatchable-folder"


class _StoppedError(BaseException):
    """Leaves a sync that is not to go on; nothing on its way up may take it for a failure."""


def follow(
    folder: Path,
    open_operations: Callable[[], Operations],
    listen: Listener,
    complain: Problem,
    stop: Event,
) -> None:
    """Sync ``folder`` now and after each change until ``stop`` is set.

    ``listen`` hears the events of each sync, ``complain`` what keeps a sync from being done; it is then tried again.
    A sync that runs when ``stop`` is set ends at its next event, with what it has published kept.

    Raises:
        UnwatchableFolderError: not a folder, or the system watches no more folders.
    """
    if not folder.is_dir():
        raise UnwatchableFolderError(f"{folder} 不是文件夹。--watch 需要一个现有的文件夹")
    folder = Path(os.path.realpath(folder))
    while not stop.is_set():
        try:
            _follow_while_there(folder, open_operations, listen, complain, stop)
        except OSError as error:
            if folder.is_dir():
                raise UnwatchableFolderError(f"无法监视 {folder}：{error}") from error
        if not stop.is_set():
            complain(f"文件夹 {folder} 不见了；已导入的内容保留，等它重新出现")
        while not stop.is_set() and not folder.is_dir():
            stop.wait(_LOOK_MS / 1000)


def _follow_while_there(
    folder: Path, open_operations: Callable[[], Operations], listen: Listener, complain: Problem, stop: Event
) -> None:
    identity = _identity(folder)
    backlog = _Backlog()
    for changes in _iter_changes(folder, stop):
        backlog.add(changes)
        if _identity(folder) != identity:
            # The watch holds the old folder, whatever stands in its place now.
            return
        if not backlog.due:
            continue
        try:
            report = _sync(folder, open_operations, _until(stop, listen), backlog.paths)
        except _StoppedError:
            return
        except (IngestError, ServiceError) as error:
            complain(f"{error}。稍后重试")
            backlog.postpone()
        except Exception as error:  # a border: whatever stops one sync must not end the watch
            _logger.exception("sync failed")
            complain(f"同步意外中断（{type(error).__name__}），原因见日志。稍后重试")
            backlog.postpone()
        else:
            backlog.done(report)


def _sync(
    folder: Path, open_operations: Callable[[], Operations], listen: Listener, only: list[Path] | None
) -> IngestReport:
    operations = open_operations()
    try:
        return operations.ingest([folder], listen, only)
    finally:
        operations.close()


def _until(stop: Event, listen: Listener) -> Listener:
    def heed(event: IngestEvent) -> None:
        listen(event)
        if stop.is_set():
            raise _StoppedError

    return heed


class _Backlog:
    """What is still to be looked at; at first the whole folder."""

    def __init__(self) -> None:
        self._everything = True
        self._paths: set[Path] = set()
        self._failed: set[Path] = set()
        self._not_before = 0.0

    @property
    def due(self) -> bool:
        return (self._everything or bool(self._paths)) and time.monotonic() >= self._not_before

    @property
    def paths(self) -> list[Path] | None:
        """The paths to look at, None for the whole folder. What failed is tried again along with them."""
        if self._everything or len(self._paths) > _MOST_PATHS:
            return None
        return sorted(self._paths | self._failed)

    def add(self, paths: Iterable[Path]) -> None:
        self._paths.update(paths)

    def postpone(self) -> None:
        self._not_before = time.monotonic() + _RETRY_SECONDS

    def done(self, report: IngestReport) -> None:
        self._everything = False
        self._paths.clear()
        self._failed = {Path(failure.path) for failure in report.failures}


def _iter_changes(folder: Path, stop: Event) -> Iterator[list[Path]]:
    """Changed paths, quiet stretches put together; an empty list every second in which nothing changes."""
    changes = watch(
        folder,
        watch_filter=lambda _, path: _concerns(folder, Path(path)),
        debounce=_LONGEST_WAIT_MS,
        step=_QUIET_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    for some in changes:
        yield [source_beside(Path(path)) for _, path in some]


def _concerns(folder: Path, path: Path) -> bool:
    """Whether a change there can matter: a supported file, or something that may be or have been a folder."""
    if any(part.startswith(".") for part in path.relative_to(folder).parts):
        return False
    source = source_beside(path)
    return SourceFile(source, source.name).format is not None or not path.is_file()


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
