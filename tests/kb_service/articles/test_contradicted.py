"""Which solutions come up for review because a newer one helped where they failed, from real rows of the ledger."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.catalogue import Catalogue
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.articles.contradicted import ContradictedSolution, ContradictionList
from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.models import Article
from kb_service.articles.service import ArticleService
from kb_service.suggestions.duplicates import ALIKE
from kb_service.suggestions.following import follow_ticket
from kb_service.suggestions.ledger import Ledger
from kb_service.suggestions.outcomes import Outcome
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.stories import REVIEWER
from tests.kb_service.articles.test_service import new, step, walk
from tests.kb_service.conftest import Clock
from tests.kb_service.suggestions import shown
from tests.kb_service.suggestions.shown import DIMENSION, MODEL, feedback, new_ticket, publish, symptom

A, O = ArticleAction, Outcome  # noqa: E741
OLD, NEW = "article-1", "TK-2"
TO_WORK = (Action.TRIAGE, Action.ASSIGN, Action.START)
Find = Callable[..., list[ContradictedSolution]]
Said = Callable[..., str]


@pytest.fixture
def ledger(engine: Engine, tickets: TicketService, clock: Clock) -> Ledger:
    tickets.tell(follow_ticket)
    return Ledger(engine, tickets, MODEL, DIMENSION, clock)


@pytest.fixture
def find(engine: Engine, clock: Clock) -> Find:
    def contradicted(principal: Principal = LOOPBACK, limit: int = 9) -> list[ContradictedSolution]:
        with Session(engine) as session:
            return ContradictionList(session, Catalogue(engine), principal, clock().date()).find(limit)

    return contradicted


@pytest.fixture
def said(ledger: Ledger, clock: Clock) -> Said:
    """Have a solution suggested and judged, an hour later than the last."""

    def say(document: str, outcome: str, **more: Any) -> str:
        clock.pass_hours(1)
        suggestion = shown.show(ledger, clock, documents=[document], **more)
        ledger.give_feedback(suggestion, feedback(outcome, document, text="改过" if outcome == "edited" else None))
        return suggestion

    return say


@pytest.fixture
def article(engine: Engine, articles: ArticleService, clock: Clock) -> Article:
    """A published one, and a ticket's solution that came later."""
    made = walk(articles, articles.create(new()), A.SUBMIT, A.PUBLISH)
    publish(engine, OLD, effective_from=clock().date())
    publish(engine, NEW, effective_from=clock().date())
    clock.pass_hours(1)
    return made


def test_an_article_that_failed_where_a_newer_ticket_helped(
    article: Article, said: Said, find: Find, clock: Clock
) -> None:
    said(OLD, "rejected")
    failed_at = clock()
    assert find() == []
    said(NEW, "adopted", external_id="INC-7")
    [found] = find()
    assert (found.document_id, found.version, found.article, found.failed) == (OLD, "1", article, 1)
    [failure] = found.failures
    assert (failure.outcome, failure.reason, failure.at) == (O.REJECTED, "已试过，无效", failed_at)
    [instead] = found.by
    assert (instead.document_id, instead.title, instead.state) == (NEW, "标题 TK-2", O.ADOPTED)
    assert (instead.version, instead.ticket_id, instead.at) == ("1", None, clock())


@pytest.mark.parametrize(
    ("failed", "helped"),
    [
        ({"vector": symptom(1.0)}, {"vector": symptom(ALIKE - 0.01)}),
        ({"product": "扫描仪"}, {"product": "打印机"}),
        ({}, {"source": "manual", "document": "MAN-1"}),
        ({}, {"document": "TK-OLD"}),
        ({}, {"document": "TK-GONE"}),
        ({}, {"document": OLD}),
    ],
)
def test_what_does_not_contradict(
    article: Article, said: Said, find: Find, engine: Engine, failed: dict[str, Any], helped: dict[str, Any]
) -> None:
    assert article.published is not None
    day = article.published.published_at.date()
    publish(engine, "TK-OLD", effective_from=day - timedelta(days=1))
    publish(engine, "MAN-1", effective_from=day)
    said(OLD, "rejected", **failed)
    said(**{"document": NEW, "outcome": "adopted", **helped})
    assert find() == []


@pytest.mark.parametrize(
    ("failed", "helped"),
    [
        ({"vector": symptom(1.0)}, {"vector": symptom(ALIKE + 0.01)}),
        ({"product": "打印机"}, {}),
        ({"external_id": "INC-1"}, {"outcome": "edited"}),
        ({}, {"document": "article-2", "source": "faq"}),
    ],
)
def test_what_contradicts(
    article: Article, said: Said, find: Find, engine: Engine, failed: dict[str, Any], helped: dict[str, Any]
) -> None:
    publish(engine, "article-2", effective_from=article.created_at.date())
    said(OLD, "rejected", **failed)
    said(**{"document": NEW, "outcome": "adopted", **helped})
    assert [one.document_id for one in find()] == [OLD]


