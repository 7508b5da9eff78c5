"""A field is called by its own name, or as one step means it."""

import pytest

from kb_service.field_naming import FieldNaming

NAMING = FieldNaming(
    {"text": "内容", "reason": "理由"}, {("reply", "text"): "对客户说的话", ("rate", "score"): "满意度"}
)


def test_a_step_may_mean_something_more_particular() -> None:
    assert [NAMING.name(action, "text") for action in ("reply", "comment")] == ["对客户说的话", "内容"]
    with pytest.raises(KeyError):
        NAMING.name("reply", "score")


def test_what_has_no_name_is_called_as_it_is() -> None:
    named = NAMING.name_all("rate", ["score", "colour", "reason"])
    assert list(named.items()) == [("score", "满意度"), ("colour", "colour"), ("reason", "理由")]
