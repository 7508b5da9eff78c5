"""Notes the searches that ran, aside from them: a search only puts a line into a queue."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread

from sqlalchemy import Engine, delete, insert
from sqlalchemy.orm import Session

from ingest.privacy.masking import mask
from kb_service.gaps.tables import SearchLogRow

_logger = logging.getLogger(__name__)

_MOST_WAITING = 10_000
"""Searches that wait to be written; further ones are not noted until there is room."""
_AT_ONCE = 500
_LINGER_SECONDS = 0.5
"""How long the first of a batch waits for others, so that a busy service writes seldom."""
_CLEARED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class _Search:
    at: datetime
    query: str
    answered: bool
    confidence: float
    filtered: bool


class SearchLog:
    """Keeps searches for ``keep_days``, none at all where that is 0. Personal data is masked before it is written.

    ``now`` gives the moment of a search. Safe to call from several threads.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime], keep_days: int, size: int = _MOST_WAITING) -> None:
        self._engine = engine
        self._now = now
        self._keep_days = keep_days
        self._waiting: Queue[_Search | None] = Queue(size)
        self._hurry = Event()
        self._starting = Lock()
        self._writer: Thread | None = None
        self._cleared_at: datetime | None = None

    def note(self, query: str, *, answered: bool, confidence: float, filtered: bool) -> bool:
        """Have a search written soon; False where too many wait already or none are kept."""
        if self._keep_days == 0:
            return False
        try:
            self._waiting.put_nowait(_Search(self._now(), query, answered, confidence, filtered))
        except Full:
            return False
        if self._writer is None:
            self._start()
        return True

    def flush(self) -> None:
        """Wait until all that was noted is written."""
        if self._writer is not None:
            self._hurry.set()
            self._waiting.join()
            self._hurry.clear()

    def close(self) -> None:
        """Write what waits, and end."""
        if self._writer is not None:
            self._hurry.set()
            self._waiting.put(None)
            self._writer.join()
            self._writer = None

    def _start(self) -> None:
        with self._starting:
            if self._writer is None:
                self._writer = Thread(target=self._write_all, name="search-log", daemon=True)
                self._writer.start()

    def _write_all(self) -> None:
        while True:
            batch = [self._waiting.get()]
            self._hurry.wait(_LINGER_SECONDS)
            while len(batch) < _AT_ONCE:
                try:
                    batch.append(self._waiting.get_nowait())
                except Empty:
                    break
            try:
                self._write([search for search in batch if search is not None])
            except Exception:  # a border: what cannot be noted is lost, and searches go on
                _logger.exception("%d searches could not be noted", len(batch))
            finally:
                for _ in batch:
                    self._waiting.task_done()
            if None in batch:
                return

    def _write(self, searches: list[_Search]) -> None:
        rows = [
            {
                "at": search.at,
                "query": mask(_storable(search.query), addresses=True).text,
                "answered": search.answered,
                "confidence": search.confidence,
                "filtered": search.filtered,
            }
            for search in searches
        ]
        with Session(self._engine) as session, session.begin():
            if rows:
                session.execute(insert(SearchLogRow), rows)
            self._clear(session)

    def _clear(self, session: Session) -> None:
        """Once a day, forget what is older than it may be kept."""
        now = self._now()
        if self._cleared_at is None or now - self._cleared_at >= _CLEARED_EVERY:
            session.execute(delete(SearchLogRow).where(SearchLogRow.at < now - timedelta(days=self._keep_days)))
            self._cleared_at = now


def _storable(query: str) -> str:
    """Without what databases do not keep: U+0000 and halves of surrogate pairs."""
    return query.replace("\x00", " ").encode(errors="replace").decode()