def test_what_helped_before_the_failure_is_no_newer_word(article: Article, said: Said, find: Find) -> None:
    said(NEW, "adopted")
    said(OLD, "rejected")
    assert article.published
    assert find() == []


def test_a_success_that_was_taken_back_counts_no_more(
    article: Article, said: Said, find: Find, ledger: Ledger, clock: Clock
) -> None:
    said(OLD, "rejected")
    suggestion = said(NEW, "adopted")
    assert [one.article for one in find()] == [article]
    clock.pass_hours(1)
    ledger.give_feedback(suggestion, feedback("rejected", NEW))
    assert find() == []


def test_an_article_that_helps_again_is_not_contradicted(article: Article, said: Said, find: Find) -> None:
    said(OLD, "rejected")
    said(NEW, "adopted")
    assert [one.article for one in find()] == [article]
    said(OLD, "adopted", vector=symptom(ALIKE - 0.1))
    assert len(find()) == 1
    said(OLD, "adopted")
    assert find() == []


def test_whoever_vouches_for_the_article_again_settles_it(
    article: Article, said: Said, find: Find, articles: ArticleService, clock: Clock
) -> None:
    said(OLD, "rejected")
    said(NEW, "adopted")
    clock.pass_hours(1)
    seen = articles.act(article.article_id, step(article, A.CONFIRM, REVIEWER))
    assert find() == []
    said(OLD, "rejected")
    assert find() == []
    said(NEW, "adopted")
    assert [one.article for one in find()] == [seen]


def test_a_new_text_has_not_failed_yet(article: Article, said: Said, find: Find, engine: Engine, clock: Clock) -> None:
    said(OLD, "rejected")
    said(NEW, "adopted")
    assert [one.article for one in find()] == [article]
    publish(engine, OLD, "新的正文", version="2", effective_from=clock().date())
    assert find() == []


def test_a_ticket_solved_by_its_own_words_contradicts_too(
    article: Article, find: Find, ledger: Ledger, tickets: TicketService, clock: Clock
) -> None:
    ticket = shown.walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    ledger.give_feedback(shown.show(ledger, clock, ticket, documents=[OLD, NEW]), feedback("rejected", OLD))
    clock.pass_hours(1)
    shown.walk(tickets, ticket, Action.RESOLVE)
    [found] = find()
    [instead] = found.by
    assert (instead.document_id, instead.version, instead.ticket_id) == (None, None, ticket.ticket_id)
    assert (instead.title, instead.state, instead.at) == (ticket.title, O.RESOLVED_WITH, clock())
    assert found.failures[0].ticket_id == ticket.ticket_id
    shown.walk(tickets, ticket, Action.CONFIRM)
    assert [one.state for one in find()[0].by] == [O.CONFIRMED]
    shown.walk(tickets, ticket, Action.REOPEN)
    assert find() == []
    assert article.published


def test_a_ticket_solved_by_another_suggestion_names_that_one(
    article: Article, find: Find, ledger: Ledger, tickets: TicketService, clock: Clock
) -> None:
    ticket = shown.walk(tickets, tickets.create(new_ticket()), *TO_WORK)
    suggestion = shown.show(ledger, clock, ticket, documents=[OLD, NEW])
    ledger.give_feedback(suggestion, feedback("adopted", NEW))
    ledger.give_feedback(suggestion, feedback("rejected", OLD))
    clock.pass_hours(1)
    shown.walk(tickets, ticket, Action.RESOLVE)
    [found] = find()
    assert found.article == article
    assert [(one.document_id, one.ticket_id, one.state) for one in found.by] == [
        (NEW, ticket.ticket_id, O.RESOLVED_WITH)
    ]


def test_other_solutions_are_listed_too_and_the_often_contradicted_first(
    article: Article, said: Said, find: Find, engine: Engine, clock: Clock
) -> None:
    publish(engine, "FAQ-1", effective_from=clock().date())
    for _ in range(2):
        said("FAQ-1", "rejected", source="faq")
    said(OLD, "rejected")
    for _ in range(2):
        said(NEW, "adopted")
    assert [(one.document_id, one.article, one.failed) for one in find()] == [("FAQ-1", None, 2), (OLD, article, 1)]
    assert [len(one.by) for one in find()] == [1, 1]
    assert len(find(limit=1)) == 1


def test_what_the_reader_may_not_see_is_neither_listed_nor_named(
    article: Article, said: Said, find: Find, engine: Engine, clock: Clock
) -> None:
    publish(engine, "TK-SECRET", clearance=3, effective_from=clock().date())
    said("TK-SECRET", "rejected")
    said(OLD, "rejected")
    said("TK-SECRET", "adopted", vector=symptom(1.0))
    guest = Principal("guest")
    assert find(guest) == []
    assert [one.article for one in find()] == [article]
