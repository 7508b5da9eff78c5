"""Gaps on SQLite and PostgreSQL: what was asked in vain, put together, drafted or dismissed once."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.articles.lifecycle import ArticleAction
from kb_service.articles.models import Article, ArticleActionRequest, ArticleRequest
from kb_service.articles.service import ArticleService
from kb_service.gaps.errors import GapDecidedError, GapNotFoundError
from kb_service.gaps.models import Gap, GapDismissal, GapDraftRequest, GapState
from kb_service.gaps.recording import SearchLog
from kb_service.gaps.service import GapService
from kb_service.gaps.tables import GapDecisionRow
from kb_service.tickets.service import TicketService
from tests.kb_service.articles.stories import REVIEWER, WRITER, solved_ticket
from tests.kb_service.conftest import Clock

DISMISSAL = GapDismissal(actor="组长", reason="与技术支持无关")


def ask(log: SearchLog, *queries: str, answered: bool = False, **more: Any) -> None:
    for query in queries:
        log.note(query, **{"answered": answered, "confidence": 0.9 if answered else 0.2, "filtered": False, **more})


def found(gaps: GapService, state: GapState = GapState.OPEN, days: int = 90, at_least: int = 1) -> list[Gap]:
    return gaps.find(state=state, days=days, at_least=at_least, limit=50).gaps


def test_what_is_asked_in_vain_is_put_together(gaps: GapService, log: SearchLog, clock: Clock) -> None:
    begun = clock.moment
    ask(log, "蓝牙耳机配对失败", "食堂几点开饭")
    log.flush()
    clock.pass_hours(1)
    ask(log, "蓝牙耳机配对失败了", "蓝牙耳机配对失败了", confidence=0.3)
    ask(log, "打印机卡纸", answered=True)
    ask(log, "扫描仪不认", filtered=True)
    first, second = found(gaps)
    assert (first.gap_id, first.count, first.state) == ("G1", 3, GapState.OPEN)
    assert first.examples == ["蓝牙耳机配对失败了", "蓝牙耳机配对失败"]
    assert (first.first_seen_at, first.last_seen_at) == (begun, clock.moment)
    assert first.best_confidence == 0.3
    assert "耳机" in first.terms
    assert (second.gap_id, second.examples) == ("G2", ["食堂几点开饭"])
    assert found(gaps, at_least=2) == [first]
    assert found(gaps) == [first, second]


def test_what_differs_in_its_code_is_another_gap(gaps: GapService, log: SearchLog) -> None:
    ask(log, "报错 ORA-12541 怎么办", "报错 ORA-12514 怎么办", "ora12541 报错怎么办")
    assert [gap.count for gap in found(gaps)] == [2, 1]


def test_what_was_answered_since_is_no_gap(gaps: GapService, log: SearchLog) -> None:
    ask(log, "蓝牙耳机配对失败")
    ask(log, "蓝牙耳机配对失败", answered=True)
    assert found(gaps) == []
    ask(log, "蓝牙耳机配对失败")
    assert [gap.count for gap in found(gaps)] == [2]


def test_old_searches_are_left_out_where_that_is_asked(gaps: GapService, log: SearchLog, clock: Clock) -> None:
    ask(log, "蓝牙耳机配对失败")
    log.flush()
    clock.pass_hours(24 * 10)
    ask(log, "食堂几点开饭")
    assert [gap.gap_id for gap in found(gaps, days=9)] == ["G2"]
    assert [gap.gap_id for gap in found(gaps, days=11)] == ["G1", "G2"]


def test_a_gap_becomes_a_draft_once(gaps: GapService, log: SearchLog, articles: ArticleService) -> None:
    ask(log, "蓝牙耳机配对失败", "蓝牙耳机配对失败了", "蓝牙耳机配对失败了")
    [gap] = found(gaps)
    article = gaps.draft(gap.gap_id, GapDraftRequest(actor=WRITER, product="衡川耳机"))
    assert (article.title, article.product, article.author) == ("蓝牙耳机配对失败了", "衡川耳机", WRITER)
    assert article.symptom == "蓝牙耳机配对失败了\n蓝牙耳机配对失败"
    with pytest.raises(GapDecidedError) as caught:
        gaps.draft(gap.gap_id, GapDraftRequest(actor=REVIEWER))
    assert caught.value.members == {"state": "drafted", "article_id": article.article_id}
    # What is asked like it meanwhile is known to be in work.
    ask(log, "蓝牙耳机配对失败呢")
    assert found(gaps) == []
    [drafted] = found(gaps, GapState.DRAFTED)
    assert (drafted.gap_id, drafted.count, drafted.article_id) == (gap.gap_id, 4, article.article_id)
    assert len(articles.list().articles) == 1
    with pytest.raises(GapDecidedError):
        gaps.dismiss("G4", DISMISSAL)  # the later search's number leads to the same gap


def test_a_dismissed_gap_is_quiet_until_it_is_opened_again(gaps: GapService, log: SearchLog) -> None:
    ask(log, "食堂几点开饭")
    [gap] = found(gaps)
    dismissed = gaps.dismiss(gap.gap_id, DISMISSAL)
    assert (dismissed.state, dismissed.reason, dismissed.decided_by) == (GapState.DISMISSED, "与技术支持无关", "组长")
    ask(log, "食堂几点开饭？")
    assert found(gaps) == []
    assert [one.count for one in found(gaps, GapState.DISMISSED)] == [2]
    gaps.reopen(gap.gap_id)
    assert [one.count for one in found(gaps)] == [2]
    with pytest.raises(GapNotFoundError):
        gaps.reopen(gap.gap_id)


def test_each_decided_gap_keeps_what_is_asked_most_like_it(
    gaps: GapService, log: SearchLog, engine: Engine, clock: Clock
) -> None:
    ask(log, "蓝牙耳机配对失败", "蓝牙耳机配对失败了")
    gaps.dismiss("G1", DISMISSAL)
    with Session(engine) as session, session.begin():
        near = {
            "query": "蓝牙耳机配对失败了",
            "state": "dismissed",
            "reason": "重复",
            "actor": "组长",
            "at": clock.moment,
        }
        session.add(GapDecisionRow(gap_key=2, **near))
    assert [(gap.gap_id, gap.count) for gap in found(gaps, GapState.DISMISSED)] == [("G1", 1), ("G2", 1)]


def test_a_number_of_another_window_leads_to_the_same_gap(gaps: GapService, log: SearchLog, clock: Clock) -> None:
    ask(log, "蓝牙耳机配对失败")
    log.flush()
    clock.pass_hours(24 * 10)
    ask(log, "蓝牙耳机配对失败")
    [gap] = found(gaps, days=5)
    assert gap.gap_id == "G2"
    gaps.dismiss(gap.gap_id, DISMISSAL)
    assert found(gaps, days=5) == found(gaps, days=50) == []


@pytest.mark.parametrize("unknown", ["G9", "G0", "G", "1", "Gx", "G" + "9" * 30, "A1"])
def test_unknown_gaps(gaps: GapService, log: SearchLog, unknown: str) -> None:
    ask(log, "食堂几点开饭")
    for decide in (
        lambda: gaps.draft(unknown, GapDraftRequest(actor=WRITER)),
        lambda: gaps.dismiss(unknown, DISMISSAL),
        lambda: gaps.reopen(unknown),
    ):
        with pytest.raises(GapNotFoundError):
            decide()


def test_solved_tickets_that_nothing_was_written_from(
    gaps: GapService, tickets: TicketService, articles: ArticleService
) -> None:
    made = [solved_ticket(tickets, product=product).ticket_id for product in ("甲", "甲", "乙", "乙", "乙")]
    article = articles.create(ArticleRequest(ticket_id=made[2], actor=WRITER))
    for action, actor in ((ArticleAction.SUBMIT, WRITER), (ArticleAction.PUBLISH, REVIEWER)):
        article = step(articles, article, action, actor)
    step(articles, article, ArticleAction.LINK, WRITER, ticket_id=made[3])
    groups = gaps.find_unwritten(days=90, limit=10).groups
    shown = [(group.product, group.category, group.count, group.ticket_ids) for group in groups]
    assert shown == [("甲", "打印输出", 2, [made[1], made[0]]), ("乙", "打印输出", 1, [made[4]])]


def step(articles: ArticleService, article: Article, action: ArticleAction, actor: str, **more: Any) -> Article:
    request = ArticleActionRequest(action=action, sequence=article.sequence, actor=actor, **more)
    return articles.act(article.article_id, request)
