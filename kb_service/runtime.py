"""Builds the service's parts, each once, and holds the data folder for one process."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
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
from kb_service.articles.findings import ArticleUsage
from kb_service.articles.publishing import ArticlePublisher
from kb_service.articles.reviewing import ArticleReviews
from kb_service.articles.service import ArticleService
from kb_service.database import build_engine, migrate
from kb_service.gaps.recording import SearchLog
from kb_service.gaps.service import GapService
from kb_service.integrations.clock_alerts import ClockAlerts
from kb_service.integrations.configuration import Integrations
from kb_service.integrations.dify import DifyRetrieval
from kb_service.integrations.inbound import InboundService
from kb_service.integrations.outbound import OutboundService
from kb_service.integrations.sending import Sender
from kb_service.reports.service import ReportService
from kb_service.search.service import SearchService
from kb_service.settings import ServiceSettings
from kb_service.suggestions.earlier import EarlierSuggestions
from kb_service.suggestions.following import follow_ticket
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.obligations import Obligation, load_obligations
from kb_service.suggestions.rules import RuleFinder
from kb_service.suggestions.service import SuggestionService
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels

_STAY = ("embedder", "sparse_encoder")
"""Parts that are costly to load and hold nothing of the data folder's."""
_CLOSED = ("outbound", "search_log", "article_publisher", "store")
"""Parts that have to be closed, in this order."""


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

    def require_obligations(self) -> None:
        """Read them now and not with the first suggestion.

        Raises:
            ObligationsError: the file named in the settings cannot be used.
        """
        _ = self.obligations

    def require_integrations(self) -> None:
        """Read them now and not with the first webhook.

        Raises:
            IntegrationsError: the file named in the settings cannot be used.
        """
        _ = self.integrations

    def close(self) -> None:
        """Give the data folder back. What is costly to load stays, for a runtime that is opened once more."""
        built = [name for name, part in vars(type(self)).items() if isinstance(part, cached_property)]
        parts = {name: self.__dict__.pop(name) for name in built if name in self.__dict__ and name not in _STAY}
        for name in _CLOSED:
            if name in parts:
                parts[name].close()
        if "engine" in parts:
            parts["engine"].dispose()
        self._file_lock.release()

    def today(self) -> date:
        return datetime.now(ZoneInfo(self.settings.time_zone)).date()

    def now(self) -> datetime:
        return datetime.now(UTC)

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
        tickets = TicketService(self.engine, self.service_levels, self.now)
        tickets.tell(follow_ticket)
        return tickets

    @cached_property
    def ledger(self) -> Ledger:
        model = hashlib.sha256(self.embedder.ticket_fingerprint.encode()).hexdigest()
        return Ledger(self.engine, self.tickets, model, self.embedder.dimension, self.now)

    @cached_property
    def obligations(self) -> list[Obligation]:
        return load_obligations(self.settings.obligations)

    @cached_property
    def suggestions(self) -> SuggestionService:
        rules = RuleFinder(self.catalogue, self.obligations)
        return SuggestionService(self.search, self.catalogue, self.tickets, self.ledger, rules, self.now, self.today)

    @cached_property
    def earlier_suggestions(self) -> EarlierSuggestions:
        find_duplicates = self.suggestions.find_duplicates
        return EarlierSuggestions(self.engine, self.catalogue, self.tickets, self.ledger, find_duplicates, self.today)

    @cached_property
    def reports(self) -> ReportService:
        zone = ZoneInfo(self.settings.time_zone)
        return ReportService(self.engine, self.service_levels, self.tickets, zone, self.now)

    @cached_property
    def integrations(self) -> Integrations:
        return Integrations.load(self.settings.integrations)

    @cached_property
    def inbound(self) -> InboundService:
        return InboundService(self.engine, self.tickets, self.integrations, self.now)

    @cached_property
    def outbound(self) -> OutboundService:
        keep = timedelta(days=self.settings.delivered_webhook_days)
        return OutboundService(self.engine, self.integrations.subscriptions, Sender(), self.now, keep)

    @cached_property
    def clock_alerts(self) -> ClockAlerts:
        return ClockAlerts(self.engine, self.service_levels, self.integrations.subscriptions)

    @cached_property
    def dify(self) -> DifyRetrieval:
        return DifyRetrieval(self.search, self.integrations.dify)

    @cached_property
    def articles(self) -> ArticleService:
        return ArticleService(
            self.engine,
            self.tickets,
            self.article_publisher,
            self.now,
            review_after=timedelta(days=self.settings.article_review_days),
        )

    @cached_property
    def article_reviews(self) -> ArticleReviews:
        return ArticleReviews(self.engine, self.catalogue, self.now, self.today)

    @cached_property
    def article_usage(self) -> ArticleUsage:
        return ArticleUsage(self.engine, self.catalogue, self.today)

    @cached_property
    def article_publisher(self) -> ArticlePublisher:
        zone = ZoneInfo(self.settings.time_zone)
        return ArticlePublisher(self.engine, self.catalogue, lambda: self.indexer, self.writing, zone)

    @cached_property
    def search_log(self) -> SearchLog:
        return SearchLog(self.engine, self.now, self.settings.search_log_days)

    @cached_property
    def gaps(self) -> GapService:
        tokenizer = self.sparse_encoder.tokenizer
        return GapService(self.engine, self.search_log, self.articles, self.embedder, tokenizer, self.now)

    @cached_property
    def service_levels(self) -> ServiceLevels:
        return ServiceLevels.load(self.settings.time_zone, self.settings.service_levels)

    @cached_property
    def search(self) -> SearchService:
        return SearchService(self.catalogue, self.store, self.embedder, self.sparse_encoder, self.today)


def lock_file(data_dir: Path) -> Path:
    return data_dir / "engine.lock"
