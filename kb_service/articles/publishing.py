"""Keeps the index in step with the published articles. SQL is the truth; whatever was missed is made up for."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from ingest.catalogue.transactions import batches
from ingest.indexer import Indexer
from kb_service.articles.rendering import FOLDER, build_record, source_of, version_and_day
from kb_service.articles.repository import ArticleRepository, read_live

_logger = logging.getLogger(__name__)

_WAIT_SECONDS = 10.0
"""How long a step waits for an ingestion that is under way before it leaves the index to later."""
_LOOK_SECONDS = 0.5
_AT_ONCE = 100


class ArticlePublisher:
    """Brings published articles into the index and takes withdrawn ones out, under ``writing``.

    A step that finds the index busy leaves the rest to a thread that waits for it; what a crash or an error has
    left undone, `reconcile` does at the next start.
    """

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        indexer: Callable[[], Indexer],
        writing: Lock,
        zone: ZoneInfo,
        wait_seconds: float = _WAIT_SECONDS,
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._indexer = indexer
        self._writing = writing
        self._zone = zone
        self._wait_seconds = wait_seconds
        self._stop = Event()
        self._late: Thread | None = None
        self._wanted = False
        self._starting = Lock()

    def follow(self, key: int) -> None:
        """Bring the index in line with one article; where that is not possible now, later."""
        if not self._writing.acquire(timeout=self._wait_seconds):
            self._catch_up_later()
            return
        try:
            self._bring(key)
        except Exception:  # a border: the article is published, whatever the index says; the next start mends it
            _logger.exception("article %d is not in the index as it is published", key)
        finally:
            self._writing.release()

    def reconcile(self) -> int:
        """Compare all published articles with what the catalogue holds, and mend it; return how many differed.

        Raises:
            IngestError: the index cannot be changed.
        """
        with self._writing:
            held = set(self._catalogue.iter_source_paths(FOLDER))
            wrong, redated = self._find_wrong()
            with Session(self._engine) as session:
                articles = ArticleRepository(session)
                unnoted = set(articles.find_unindexed())
                gone = held - {source_of(row.id) for row in articles.iter_live()}
            if gone or redated:
                self._indexer().forget(sorted(gone | {source_of(key) for key in redated}))
            for key in sorted({*wrong, *unnoted}):
                self._bring(key)
        if gone or wrong:
            _logger.info("mended the index: %d articles brought in, %d taken out", len(wrong), len(gone))
        return len(gone) + len(wrong)

    def close(self) -> None:
        """Stop waiting for the index; what is left is done at the next start."""
        self._stop.set()
        if (late := self._late) is not None:
            late.join()

    def _find_wrong(self) -> tuple[list[int], list[int]]:
        """Articles that the catalogue does not hold as they are published, or that are to be read by new rules; and
        those among them that it holds under another day, as after a change of the time zone."""
        wrong, redated = [], []
        with Session(self._engine) as session:
            for rows in batches(ArticleRepository(session).iter_live(), _AT_ONCE):
                records = {row.id: build_record(row.id, live, self._zone) for row in rows if (live := read_live(row))}
                known = self._catalogue.find_sources(record.origin.path for record in records.values())
                versions = self._catalogue.find_known(record.document_id for record in records.values())
                for key, record in records.items():
                    state = known.get(record.origin.path)
                    number, day = version_and_day(record)
                    held = [one for one in versions.get(record.document_id, ()) if one.version == number]
                    days = [one.effective_from for one in held if one.source_path == record.origin.path]
                    if state is None or state.digest != record.digest or days != [day]:
                        wrong.append(key)
                        redated += [key] if days and days != [day] else []
        return wrong, redated

    def _bring(self, key: int) -> None:
        """Have the index hold what is published of an article now; the caller holds ``writing``."""
        with Session(self._engine) as session:
            row = ArticleRepository(session).find(key)
            live = read_live(row) if row else None
        if live is None:
            self._indexer().forget([source_of(key)])
        else:
            report = self._indexer().ingest_records([build_record(key, live, self._zone)])
            if not report.ok:
                _logger.error("article %d was not taken in: %s", key, report.failures[0])
                return
        with Session(self._engine) as session, session.begin():
            ArticleRepository(session).note_indexed(key, live.number if live else None)

    def _catch_up_later(self) -> None:
        with self._starting:
            self._wanted = True
            if self._late is None:
                self._late = Thread(target=self._catch_up, name="articles", daemon=True)
                self._late.start()

    def _catch_up(self) -> None:
        while not self._stop.is_set():
            if not self._writing.acquire(timeout=_LOOK_SECONDS):
                continue
            try:
                self._wanted = False
                with Session(self._engine) as session:
                    keys = ArticleRepository(session).find_unindexed()
                for key in keys:
                    self._bring(key)
            except Exception:  # a border: nobody waits for this thread; the next start tries again
                _logger.exception("articles could not be brought into the index")
            finally:
                self._writing.release()
            with self._starting:
                if not self._wanted:
                    self._late = None
                    return
