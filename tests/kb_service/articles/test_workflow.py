"""The life of an article is told whole, in Chinese, and as the table has it."""

import re

import pytest

from kb_service.articles.lifecycle import (
    CONTENT_FIELDS,
    TRANSITIONS,
    ArticleAction,
    ArticleState,
    FlagReason,
    Transition,
)
from kb_service.articles.workflow import build_workflow

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_everything_has_a_name_of_its_own() -> None:
    workflow = build_workflow()
    for named, known in (
        ({one.value: one.name for one in workflow.states}, set(ArticleState)),
        ({one.value: one.name for one in workflow.flags}, set(FlagReason)),
        ({one.value: one.name for one in workflow.content}, set(CONTENT_FIELDS)),
        ({one.action: one.name for one in workflow.actions}, set(ArticleAction)),
    ):
        assert set(named) == known
        assert len(set(named.values())) == len(named)
        assert all(CHINESE.search(name) for name in named.values())


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: f"{step.action}->{step.target}")
def test_fields_are_those_of_every_row_of_the_action(step: Transition) -> None:
    fields = next(one for one in build_workflow().actions if one.action is step.action).fields
    assert {one.field for one in fields if one.required} == set(step.required) - {"review_due_at"}
    assert {one.field for one in fields} <= step.fields
    assert {one.field for one in fields} >= set(step.required) - {"source_tickets"}
    assert [one.required for one in fields] == sorted((one.required for one in fields), reverse=True)


def test_fields_say_how_they_are_filled_in() -> None:
    body = build_workflow().model_dump(mode="json")
    fields = {(one["action"], field["field"]): field for one in body["actions"] for field in one["fields"]}
    flag = fields["flag", "flag"]
    assert (flag["input"], flag["choices"]) == ("choice", ["outdated", "wrong", "duplicate", "unclear"])
    assert flag["names"]["outdated"] == "过时"
    assert fields["publish", "review_due_at"]["input"] == "date"
    assert fields["link", "ticket_id"]["input"] == "line"
    assert (fields["archive", "reason"]["input"], fields["archive", "reason"]["name"]) == ("text", "归档的理由")
    assert (fields["create", "title"]["input"], fields["create", "title"]["longest"]) == ("line", 500)
    assert fields["edit", "solution"]["input"] == "text"
    assert (fields["flag", "reason"]["name"], fields["flag", "reason"]["required"]) == ("说明", False)
