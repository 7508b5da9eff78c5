"""The workflow is told whole, in Chinese, and as the table has it."""

import re

import pytest

from kb_service.tickets.lifecycle import TRANSITIONS, Action, TicketKind, TicketState, Transition
from kb_service.tickets.models import ActionRequest, TicketRequest
from kb_service.tickets.workflow import build_workflow

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_everything_has_a_name_of_its_own() -> None:
    workflow = build_workflow()
    for named, known in (
        ({one.kind: one.name for one in workflow.kinds}, TicketKind),
        ({one.state: one.name for one in workflow.states}, TicketState),
        ({one.action: one.name for one in workflow.actions}, Action),
    ):
        assert set(named) == set(known)
        assert len(set(named.values())) == len(named)
        assert all(CHINESE.search(name) for name in named.values())


def test_every_state_that_waits_for_somebody_is_in_one_group() -> None:
    workflow = build_workflow()
    without = {one.state for one in workflow.states if one.group is None}
    assert without == {TicketState.REJECTED, TicketState.CANCELLED}
    assert {one.group for one in workflow.states} - {None} == set(workflow.groups)


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: f"{step.action}->{step.target}")
def test_fields_are_those_of_every_row_of_the_action(step: Transition) -> None:
    fields = next(one for one in build_workflow().actions if one.action is step.action).fields
    asked = set(TicketRequest.model_fields if step.action is Action.CREATE else ActionRequest.model_fields)
    assert {one.field for one in fields if one.required} == asked & set(step.required)
    if step.action is not Action.CREATE:
        assert {one.field for one in fields} == asked & step.fields
    if not step.noted:
        assert set(step.required) <= asked


def test_fields_say_how_they_are_filled_in() -> None:
    body = build_workflow().model_dump(mode="json")
    fields = {(one["action"], field["field"]): field for one in body["actions"] for field in one["fields"]}
    assert fields["triage", "priority"]["choices"] == ["P1", "P2", "P3", "P4"]
    assert fields["triage", "category"]["input"] == "line"
    assert fields["escalate", "to_level"]["choices"] == [2, 3]
    assert fields["resolve", "solution"]["input"] == "text"
    assert fields["create", "title"]["longest"] == 500
    minutes = fields["resolve", "minutes_worked"]
    assert (minutes["input"], minutes["minimum"], minutes["required"]) == ("number", 1, True)
    assert not fields["triage", "minutes_worked"]["required"]
