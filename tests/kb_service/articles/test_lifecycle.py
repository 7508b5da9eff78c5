"""The table says what reviewing means, and every history that follows it replays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from kb_service.articles.history import (
    ArticleEvent,
    IllegalEventError,
    LinkError,
    OwnReviewError,
    Standing,
    advance,
    replay,
)
from kb_service.articles.lifecycle import (
    TRANSITIONS,
    ArticleAction,
    ArticleState,
    FlagReason,
    allowed_actions,
    find_transition,
)
from tests.kb_service.articles.stories import FIELDS, REVIEWER, WRITER, fields_for, histories
from tests.kb_service.tickets.histories import START

A, S = ArticleAction, ArticleState


def step(standing: Standing | None, action: ArticleAction, actor: str = WRITER, **more: Any) -> Standing:
    sequence = standing.sequence + 1 if standing else 1
    at = standing.changed_at + timedelta(hours=1) if standing else START
    return advance(standing, ArticleEvent(sequence, action, actor, at, fields_for(standing, action) | more))


def published(**more: Any) -> Standing:
    return step(step(step(None, A.CREATE, **more), A.SUBMIT), A.PUBLISH, REVIEWER)


def test_every_state_is_reached_and_left() -> None:
    seen, frontier = {(S.DRAFT, False)}, [(S.DRAFT, False)]
    while frontier:
        state, live = frontier.pop()
        for action in allowed_actions(state, live=live):
            transition = find_transition(state, action, live=live)
            assert transition is not None
            target = transition.target or state
            becomes_live = {S.PUBLISHED: True, S.ARCHIVED: False}.get(target, live)
            if (target, becomes_live) not in seen:
                seen.add((target, becomes_live))
                frontier.append((target, becomes_live))
    drafts = {(state, live) for state in (S.DRAFT, S.IN_REVIEW) for live in (True, False)}
    assert seen == drafts | {(S.PUBLISHED, True), (S.ARCHIVED, False)}


def test_no_action_has_two_meanings_in_one_place() -> None:
    places = [(state, transition.action) for transition in TRANSITIONS for state in transition.sources]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("state", "action", "live"),
    [
        (S.DRAFT, A.PUBLISH, False),  # reviewed first
        (S.PUBLISHED, A.SUBMIT, True),
        (S.IN_REVIEW, A.EDIT, False),  # what is read by a reviewer does not change under their eyes
        (S.ARCHIVED, A.EDIT, False),
        (S.ARCHIVED, A.PUBLISH, False),
        (S.DRAFT, A.FLAG, False),  # there is nothing yet that anybody could have found
        (S.DRAFT, A.LINK, False),
        (S.DRAFT, A.DISCARD_REVISION, False),
    ],
)
def test_what_may_not_be_done(state: ArticleState, action: ArticleAction, live: bool) -> None:
    assert find_transition(state, action, live=live) is None


@given(histories())
def test_every_history_by_the_table_replays_to_the_same_place(events: list[ArticleEvent]) -> None:
    standing = None
    for number, one in enumerate(events, start=1):
        standing = advance(standing, one)
        assert standing == replay(events[:number])
        assert (standing.live is None) or standing.state is not S.ARCHIVED
        if standing.state is S.PUBLISHED:
            assert standing.live is not None
            assert (standing.content, standing.writers) == (standing.live.content, ())
    assert standing is not None
    assert standing.publications == sum(one.action is A.PUBLISH for one in events)


@given(histories(longest=8))
def test_what_the_table_does_not_allow_is_refused_everywhere(events: list[ArticleEvent]) -> None:
    standing = replay(events)
    assert standing is not None
    for action in set(A) - set(allowed_actions(standing.state, live=standing.live is not None)):
        with pytest.raises(IllegalEventError):
            advance(standing, ArticleEvent(standing.sequence + 1, action, WRITER, standing.changed_at, FIELDS))


@given(histories(longest=8))
def test_order_time_and_fields_are_checked(events: list[ArticleEvent]) -> None:
    *before, last = events
    standing = replay(before)
    for wrong in (last.sequence - 1, last.sequence + 1):
        with pytest.raises(IllegalEventError, match="follows"):
            advance(standing, replace(last, sequence=wrong))
    if standing is not None:
        with pytest.raises(IllegalEventError, match="before"):
            advance(standing, replace(last, at=standing.changed_at - timedelta(seconds=1)))
    with pytest.raises(IllegalEventError) as unfitting:
        advance(standing, replace(last, fields={**last.fields, "colour": "red"}))
    assert unfitting.value.unfitting == ("colour",)


@pytest.mark.parametrize("reviewer", [WRITER, " 工程师 甲", "工程师甲 "])
def test_nobody_reviews_what_they_wrote(reviewer: str) -> None:
    submitted = step(step(None, A.CREATE), A.SUBMIT, REVIEWER)
    with pytest.raises(OwnReviewError):
        step(submitted, A.PUBLISH, reviewer)
    live = step(submitted, A.PUBLISH, REVIEWER)
    assert live.live is not None
    assert (live.live.writers, live.live.reviewer) == ((WRITER,), REVIEWER)
    with pytest.raises(OwnReviewError):
        step(live, A.CONFIRM, reviewer)
    assert step(live, A.CONFIRM, REVIEWER).flags == ()


def test_whoever_helps_to_write_does_not_review() -> None:
    edited = step(step(None, A.CREATE), A.EDIT, REVIEWER, cause="没有绑定模板")
    with pytest.raises(OwnReviewError):
        step(step(edited, A.SUBMIT), A.PUBLISH, REVIEWER)


def test_whoever_wrote_it_still_did_after_the_archive() -> None:
    back = step(step(step(published(), A.ARCHIVE), A.RESTORE, REVIEWER), A.SUBMIT, REVIEWER)
    with pytest.raises(OwnReviewError):
        step(back, A.PUBLISH, WRITER)
    assert step(back, A.PUBLISH, REVIEWER).publications == 2


def test_the_published_text_stays_while_a_revision_is_written() -> None:
    first = published()
    draft = step(step(first, A.REVISE, REVIEWER), A.EDIT, REVIEWER, solution="新办法")
    assert (draft.state, draft.content.solution) == (S.DRAFT, "新办法")
    assert draft.live == first.live
    assert step(draft, A.DISCARD_REVISION).content == first.content
    second = step(step(draft, A.SUBMIT), A.PUBLISH, WRITER)
    assert second.live is not None
    assert (second.live.number, second.live.content.solution) == (2, "新办法")


def test_a_fix_while_reusing_goes_to_a_reviewer() -> None:
    fixed = step(published(), A.EDIT, REVIEWER, solution="新办法")
    assert fixed.state is S.IN_REVIEW
    assert fixed.live is not None
    assert fixed.live.content.solution == FIELDS["solution"]
    with pytest.raises(OwnReviewError):
        step(fixed, A.PUBLISH, REVIEWER)


def test_flags_are_gone_when_somebody_has_looked() -> None:
    flagged = step(step(published(), A.FLAG, flag="wrong"), A.FLAG, REVIEWER, flag="unclear", reason="第二步？")
    assert [(one.reason, one.text) for one in flagged.flags] == [
        (FlagReason.WRONG, None),
        (FlagReason.UNCLEAR, "第二步？"),
    ]
    assert step(flagged, A.CONFIRM, REVIEWER).flags == ()


def test_without_a_solution_there_is_nothing_to_review() -> None:
    draft = step(None, A.CREATE, solution=None)
    with pytest.raises(IllegalEventError) as caught:
        step(draft, A.SUBMIT)
    assert caught.value.missing == ("solution",)
    with pytest.raises(IllegalEventError) as emptied:
        step(published(), A.EDIT, solution=None)
    assert emptied.value.missing == ("solution",)
    with pytest.raises(IllegalEventError) as untitled:
        step(draft, A.EDIT, title=None)
    assert untitled.value.missing == ("title",)


def test_an_edit_edits_something() -> None:
    draft = step(None, A.CREATE)
    with pytest.raises(IllegalEventError) as caught:
        advance(draft, ArticleEvent(2, A.EDIT, WRITER, draft.changed_at, {"reason": "无"}))
    assert "solution" in caught.value.missing
    assert step(step(draft, A.EDIT, cause="原因"), A.EDIT, cause=None).content.cause is None


def test_a_ticket_is_linked_once() -> None:
    linked = step(published(), A.LINK)
    assert (linked.linked_tickets, linked.last_used_at) == (("T1",), linked.changed_at)
    with pytest.raises(LinkError):
        step(linked, A.LINK)
    assert step(linked, A.UNLINK).linked_tickets == ()
    with pytest.raises(LinkError):
        step(published(), A.UNLINK)


def test_no_events_are_no_article() -> None:
    assert replay([]) is None
