"""Each test on both databases, with the light model: similar texts get similar vectors, no more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from eval.light_embedder import LightEmbedder
from ingest.tokenizer import Tokenizer
from kb_service.articles.service import ArticleService
from kb_service.gaps.recording import SearchLog
from kb_service.gaps.service import GapService
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.conftest import ToldIndex
from tests.kb_service.conftest import Clock


@pytest.fixture
def articles(engine: Engine, tickets: TicketService, clock: Clock) -> ArticleService:
    return ArticleService(engine, tickets, ToldIndex(), clock, review_after=timedelta(days=180))


@pytest.fixture
def log(engine: Engine, clock: Clock) -> Iterator[SearchLog]:
    opened = SearchLog(engine, clock, keep_days=180)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture
def gaps(
    engine: Engine,
    log: SearchLog,
    articles: ArticleService,
    tokenizer: Tokenizer,
    clock: Clock,
) -> GapService:
    return GapService(engine, log, articles, LightEmbedder(), tokenizer, clock)
