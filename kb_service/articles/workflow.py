"""The life of an article for those who draw it: every step with its fields, taken from the table and the schema."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, Field

from kb_service.articles.lifecycle import CONTENT_FIELDS, TRANSITIONS, ArticleAction, ArticleState, FlagReason
from kb_service.articles.models import ArticleActionRequest, ArticleRequest
from kb_service.articles.wording import ACTION_NAMES, FIELD_NAMES, FIELD_NAMING, FLAG_NAMES, STATE_NAMES

_LONGEST_LINE = 500
"""Characters of a field that is typed into a single line."""
_FILLED_IN = "review_due_at"
"""The service knows what it is where nobody says it."""

Input = Literal["line", "text", "choice", "date"]


class Named(BaseModel):
    value: str
    name: str


class ArticleStepField(BaseModel):
    field: str
    name: str = Field(examples=["解决办法"])
    required: bool
    input: Input = Field(description="一行文字、多行文字、选择或日期")
    choices: list[str] = Field(description="choice 可取的值")
    names: dict[str, str] = Field(description="choices 各自的名称")
    longest: int | None = Field(description="最多几个字符")


class ArticleStep(BaseModel):
    action: ArticleAction
    name: str
    fields: list[ArticleStepField] = Field(description="必填的在前；任何一步还可带 reason")


class ArticleWorkflow(BaseModel):
    """Names and fields; which actions an article allows is in its ``allowed_actions``."""

    states: list[Named]
    flags: list[Named] = Field(description="标记问题时的种类")
    content: list[Named] = Field(description="文章的各栏")
    actions: list[ArticleStep]


@cache
def build_workflow() -> ArticleWorkflow:
    return ArticleWorkflow(
        states=[Named(value=state, name=STATE_NAMES[state]) for state in ArticleState],
        flags=[Named(value=flag, name=FLAG_NAMES[flag]) for flag in FlagReason],
        content=[Named(value=name, name=FIELD_NAMES[name]) for name in CONTENT_FIELDS],
        actions=[
            ArticleStep(action=action, name=ACTION_NAMES[action], fields=list(_iter_fields(action)))
            for action in ArticleAction
        ],
    )


def _iter_fields(action: ArticleAction) -> Iterator[ArticleStepField]:
    request = ArticleRequest if action is ArticleAction.CREATE else ArticleActionRequest
    schema = request.model_json_schema()
    # An action asks for the same in every state: its first row speaks for all.
    step = next(step for step in TRANSITIONS if step.action is action)
    # A doubt that is not explained helps nobody, so the explanation is asked for with it.
    further = ("reason",) if action is ArticleAction.FLAG else ()
    names = dict.fromkeys((*step.required, *step.optional, *further))
    for name in sorted(names, key=lambda name: name not in step.required):
        if name in schema["properties"] and name != "source_tickets":
            required = name in step.required and name != _FILLED_IN
            yield _build_field(name, FIELD_NAMING.name(action, name), required, schema["properties"][name])


def _build_field(field: str, name: str, required: bool, schema: dict[str, Any]) -> ArticleStepField:
    """``schema`` is that of one property; a property that may be null lists what else it may be first."""
    stated = schema.get("anyOf", [schema])[0]
    longest = stated.get("maxLength")
    kind: Input = "text"
    if field == "flag":
        kind = "choice"
    elif stated.get("format") == "date-time":
        kind = "date"
    elif longest is None or longest <= _LONGEST_LINE:
        kind = "line"
    choices = {flag.value: FLAG_NAMES[flag] for flag in FlagReason} if kind == "choice" else {}
    return ArticleStepField(
        field=field, name=name, required=required, input=kind, choices=list(choices), names=choices, longest=longest
    )
