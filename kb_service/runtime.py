"""Builds the service's parts, each once, and holds the data folder for one process."""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from ingest.catalogue import Catalogue
from ingest.embedder import Embedder
from ingest.errors import EngineBusyError
from ingest.fingerprint import check_settings
from ingest.indexer import Indexer
from ingest.settings import IngestSettings
from ingest.sparse_encoder import SparseEncoder
from ingest.store.document_store import QdrantDocumentStore
from ingest.store.factory import build_store
from ingest.tokenizer import Tokenizer
from kb_service.articles.publishing import ArticlePublisher
from kb_service.articles.reviewing import ArticleReviews
from kb_service.articles.service import ArticleService
from kb_service.database import build_engine, migrate
from kb_service.gaps.recording import SearchLog
from kb_service.gaps.service import GapService
from kb_service.search.service import SearchService
from kb_service.settings import ServiceSettings
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels

_PARTS = (
    *("gaps", "search_log", "article_reviews", "articles", "article_publisher"),
    *("search", "tickets", "indexer", "store", "catalogue", "engine"),
)
"""What is made anew for a runtime that is opened once more, users before what they use."""


class Runtime:
    """Everything that a request or a command needs. Parts load when first asked for."""

    def __init__(self, settings: ServiceSettings, ingest_settings: IngestSettings) -> None:
        self.settings = settings
        self.ingest_settings = ingest_settings
        self.writing = Lock()
        """Held while something changes the index; searches go on."""
        self._file_lock = FileLock(lock_file(settings.data_dir))

    def open(self, timeout_seconds: float = 0) -> None:
        """Take the data folder for this process and bring the database up to date.

        Raises:
            EngineBusyError: another process has the folder, and kept it for ``timeout_seconds``.
        """
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            self._file_lock.acquire(timeout=timeout_seconds)
        except Timeout as error:
            raise EngineBusyError(str(self.settings.data_dir)) from error
        migrate(self.engine)

    def warm_up(self) -> None:
        """Load what a first search would wait for: model, dictionary, index.

        Raises:
            IndexMismatchError: the index was made with other settings.
        """
        check_settings(self.ingest_settings, self.catalogue)
        self.indexer.recover()
        self.article_publisher.reconcile()
        self.embedder.warm_up()
        self.embedder.search_vector("预热")
        self.sparse_encoder.tokenizer.analyze("预热")
        self.store.count_documents()

    def require_service_levels(self) -> None:
        """Read them now and not with the first ticket.

        Raises:
            ServiceLevelsError: the file named in the settings cannot be used.
        """
        _ = self.service_levels

    def close(self) -> None:
        """Give the data folder back. Model and dictionary stay loaded, for a runtime that is opened once more."""
        if "search_log" in self.__dict__:
            self.search_log.close()
        if "article_publisher" in self.__dict__:
            self.article_publisher.close()
        if "store" in self.__dict__:
            self.store.close()
        if "engine" in self.__dict__:
            self.engine.dispose()
        for part in _PARTS:
            self.__dict__.pop(part, None)
        self._file_lock.release()

    def today(self) -> date:
        return datetime.now(ZoneInfo(self.settings.time_zone)).date()

    @cached_property
    def engine(self) -> Engine:
        return build_engine(self.settings.sqlalchemy_url)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.engine)

    @cached_property
    def embedder(self) -> Embedder:
        return Embedder.from_settings(self.ingest_settings)

    @cached_property
    def sparse_encoder(self) -> SparseEncoder:
        return SparseEncoder(Tokenizer(self.settings.data_dir / "lexicon"))

    @cached_property
    def store(self) -> QdrantDocumentStore:
        return build_store(self.ingest_settings, self.embedder.dimension)

    @cached_property
    def indexer(self) -> Indexer:
        return Indexer(self.ingest_settings, self.catalogue, self.store, self.embedder, self.sparse_encoder)

    @cached_property
    def tickets(self) -> TicketService:
        return TicketService(self.engine, self.service_levels, partial(datetime.now, UTC))

    @cached_property
    def articles(self) -> ArticleService:
        return ArticleService(
            self.engine,
            self.tickets,
            self.article_publisher,
            partial(datetime.now, UTC),
            review_after=timedelta(days=self.settings.article_review_days),
        )

    @cached_property
    def article_reviews(self) -> ArticleReviews:
        return ArticleReviews(self.engine, self.catalogue, partial(datetime.now, UTC))

    @cached_property
    def article_publisher(self) -> ArticlePublisher:
        zone = ZoneInfo(self.settings.time_zone)
        return ArticlePublisher(self.engine, self.catalogue, lambda: self.indexer, self.writing, zone)

    @cached_property
    def search_log(self) -> SearchLog:
        return SearchLog(self.engine, partial(datetime.now, UTC), self.settings.search_log_days)

    @cached_property
    def gaps(self) -> GapService:
        tokenizer = self.sparse_encoder.tokenizer
        return GapService(
            self.engine, self.search_log, self.articles, self.embedder, tokenizer, partial(datetime.now, UTC)
        )

    @cached_property
    def service_levels(self) -> ServiceLevels:
        return ServiceLevels.load(self.settings.time_zone, self.settings.service_levels)

    @cached_property
    def search(self) -> SearchService:
        return SearchService(self.catalogue, self.store, self.embedder, self.sparse_encoder, self.today)


def lock_file(data_dir: Path) -> Path:
    return data_dir / "engine.lock"
