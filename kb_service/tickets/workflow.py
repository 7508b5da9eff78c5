"""The workflow for those who draw it: every step with its fields, taken from the table and the request's schema."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, Field

from kb_service.tickets.lifecycle import ALWAYS_OPTIONAL, FINAL_STATES, TRANSITIONS, Action, TicketKind, TicketState
from kb_service.tickets.models import ActionRequest, TicketRequest
from kb_service.tickets.wording import ACTION_NAMES, FIELD_NAMING, KIND_NAMES, RELATION_NAMES, STATE_GROUPS, STATE_NAMES

_LONGEST_LINE = 500
"""Characters of a field that is typed into a single line."""


class WorkflowField(BaseModel):
    field: str
    name: str = Field(examples=["解决办法"])
    required: bool
    input: Literal["line", "text", "number", "choice"] = Field(description="一行文字、多行文字、整数或选择")
    choices: list[str | int] = Field(description="choice 可取的值")
    names: dict[str, str] = Field(default={}, description="取值的中文名称；没有的照写")
    longest: int | None = Field(description="最多几个字符")
    minimum: int | None
    maximum: int | None


class WorkflowAction(BaseModel):
    action: Action
    name: str
    fields: list[WorkflowField] = Field(description="必填的在前")


class WorkflowState(BaseModel):
    state: TicketState
    name: str
    group: str | None = Field(description="队列中的分组；取消和驳回的没有")
    final: bool


class WorkflowKind(BaseModel):
    kind: TicketKind
    name: str


class Workflow(BaseModel):
    """Names and fields; which actions a ticket allows is in its ``allowed_actions``."""

    kinds: list[WorkflowKind]
    groups: list[str]
    states: list[WorkflowState]
    actions: list[WorkflowAction]


@cache
def build_workflow() -> Workflow:
    group_of = {state: group for group, states in STATE_GROUPS.items() for state in states}
    return Workflow(
        kinds=[WorkflowKind(kind=kind, name=KIND_NAMES[kind]) for kind in TicketKind],
        groups=list(STATE_GROUPS),
        states=[
            WorkflowState(state=state, name=STATE_NAMES[state], group=group_of.get(state), final=state in FINAL_STATES)
            for state in TicketState
        ],
        actions=[
            WorkflowAction(action=action, name=ACTION_NAMES[action], fields=list(_iter_fields(action)))
            for action in Action
        ],
    )


def _iter_fields(action: Action) -> Iterator[WorkflowField]:
    schema = (TicketRequest if action is Action.CREATE else ActionRequest).model_json_schema()["properties"]
    # An action asks for the same in every state: its first row speaks for all.
    step = next(step for step in TRANSITIONS if step.action is action)
    further = () if action is Action.CREATE else ALWAYS_OPTIONAL
    for name in dict.fromkeys((*step.required, *step.optional, *further)):
        if name in schema:  # others are filled in by the service itself
            yield _build_field(name, FIELD_NAMING.name(action, name), name in step.required, schema[name])


def _build_field(field: str, name: str, required: bool, schema: dict[str, Any]) -> WorkflowField:
    """``schema`` is that of one property; a property that may be null lists what else it may be first."""
    stated = schema.get("anyOf", [schema])[0]
    longest = stated.get("maxLength")
    kind: Literal["line", "text", "number", "choice"] = "text"
    if "enum" in stated:
        kind = "choice"
    elif stated["type"] == "integer":
        kind = "number"
    elif longest is not None and longest <= _LONGEST_LINE:
        kind = "line"
    return WorkflowField(
        field=field,
        name=name,
        required=required,
        input=kind,
        choices=stated.get("enum", []),
        names={one.value: told for one, told in RELATION_NAMES.items()} if field == "relation" else {},
        longest=longest,
        minimum=stated.get("minimum"),
        maximum=stated.get("maximum"),
    )
