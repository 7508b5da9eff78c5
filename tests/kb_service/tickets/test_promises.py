"""A promise is judged by the priority of the moment at which it was kept."""

from datetime import timedelta

from kb_service.tickets.clocks import ClockName, ClockState
from kb_service.tickets.history import TicketEvent
from kb_service.tickets.lifecycle import Action, TicketKind
from kb_service.tickets.promises import judge_all
from kb_service.tickets.service_levels import ServiceLevels
from tests.kb_service.tickets.histories import START, history

A, INCIDENT = Action, TicketKind.INCIDENT
LEVELS = ServiceLevels.build("Asia/Shanghai", {"levels": [{"priority": "P1", "resolution": "1 小时"}]})
NOW = START + timedelta(hours=9)


def made_urgent_after(*steps: tuple[Action, float]) -> list[TicketEvent]:
    events = history((A.CREATE, 0.0), (A.TRIAGE, 0.1), (A.ASSIGN, 0.2), *steps)
    raised = TicketEvent(len(events) + 1, A.CHANGE_PRIORITY, "甲", NOW, {"priority": "P1", "reason": "停产"})
    return [*events, raised]


def test_what_was_kept_stays_kept_when_the_priority_rises() -> None:
    events = made_urgent_after((A.RESPOND, 1.0), (A.START, 1.0), (A.RESOLVE, 5.0))
    response = judge_all(INCIDENT, None, "P1", events, LEVELS, NOW)[ClockName.RESPONSE]
    assert (response.target.text, response.status.state) == ("2 工作小时", ClockState.MET)
    resolution = judge_all(INCIDENT, None, "P1", events, LEVELS, NOW)[ClockName.RESOLUTION]
    assert (resolution.target.text, resolution.status.state) == ("48 小时", ClockState.MET)


def test_what_is_still_owed_is_owed_by_the_new_priority() -> None:
    events = made_urgent_after((A.START, 1.0))
    assert judge_all(INCIDENT, None, "P1", events, LEVELS, NOW)[ClockName.RESPONSE].target.text == "立即"
    resolution = judge_all(INCIDENT, None, "P1", events, LEVELS, NOW)[ClockName.RESOLUTION]
    assert (resolution.target.text, resolution.status.state) == ("1 小时", ClockState.BREACHED)
