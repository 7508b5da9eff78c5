"""Which published articles come up for another look, and when they leave the lists again."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from ingest.catalogue import Catalogue
from kb_service.access.principal import LOOPBACK
from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.models import Article
from kb_service.articles.reviewing import ArticleReviews
from kb_service.articles.service import ArticleService
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.stories import REVIEWER, solved_ticket
from tests.kb_service.articles.test_service import new, step, walk
from tests.kb_service.conftest import Clock

A = ArticleAction


@pytest.fixture
def reviews(engine: Engine, clock: Clock) -> ArticleReviews:
    return ArticleReviews(engine, Catalogue(engine), clock, lambda: clock().date())


def publish(articles: ArticleService, title: str) -> Article:
    return walk(articles, articles.create(new(title=title)), A.SUBMIT, A.PUBLISH)


def names(shown: list[Article]) -> list[str]:
    return [article.article_id for article in shown]


def test_what_nobody_has_used_for_long(
    articles: ArticleService, reviews: ArticleReviews, tickets: TicketService, clock: Clock
) -> None:
    used, unused, withdrawn = (publish(articles, title) for title in "甲乙丙")
    articles.create(new(title="草稿"))
    clock.pass_hours(24 * 60)
    articles.act(used.article_id, step(used, A.LINK, ticket_id=solved_ticket(tickets).ticket_id))
    walk(articles, withdrawn, A.ARCHIVE)
    clock.pass_hours(24 * 29)
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=9).unused) == []
    clock.pass_hours(24 * 2)
    fresh = publish(articles, "丁")
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=9).unused) == [unused.article_id]
    clock.pass_hours(24 * 90)
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=9).unused) == [used.article_id, unused.article_id]
    clock.pass_hours(1)
    everything = reviews.find(LOOPBACK, unused_days=90, limit=9).unused
    assert names(everything) == [used.article_id, unused.article_id, fresh.article_id]
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=1).unused) == [used.article_id]


def test_what_is_due_for_review(articles: ArticleService, reviews: ArticleReviews, clock: Clock) -> None:
    first = publish(articles, "甲")
    clock.pass_hours(1)
    second = publish(articles, "乙")
    clock.moment += timedelta(days=180)
    assert names(reviews.find(LOOPBACK, unused_days=900, limit=9).overdue) == [first.article_id]
    clock.pass_hours(1)
    assert names(reviews.find(LOOPBACK, unused_days=900, limit=9).overdue) == [first.article_id, second.article_id]
    confirmed = articles.act(first.article_id, step(first, A.CONFIRM, REVIEWER))
    assert confirmed.review_due_at == clock.moment + timedelta(days=180)
    assert names(reviews.find(LOOPBACK, unused_days=900, limit=9).overdue) == [second.article_id]


def test_what_somebody_doubts(articles: ArticleService, reviews: ArticleReviews) -> None:
    once, twice = (publish(articles, title) for title in "甲乙")
    walk(articles, once, A.FLAG)
    flagged = walk(articles, twice, A.FLAG, A.FLAG)
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=9).flagged) == [twice.article_id, once.article_id]
    fixed = walk(articles, flagged, A.EDIT)
    # Doubted until somebody else has looked at the correction.
    assert twice.article_id in names(reviews.find(LOOPBACK, unused_days=90, limit=9).flagged)
    walk(articles, fixed, A.PUBLISH)
    assert names(reviews.find(LOOPBACK, unused_days=90, limit=9).flagged) == [once.article_id]
