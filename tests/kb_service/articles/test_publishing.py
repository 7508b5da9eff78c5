"""What is published is found, what is withdrawn is not, and the index catches up with whatever it has missed."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from ingest.tables import State, VersionRow
from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.models import Article, ArticleActionRequest, ArticleRequest
from kb_service.articles.publishing import ArticlePublisher
from kb_service.articles.service import ArticleService
from kb_service.articles.tables import ArticleRow
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings
from tests.ingest.syncing import assert_sound, documents, found_ids, light_runtime
from tests.kb_service.articles.stories import REVIEWER, WRITER

A = ArticleAction
DAY = timedelta(days=1)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with light_runtime(tmp_path / "data") as opened:
        yield opened


def published(articles: ArticleService, title: str = "蓝牙耳机配对失败", **more: Any) -> Article:
    content = {"symptom": "耳机灯一直闪", "solution": "长按电源键十秒后重新配对", **more}
    article = articles.create(ArticleRequest(title=title, actor=WRITER, **content))
    return walk(articles, article, A.SUBMIT, A.PUBLISH)


def walk(articles: ArticleService, article: Article, *actions: ArticleAction, **more: Any) -> Article:
    for action in actions:
        actor = REVIEWER if action is A.PUBLISH else WRITER
        request = ArticleActionRequest(action=action, sequence=article.sequence, actor=actor, **more)
        article = articles.act(article.article_id, request)
    return article


def test_what_is_published_is_found_at_once(runtime: Runtime) -> None:
    article = published(runtime.articles, cause="配对记录已满", product="衡川耳机", category="终端系统")
    assert article.searchable
    assert found_ids(runtime, "耳机配对失败") == {"article-1"}
    [(name, kept)] = documents(runtime).items()
    assert name == ("article-1", "1")
    assert kept == "现象\n耳机灯一直闪\n\n原因\n配对记录已满\n\n解决\n长按电源键十秒后重新配对"
    [stored] = runtime.catalogue.find_versions("article-1")
    assert stored.document.attributes == {"article_id": "A1", "category": "终端系统"}
    assert (stored.document.product, stored.document.kind) == ("衡川耳机", "faq")
    assert stored.document.effective_from == runtime.today()
    assert_sound(runtime)


def test_what_is_archived_is_found_no_more(runtime: Runtime) -> None:
    other = published(runtime.articles, "耳机没有声音")
    article = walk(runtime.articles, published(runtime.articles), A.ARCHIVE, reason="产品停售")
    assert article.searchable  # in step with what is published: nothing
    assert found_ids(runtime, "耳机配对失败") == {other.document_id}
    assert_sound(runtime)


def test_a_revision_is_found_when_it_is_published(runtime: Runtime) -> None:
    article = published(runtime.articles)
    article = walk(runtime.articles, article, A.EDIT, solution="先升级固件")
    assert "长按电源键" in documents(runtime)["article-1", "1"]
    walk(runtime.articles, article, A.PUBLISH)
    # Of two publications of one day the later one holds for the day.
    assert [*documents(runtime)] == [("article-1", "2")]
    assert "先升级固件" in documents(runtime)["article-1", "2"]
    assert_sound(runtime)


def test_a_revision_of_a_later_day_leaves_the_former_one_as_history(runtime: Runtime) -> None:
    article = published(runtime.articles)
    backdate(runtime, "2026-01-05T08:00:00Z")
    runtime.article_publisher.reconcile()
    walk(runtime.articles, article, A.REVISE, A.SUBMIT, A.PUBLISH)
    assert [*documents(runtime)] == [("article-1", "1"), ("article-1", "2")]
    assert found_ids(runtime, "耳机配对失败", on="2026-02-01") == {"article-1"}
    assert found_ids(runtime, "耳机配对失败", on="2026-01-01") == set()
    assert_sound(runtime)


def backdate(runtime: Runtime, at: str) -> None:
    with runtime.engine.begin() as connection:
        live = connection.execute(ArticleRow.__table__.select()).one().live
        connection.execute(update(ArticleRow).values(live={**live, "at": at}))


def test_an_ingestion_of_files_leaves_articles_alone(runtime: Runtime, tmp_path: Path) -> None:
    published(runtime.articles)
    folder = tmp_path / "files"
    folder.mkdir()
    faq = folder / "faq.jsonl"
    faq.write_text(json.dumps({"id": "faq-1", "kind": "faq", "title": "网盘", "text": "退出后重新登录。"}), "utf-8")
    for _ in range(2):
        # The folder that holds the data folder is the one in which it would be looked for as a file.
        assert runtime.indexer.ingest([tmp_path]).ok
    assert {name for name, _ in documents(runtime)} == {"article-1", "faq-1"}
    faq.unlink()
    (folder / "other.jsonl").write_text('{"id": "faq-2", "kind": "faq", "text": "重启。"}', "utf-8")
    assert runtime.indexer.ingest([tmp_path]).removed == 1
    assert {name for name, _ in documents(runtime)} == {"article-1", "faq-2"}


def test_a_crash_before_the_index_was_told_is_mended_at_the_next_start(runtime: Runtime) -> None:
    kept = published(runtime.articles, "打印机卡纸", symptom="打印机响两声后停", solution="取出纸盒")
    withdrawn = published(runtime.articles)
    unheard = ArticleService(runtime.engine, runtime.tickets, Silent(), runtime.articles._now, review_after=DAY)
    revised = walk(unheard, walk(unheard, kept, A.EDIT, solution="清洁搓纸轮"), A.PUBLISH)
    walk(unheard, withdrawn, A.ARCHIVE, reason="停售")
    new = published(unheard, "显示器闪屏", symptom="画面闪", solution="换线")
    assert not revised.searchable
    assert {name for name, _ in documents(runtime)} == {"article-1", "article-2"}
    runtime.warm_up()
    assert {name: "清洁搓纸轮" in kept for name, kept in documents(runtime).items()} == {
        ("article-1", "2"): True,
        ("article-3", "1"): False,
    }
    assert runtime.articles.get(revised.article_id).searchable
    assert runtime.articles.get(new.article_id).searchable
    assert_sound(runtime)
    assert runtime.article_publisher.reconcile() == 0


def test_what_the_index_lost_or_never_should_have_is_mended(runtime: Runtime) -> None:
    first, second = published(runtime.articles), published(runtime.articles, "耳机没有声音")
    assert runtime.indexer.remove(first.document_id) == 1
    with runtime.engine.begin() as connection:
        lost = {"live": None, "live_number": None, "indexed_number": None, "published_at": None}
        connection.execute(update(ArticleRow).where(ArticleRow.id == 2).values(lost))
    assert runtime.article_publisher.reconcile() == 2
    assert [*documents(runtime)] == [(first.document_id, "1")]
    assert second.document_id not in found_ids(runtime, "耳机没有声音")


def test_a_file_that_took_an_article_s_place_gives_it_back(runtime: Runtime, tmp_path: Path) -> None:
    article = published(runtime.articles)
    impostor = tmp_path / "files" / "faq.jsonl"
    impostor.parent.mkdir()
    impostor.write_text(json.dumps({"id": "article-1", "kind": "faq", "title": "网盘", "text": "重新登录。"}), "utf-8")
    assert runtime.indexer.ingest([impostor]).ok
    assert documents(runtime) == {("article-1", "1"): "重新登录。"}
    assert runtime.article_publisher.reconcile() == 1
    assert "长按电源键" in documents(runtime)[article.document_id, "1"]
    with runtime.engine.begin() as connection:
        connection.execute(update(VersionRow).values(state=State.RETIRED))
    assert runtime.article_publisher.reconcile() == 1
    assert_sound(runtime)


def test_articles_are_read_again_by_new_rules(runtime: Runtime) -> None:
    published(runtime.articles)
    assert runtime.article_publisher.reconcile() == 0
    runtime.catalogue.expect_rereading(runtime.catalogue.index_settings())
    assert runtime.article_publisher.reconcile() == 1
    assert runtime.article_publisher.reconcile() == 0


def test_another_time_zone_moves_the_day_and_leaves_one_version(tmp_path: Path) -> None:
    with light_runtime(tmp_path / "data") as runtime:
        published(runtime.articles)
        backdate(runtime, "2026-01-05T20:00:00Z")
        runtime.article_publisher.reconcile()
        [stored] = runtime.catalogue.find_versions("article-1")
        assert stored.document.effective_from.isoformat() == "2026-01-06"
        runtime.settings = ServiceSettings(data_dir=tmp_path / "data", time_zone="UTC")
        del runtime.__dict__["article_publisher"]
        assert runtime.article_publisher.reconcile() == 1
        [stored] = runtime.catalogue.find_versions("article-1")
        assert (stored.document.version, stored.document.effective_from.isoformat()) == ("1", "2026-01-05")
        assert runtime.article_publisher.reconcile() == 0


def test_while_files_are_ingested_an_article_waits_for_its_turn(runtime: Runtime) -> None:
    publisher = ArticlePublisher(
        runtime.engine,
        runtime.catalogue,
        lambda: runtime.indexer,
        runtime.writing,
        runtime.article_publisher._zone,
        wait_seconds=0,
    )
    articles = ArticleService(runtime.engine, runtime.tickets, publisher, runtime.articles._now, review_after=DAY)
    with runtime.writing:
        first = published(articles)
        second = published(articles, "耳机没有声音")
        assert not first.searchable
        assert documents(runtime) == {}
    deadline = time.monotonic() + 30
    while not articles.get(second.article_id).searchable and time.monotonic() < deadline:
        time.sleep(0.05)
    assert {name for name, _ in documents(runtime)} == {first.document_id, second.document_id}
    publisher.close()


def test_an_index_that_fails_leaves_the_article_published(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(runtime.indexer, "ingest_records", fail)
    article = published(runtime.articles)
    assert article.published is not None
    assert not article.searchable
    monkeypatch.undo()
    assert runtime.article_publisher.reconcile() == 1
    assert runtime.articles.get(article.article_id).searchable


class Silent:
    """An index that hears nothing, as after a crash."""

    def follow(self, key: int) -> None: ...
