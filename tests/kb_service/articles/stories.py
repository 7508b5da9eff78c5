"""Stories of articles: solved tickets to draft from, and histories drawn at random by following the table."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from kb_service.articles.history import ArticleEvent, Standing, advance
from kb_service.articles.lifecycle import ArticleAction, allowed_actions, find_transition
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from tests.kb_service.tickets.histories import START

WRITER, REVIEWER = "工程师甲", "工程师乙"

FIELDS: dict[str, Any] = {
    "title": "打印凭证提示找不到模板",
    "symptom": "点打印后提示找不到模板",
    "solution": "在模板分配中绑定模板\n重新登录",
    "reason": "步骤不全",
    "flag": "outdated",
    "review_due_at": "2027-05-24T01:00:00+00:00",
}


def fields_for(standing: Standing | None, action: ArticleAction, ticket: str = "T1") -> dict[str, Any]:
    """What the action needs here."""
    live = standing is not None and standing.live is not None
    transition = find_transition(standing.state if standing else None, action, live=live)
    names = transition.required if transition else ()
    fields = {name: FIELDS[name] for name in names if name in FIELDS}
    if "ticket_id" in names:
        fields["ticket_id"] = ticket
    if action in (ArticleAction.EDIT, ArticleAction.CREATE):
        fields["solution"] = FIELDS["solution"]
    return fields


@st.composite
def histories(draw: st.DrawFn, longest: int = 20) -> list[ArticleEvent]:
    create = ArticleEvent(1, ArticleAction.CREATE, WRITER, START, fields_for(None, ArticleAction.CREATE))
    events, standing = [create], advance(None, create)
    for _ in range(draw(st.integers(0, longest))):
        action = draw(st.sampled_from(allowed_actions(standing.state, live=standing.live is not None)))
        ticket = draw(st.sampled_from(["T1", "T2"]))
        if action in (ArticleAction.LINK, ArticleAction.UNLINK) and (
            (ticket in standing.linked_tickets) is (action is ArticleAction.LINK)
        ):
            continue
        at = standing.changed_at + timedelta(minutes=draw(st.integers(0, 3 * 24 * 60)))
        fields = fields_for(standing, action, ticket)
        # Whoever reviews has written nothing.
        actor = REVIEWER if action in (ArticleAction.PUBLISH, ArticleAction.CONFIRM) else WRITER
        events.append(ArticleEvent(standing.sequence + 1, action, actor, at, fields))
        standing = advance(standing, events[-1])
    return events


def solved_ticket(tickets: TicketService, **more: Any) -> Ticket:
    new = {"title": "打印凭证提示找不到模板", "customer": "星河精工有限公司", "channel": "电话", "actor": "小林"}
    ticket = tickets.create(TicketRequest(**{**new, "description": "点打印后提示找不到模板", **more}))
    steps: tuple[tuple[Action, dict[str, Any]], ...] = (
        (Action.TRIAGE, {"category": "打印输出", "priority": "P3"}),
        (Action.ASSIGN, {"assignee": WRITER}),
        (Action.START, {}),
        (Action.RESOLVE, {"cause": "没有绑定模板", "solution": "在模板分配中绑定模板", "minutes_worked": 20}),
    )
    for action, fields in steps:
        request = ActionRequest(action=action, sequence=ticket.sequence, actor=WRITER, **fields)
        ticket = tickets.act(ticket.ticket_id, request)
    return ticket
