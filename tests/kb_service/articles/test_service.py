"""Articles on SQLite and PostgreSQL: every change one event, nobody overwrites anybody, nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ingest.tables import Base
from kb_service.articles.errors import (
    ArticleExistsError,
    ArticleNotFoundError,
    IllegalArticleActionError,
    LinkedTicketError,
    OwnArticleError,
    StaleArticleError,
    TicketNotSolvedError,
)
from kb_service.articles.history import replay
from kb_service.articles.lifecycle import ArticleAction, ArticleState
from kb_service.articles.models import Article, ArticleActionRequest, ArticleRequest
from kb_service.articles.repository import ArticleRepository, read_standing
from kb_service.articles.service import ArticleService
from kb_service.tickets.errors import MissingFieldsError, ReusedKeyError, TicketNotFoundError, UnfittingFieldsError
from kb_service.tickets.models import TicketRequest
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.conftest import ToldIndex
from tests.kb_service.articles.stories import FIELDS, REVIEWER, WRITER, solved_ticket
from tests.kb_service.conftest import Clock

A, S = ArticleAction, ArticleState


def new(**more: Any) -> ArticleRequest:
    content = {name: FIELDS[name] for name in ("title", "symptom", "solution")}
    return ArticleRequest(**{**content, "actor": WRITER, **more})


def step(article: Article, action: ArticleAction, actor: str = WRITER, **more: Any) -> ArticleActionRequest:
    fields: dict[str, Any] = {}
    if action in (A.SEND_BACK, A.ARCHIVE, A.RESTORE, A.DISCARD_REVISION):
        fields["reason"] = FIELDS["reason"]
    if action is A.FLAG:
        fields["flag"] = FIELDS["flag"]
    if action is A.EDIT and not more:
        fields["cause"] = "没有绑定模板"
    return ArticleActionRequest(action=action, sequence=article.sequence, actor=actor, **(fields | more))


def walk(articles: ArticleService, article: Article, *actions: ArticleAction) -> Article:
    for action in actions:
        actor = REVIEWER if action in (A.PUBLISH, A.CONFIRM) else WRITER
        article = articles.act(article.article_id, step(article, action, actor))
    return article


def test_a_solved_ticket_becomes_a_draft_without_its_people(articles: ArticleService, tickets: TicketService) -> None:
    told = "星河精工有限公司的客户来电，电话 13812345678，点打印后提示找不到模板。星河精工昨天也问过"
    ticket = solved_ticket(tickets, description=told, product="衡川ERP")
    article = articles.create(ArticleRequest(ticket_id=ticket.ticket_id, actor=WRITER))
    assert article.symptom == "[客户]的客户来电，电话 [电话]，点打印后提示找不到模板。[客户]昨天也问过"
    assert (article.title, article.cause, article.solution) == (ticket.title, "没有绑定模板", "在模板分配中绑定模板")
    assert (article.product, article.category) == ("衡川ERP", "打印输出")
    assert (article.state, article.author, article.source_tickets) == (S.DRAFT, WRITER, [ticket.ticket_id])
    edited = articles.act(article.article_id, step(article, A.EDIT, environment="星河精工的 3 号机，13812345678"))
    assert edited.environment == "[客户]的 3 号机，[电话]"
    kept = str(articles.history(article.article_id))
    assert "星河" not in kept
    assert "13812345678" not in kept


def test_stated_fields_go_before_the_ticket_s(articles: ArticleService, tickets: TicketService) -> None:
    ticket = solved_ticket(tickets)
    article = articles.create(ArticleRequest(ticket_id=ticket.ticket_id, actor=WRITER, title="模板没有绑定"))
    assert (article.title, article.solution) == ("模板没有绑定", ticket.solution)


def test_a_ticket_is_written_down_once(articles: ArticleService, tickets: TicketService) -> None:
    ticket, other = solved_ticket(tickets), solved_ticket(tickets)
    drafted = ArticleRequest(ticket_id=ticket.ticket_id, actor=WRITER)
    first = articles.create(drafted, "key-1")
    assert articles.create(drafted, "key-1") == first
    for again in (drafted, new(ticket_id=ticket.ticket_id, actor=REVIEWER)):
        with pytest.raises(ArticleExistsError, match=f"{ticket.ticket_id} 已写成文章 A1") as caught:
            articles.create(again)
        assert caught.value.members == {"article_ids": ["A1"]}
    # Somebody who knows of the first may write another, of both tickets.
    wider = articles.create(new(source_tickets=[ticket.ticket_id, other.ticket_id]))
    assert [one.article_id for one in articles.list(source_ticket=ticket.ticket_id).articles] == [
        wider.article_id,
        "A1",
    ]
    assert articles.list(source_ticket=other.ticket_id, states=[S.PUBLISHED]).articles == []
    assert articles.list(source_ticket="T99").articles == []
    with pytest.raises(ArticleExistsError):
        articles.create(ArticleRequest(ticket_id=other.ticket_id, actor=WRITER))
    for article in (first, wider):
        walk(articles, article, A.ARCHIVE)
    assert articles.create(drafted).source_tickets == [ticket.ticket_id]


def test_of_many_who_draft_from_a_ticket_at_once_one_does(articles: ArticleService, tickets: TicketService) -> None:
    request = ArticleRequest(ticket_id=solved_ticket(tickets).ticket_id, actor=WRITER)
    barrier = Barrier(4)

    def draft(key: str | None) -> Article | ArticleExistsError:
        barrier.wait()
        try:
            return articles.create(request, key)
        except ArticleExistsError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(draft, ["key-1", "key-1", None, None]))
    [written] = articles.list().articles
    assert all(one == written for one in results if isinstance(one, Article))
    assert any(isinstance(one, Article) for one in results)
    # The same request twice is one request, whoever won.
    assert isinstance(results[0], Article) == isinstance(results[1], Article)


def test_there_is_nothing_to_learn_from_an_unsolved_ticket(articles: ArticleService, tickets: TicketService) -> None:
    ticket = tickets.create(TicketRequest(title="断网", customer="甲厂", channel="电话", actor="小林"))
    with pytest.raises(TicketNotSolvedError, match="处于“新建”"):
        articles.create(ArticleRequest(ticket_id=ticket.ticket_id, actor=WRITER))
    with pytest.raises(TicketNotFoundError):
        articles.create(ArticleRequest(ticket_id="T99", actor=WRITER))
    with pytest.raises(TicketNotFoundError):
        articles.create(new(source_tickets=["T99"]))
    assert articles.create(new(ticket_id=ticket.ticket_id)).source_tickets == [ticket.ticket_id]
    assert len(articles.list().articles) == 1


def test_from_the_draft_to_the_archive(articles: ArticleService, index: ToldIndex, clock: Clock) -> None:
    article = articles.create(new(product="衡川ERP"))
    article = walk(articles, article, A.SUBMIT, A.SEND_BACK, A.EDIT, A.SUBMIT)
    assert (article.state, article.published, index.keys) == (S.IN_REVIEW, None, [])
    article = walk(articles, article, A.PUBLISH)
    assert article.published is not None
    assert (article.published.number, article.published.reviewer) == (1, REVIEWER)
    assert article.review_due_at is not None
    assert (article.review_due_at - clock.moment).days == 180
    assert index.keys == [1]
    assert not article.searchable  # this index only remembers
    archived = walk(articles, article, A.ARCHIVE)
    assert (archived.state, archived.published, archived.review_due_at) == (S.ARCHIVED, None, None)
    actions = [event.action for event in articles.history(article.article_id).events]
    assert actions == [A.CREATE, A.SUBMIT, A.SEND_BACK, A.EDIT, A.SUBMIT, A.PUBLISH, A.ARCHIVE]


def test_nobody_reviews_what_they_wrote(articles: ArticleService) -> None:
    article = walk(articles, articles.create(new()), A.SUBMIT)
    with pytest.raises(OwnArticleError) as caught:
        articles.act(article.article_id, step(article, A.PUBLISH, WRITER))
    assert caught.value.members == {"writers": [WRITER]}
    assert caught.value.detail == f"“{WRITER}”参与了这一稿的撰写，不能自己审核。请另一位同事审核"
    assert articles.get(article.article_id) == article
    told = OwnArticleError("甲", ["甲", "乙", "丙"]).detail
    assert told == "“甲”参与了这一稿的撰写（同为撰写人的还有乙、丙），不能自己审核。请另一位同事审核"


def test_what_may_not_be_done_changes_nothing(articles: ArticleService) -> None:
    article = articles.create(new())
    with pytest.raises(IllegalArticleActionError) as caught:
        articles.act(article.article_id, step(article, A.PUBLISH, REVIEWER))
    assert caught.value.members == {"state": "draft", "allowed_actions": ["edit", "submit", "unlink", "archive"]}
    assert caught.value.detail == "文章处于“草稿”，不能“发布”。现在可以：修改、提交审核、取消关联、归档"
    with pytest.raises(MissingFieldsError) as missing:
        articles.act(article.article_id, ArticleActionRequest(action=A.ARCHIVE, sequence=1, actor=WRITER))
    assert missing.value.members == {"fields": ["reason"]}
    assert missing.value.detail == "操作“归档”还需要字段：归档的理由"
    with pytest.raises(UnfittingFieldsError) as unfitting:
        articles.act(article.article_id, step(article, A.SUBMIT, title="别的"))
    assert unfitting.value.members == {"fields": ["title"]}
    assert unfitting.value.detail.startswith("操作“提交审核”不带字段：标题。")
    assert articles.get(article.article_id) == article


def test_a_change_that_was_not_seen_is_not_overwritten(articles: ArticleService, tickets: TicketService) -> None:
    seen = walk(articles, articles.create(new()), A.SUBMIT, A.PUBLISH)
    tickets_used = [solved_ticket(tickets).ticket_id for _ in "ab"]
    for ticket_id in tickets_used:
        articles.act(seen.article_id, ArticleActionRequest(action=A.LINK, actor=WRITER, ticket_id=ticket_id))
    # That others use it does not keep anybody from improving it; that they improve it does.
    fixed = articles.act(seen.article_id, step(seen, A.EDIT))
    assert (fixed.state, fixed.linked_tickets, fixed.reuse_count) == (S.IN_REVIEW, tickets_used, 2)
    for sequence in (seen.sequence, fixed.sequence + 1, None):
        request = step(seen, A.SEND_BACK).model_copy(update={"sequence": sequence})
        with pytest.raises(StaleArticleError) as caught:
            articles.act(seen.article_id, request)
        assert caught.value.members == {"sequence": fixed.sequence}


def test_links_are_counted_once_and_taken_back(articles: ArticleService, tickets: TicketService, clock: Clock) -> None:
    article = walk(articles, articles.create(new()), A.SUBMIT, A.PUBLISH)
    ticket_id = solved_ticket(tickets).ticket_id
    clock.pass_hours(1)
    article = articles.act(article.article_id, step(article, A.LINK, ticket_id=ticket_id))
    assert (article.reuse_count, article.last_used_at) == (1, clock.moment)
    with pytest.raises(LinkedTicketError):
        articles.act(article.article_id, step(article, A.LINK, ticket_id=ticket_id))
    with pytest.raises(TicketNotFoundError):
        articles.act(article.article_id, step(article, A.LINK, ticket_id="T99"))
    article = articles.act(article.article_id, step(article, A.UNLINK, ticket_id=ticket_id))
    assert (article.reuse_count, article.linked_tickets) == (0, [])
    assert articles.act(article.article_id, step(article, A.LINK, ticket_id=ticket_id)).reuse_count == 1


@pytest.mark.parametrize("unknown", ["A999", "A0", "A01", "999", "A", "A-1", "Ax", "A" + "9" * 40, "A2147483648", "T1"])
def test_unknown_articles(articles: ArticleService, unknown: str) -> None:
    with pytest.raises(ArticleNotFoundError):
        articles.get(unknown)
    with pytest.raises(ArticleNotFoundError):
        articles.history(unknown)
    with pytest.raises(ArticleNotFoundError):
        articles.act(unknown, ArticleActionRequest(action=A.SUBMIT, sequence=1, actor=WRITER))


def test_the_same_request_twice_is_carried_out_once(articles: ArticleService) -> None:
    first = articles.create(new(), "key-1")
    assert articles.create(new(), "key-1") == first
    submit = step(first, A.SUBMIT)
    done = articles.act(first.article_id, submit, "key-2")
    assert articles.act(first.article_id, submit, "key-2") == done
    assert len(articles.list().articles) == 1
    with pytest.raises(ReusedKeyError):
        articles.create(new(title="别的"), "key-1")
    # Emptying a field and leaving it alone are two requests.
    with pytest.raises(ReusedKeyError):
        articles.create(new(cause=None), "key-1")


def test_of_many_who_change_an_article_at_once_one_does(articles: ArticleService) -> None:
    article = articles.create(new())
    barrier = Barrier(6)

    def change(number: int) -> Any:
        barrier.wait()
        try:
            return articles.act(article.article_id, step(article, A.EDIT, cause=f"原因{number}"))
        except StaleArticleError as error:
            return error

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(change, range(6)))
    [winner] = [result for result in results if isinstance(result, Article)]
    assert articles.get(article.article_id) == winner
    assert len(articles.history(article.article_id).events) == 2


def test_the_list_comes_in_pages_and_by_what_is_asked(articles: ArticleService) -> None:
    made = [articles.create(new(title=f"第 {number} 篇")) for number in range(5)]
    walk(articles, made[1], A.SUBMIT, A.PUBLISH)
    revised = walk(articles, made[3], A.SUBMIT, A.PUBLISH, A.REVISE)
    pages, cursor = [], None
    while True:
        page = articles.list(cursor=cursor, limit=2)
        pages.append([one.article_id for one in page.articles])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert pages == [["A5", "A4"], ["A3", "A2"], ["A1"]]
    assert [one.article_id for one in articles.list(states=[S.PUBLISHED]).articles] == ["A2"]
    assert [one.article_id for one in articles.list(live=True).articles] == [revised.article_id, "A2"]
    assert [one.article_id for one in articles.list(live=False, states=[S.DRAFT]).articles] == ["A5", "A3", "A1"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.data())
def test_rows_say_what_their_events_replay_to(
    articles: ArticleService, tickets: TicketService, engine: Engine, data: st.DataObject
) -> None:
    article = articles.create(new())
    ticket_id = solved_ticket(tickets).ticket_id
    for _ in range(data.draw(st.integers(0, 10))):
        action = data.draw(st.sampled_from(article.allowed_actions))
        if action in (A.LINK, A.UNLINK):
            if (ticket_id in article.linked_tickets) is (action is A.LINK):
                continue
            article = articles.act(article.article_id, step(article, action, ticket_id=ticket_id))
        else:
            article = walk(articles, article, action)
    with Session(engine) as session:
        repository = ArticleRepository(session)
        row = repository.find(int(article.article_id[1:]))
        assert row is not None
        assert read_standing(row) == replay(repository.events(row.id))


@pytest.mark.parametrize("change", ["UPDATE article_events SET actor = '别人'", "DELETE FROM article_events"])
def test_the_database_keeps_events_as_they_are(articles: ArticleService, engine: Engine, change: str) -> None:
    articles.create(new())
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize("wrong", ["state = 'lost'", "sequence = 0", "changed_sequence = 9", "live_number = 7"])
def test_the_database_refuses_what_cannot_be(articles: ArticleService, engine: Engine, wrong: str) -> None:
    articles.create(new())
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE articles SET {wrong}"))


def test_migrations_make_the_declared_schema_here_too(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
