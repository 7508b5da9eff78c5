"""Looks at the sources before anything is read: which are new or changed, which are gone."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.catalogue.transactions import batches
from ingest.errors import EmptyFolderError, Origin, SourceError
from ingest.reader import SourceFile, file_digest, find_sources
from ingest.records import SourceState
from ingest.report import Failure
from ingest.sync.source_stamp import source_stamp

_RACY = timedelta(seconds=2)
"""A file changed so shortly before it was read may have changed once more within one tick of its file system."""

Fail = Callable[[Failure], None]


@dataclass
class Survey:
    """What lies where a run looks.

    Attributes:
        changed: files to be read.
        work_bytes: their size.
        unchanged: documents of the files that need not be read.
        gone: files below the given folders that documents came from and that are there no more.
    """

    changed: list[SourceFile] = field(default_factory=list)
    work_bytes: int = 0
    unchanged: int = 0
    gone: list[str] = field(default_factory=list)
    _staying: set[str] = field(default_factory=set)

    def stays(self, path: str) -> bool:
        """Whether the file lies where the run looks and need not be read."""
        return path in self._staying


class Surveyor:
    """Compares the files below some paths with what the catalogue knows of them.

    With ``only``, files that do not lie at or below one of these paths count as unchanged.
    """

    def __init__(self, catalogue: Catalogue, limit_bytes: int, only: Sequence[Path] | None, fail: Fail) -> None:
        self._catalogue = catalogue
        self._limit_bytes = limit_bytes
        self._only = None if only is None else {str(located(path)) for path in only}
        self._fail = fail
        self._found = Survey()
        self._present: set[str] = set()
        self._met: set[str] = set()
        self._unreadable: set[str] = set()

    def look(self, paths: Sequence[Path]) -> Survey:
        """Look at all of ``paths``; what cannot be read is reported and never counts as gone."""
        folders: list[tuple[Path, bool]] = []
        for path in map(located, paths):
            before = len(self._present)
            for sources in batches(self._list(path)):
                self._compare(sources)
            if _is_folder(path):
                folders.append((path, len(self._present) == before))
        for folder, is_empty in folders:
            self._look_for_gone(folder, is_empty)
        return self._found

    def _list(self, path: Path) -> Iterator[SourceFile]:
        for source in find_sources([path]):
            if isinstance(source, SourceError):
                self._fail(Failure.of(source))
                self._unreadable.add(source.origin.path)
                continue
            place = str(source.path)
            # A link and what it leads to, or a file named twice, are one file.
            real = os.path.realpath(place) if source.path.is_symlink() else place
            if real not in self._met:
                self._met.add(real)
                self._present.add(place)
                if self._concerns(place):
                    yield source
                else:
                    self._found._staying.add(place)

    def _compare(self, sources: Sequence[SourceFile]) -> None:
        known = self._catalogue.find_sources(str(source.path) for source in sources)
        touched = []
        for source in sources:
            state = known.get(str(source.path))
            current = self._unchanged(source, state) if state and state.name == source.name else None
            if current is None:
                self._found.changed.append(source)
                self._found.work_bytes += size_bytes(source.path)
                continue
            self._found.unchanged += current.documents
            self._found._staying.add(current.path)
            if current is not state:
                touched.append(current)
        if touched:
            self._catalogue.touch_sources(touched)

    def _unchanged(self, source: SourceFile, state: SourceState) -> SourceState | None:
        """What is known of the file if it holds what it held, its time of change brought up to date."""
        moment = datetime.now(UTC)
        try:
            size, mtime_ns = source_stamp(source.path)
            changed_at = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
            same_look = (size, mtime_ns) == (state.size_bytes, state.mtime_ns)
            if same_look and changed_at < state.ingested_at - _RACY:
                return state
            if file_digest(source, self._limit_bytes) != state.digest:
                return None
        except (OSError, OverflowError, ValueError, SourceError):
            # Reading it will say what is wrong.
            return None
        return replace(state, size_bytes=size, mtime_ns=mtime_ns, ingested_at=moment)

    def _look_for_gone(self, folder: Path, is_empty: bool) -> None:
        gone = [path for path in self._catalogue.iter_source_paths(str(folder)) if self._is_gone(path)]
        if gone and is_empty:
            # More likely an unmounted disk or a wrong path than the wish to lose everything.
            documents = self._catalogue.count_documents_below(str(folder))
            self._fail(Failure.of(EmptyFolderError(Origin(str(folder)), documents)))
        else:
            # Given folders may lie in each other.
            self._found.gone = list(dict.fromkeys([*self._found.gone, *gone]))

    def _is_gone(self, path: str) -> bool:
        return path not in self._present and self._concerns(path) and not _lies_in_one(path, self._unreadable)

    def _concerns(self, path: str) -> bool:
        return self._only is None or _lies_in_one(path, self._only)


def located(path: Path) -> Path:
    """The one absolute path by which a file or folder is known, however it was named. A link to a file stays one."""
    try:
        if path.is_symlink() and not path.is_dir():
            return Path(os.path.realpath(path.parent)) / path.name
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        # Whoever reads it will say what is wrong.
        return path


def size_bytes(path: Path) -> int:
    """Size of a file, 0 where it cannot be had."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _lies_in_one(path: str, places: set[str]) -> bool:
    """Whether ``path`` is one of the places or lies below one."""
    return path in places or (bool(places) and any(str(parent) in places for parent in Path(path).parents))
