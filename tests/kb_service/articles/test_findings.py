"""What those who used an article, or solved its source tickets, changed about what they were told."""

from typing import Any

import pytest
from sqlalchemy import Engine

from ingest.catalogue import Catalogue
from kb_service.access.principal import LOOPBACK
from kb_service.articles.errors import ArticleNotFoundError
from kb_service.articles.findings import ArticleUsage
from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.models import ArticleRequest
from kb_service.articles.reviewing import ArticleReviews
from kb_service.articles.service import ArticleService
from kb_service.suggestions.ledger import Ledger
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.stories import REVIEWER, WRITER, solved_ticket
from tests.kb_service.articles.test_service import new, step, walk
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions.shown import DIMENSION, MODEL, feedback, publish, show

A = ArticleAction


@pytest.fixture
def ledger(engine: Engine, tickets: TicketService, clock: Clock) -> Ledger:
    return Ledger(engine, tickets, MODEL, DIMENSION, clock)


@pytest.fixture
def usage(engine: Engine, clock: Clock) -> ArticleUsage:
    return ArticleUsage(engine, Catalogue(engine), lambda: clock().date())


@pytest.fixture
def reviews(engine: Engine, clock: Clock) -> ArticleReviews:
    return ArticleReviews(engine, Catalogue(engine), clock, lambda: clock().date())


def texts(usage: ArticleUsage, article_id: str) -> list[str]:
    return [one.text for one in usage.find(article_id, LOOPBACK).edits]


def change(ledger: Ledger, clock: Clock, text: str, document: str = "article-1", **more: Any) -> None:
    clock.pass_hours(1)
    suggestion = show(ledger, clock, documents=[document], **more)
    ledger.give_feedback(suggestion, feedback("edited", document, text=text))


def test_a_draft_is_offered_what_was_used_for_its_ticket(
    articles: ArticleService, tickets: TicketService, ledger: Ledger, clock: Clock, usage: ArticleUsage
) -> None:
    ticket = solved_ticket(tickets)
    told = "先停星河精工的打印服务，再绑定模板，有事打 13812345678"
    change(ledger, clock, told, "TK-9", ticket=ticket)
    article = articles.create(ArticleRequest(ticket_id=ticket.ticket_id, actor=WRITER))
    [edit] = usage.find(article.article_id, LOOPBACK).edits
    assert edit.text == "先停[客户]的打印服务，再绑定模板，有事打 [电话]"
    assert (edit.document_id, edit.title, edit.ticket_id, edit.actor) == (
        "TK-9",
        "标题 TK-9",
        ticket.ticket_id,
        "工程师甲",
    )
    with pytest.raises(ArticleNotFoundError):
        usage.find("A9", LOOPBACK)


def test_an_article_that_is_changed_to_be_used_asks_for_a_review(
    articles: ArticleService,
    ledger: Ledger,
    clock: Clock,
    usage: ArticleUsage,
    reviews: ArticleReviews,
) -> None:
    for number in (1, 2):
        walk(articles, articles.create(new(title=f"第 {number} 篇")), A.SUBMIT, A.PUBLISH)
    change(ledger, clock, "先停服务")
    change(ledger, clock, "二", "article-2", external_id="INC-1")
    change(ledger, clock, "三", "article-2")
    change(ledger, clock, "与文章无关", "TK-1")
    assert texts(usage, "A1") == ["先停服务"]
    edited = reviews.find(LOOPBACK, unused_days=90, limit=9).edited
    assert [one.article_id for one in edited] == ["A2", "A1"]
    assert len(reviews.find(LOOPBACK, unused_days=90, limit=1).edited) == 1

    clock.pass_hours(1)
    fixed = articles.act("A2", step(edited[0], A.EDIT, solution="三"))
    assert texts(usage, "A2") == ["三", "二"]
    walk(articles, fixed, A.PUBLISH)
    articles.act("A1", step(edited[1], A.CONFIRM, REVIEWER))
    assert reviews.find(LOOPBACK, unused_days=90, limit=9).edited == []
    assert texts(usage, "A1") == texts(usage, "A2") == []
    change(ledger, clock, "又改了")
    assert texts(usage, "A1") == ["又改了"]
    walk(articles, articles.get("A1"), A.ARCHIVE)
    assert reviews.find(LOOPBACK, unused_days=90, limit=9).edited == []


def test_an_article_tells_what_contradicts_it_and_not_what_contradicts_others(
    articles: ArticleService, ledger: Ledger, clock: Clock, usage: ArticleUsage, engine: Engine
) -> None:
    for number in (1, 2, 3):
        walk(articles, articles.create(new(title=f"第 {number} 篇")), A.SUBMIT, A.PUBLISH)
        publish(engine, f"article-{number}", effective_from=clock().date())
    clock.pass_hours(1)
    for document in ("article-1", "article-2"):
        ledger.give_feedback(show(ledger, clock, documents=[document]), feedback("rejected", document))
    clock.pass_hours(1)
    ledger.give_feedback(show(ledger, clock, documents=["article-3"]), feedback("adopted", "article-3"))
    contradicted = usage.find("A2", LOOPBACK).contradicted
    assert contradicted is not None
    assert (contradicted.document_id, [one.document_id for one in contradicted.by]) == ("article-2", ["article-3"])
    assert usage.find("A3", LOOPBACK).contradicted is None
