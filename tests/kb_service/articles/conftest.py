"""Each test on both databases; an index that only remembers what it was told, where SQL alone is concerned."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from kb_service.articles.service import ArticleService
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock


class ToldIndex:
    def __init__(self) -> None:
        self.keys: list[int] = []

    def follow(self, key: int) -> None:
        self.keys.append(key)


@pytest.fixture
def index() -> ToldIndex:
    return ToldIndex()


@pytest.fixture
def articles(engine: Engine, tickets: TicketService, index: ToldIndex, clock: Clock) -> ArticleService:
    return ArticleService(engine, tickets, index, clock, review_after=timedelta(days=180))
