"""How a cue is written, and where in a ticket it is looked for."""

import pytest
from pydantic import TypeAdapter, ValidationError

from kb_service.suggestions.cues import Cue, Reading

ADAPTER: TypeAdapter[Cue] = TypeAdapter(Cue)


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("停机|重启", "要重启服务", True),
        (["停机", "重启"], "要重启服务", True),
        (["停机", "割接"], "要重启服务", False),
        ("要…重启", "要把那台主机重启", True),
        ("要…重启", "要重启", True),
        ("要…重启", "要把库里那几张表清掉重启", False),
        ("要……重启", "要把库里那几张表清掉重启", True),
        ("要…重启", "要快，重启没用", False),
        ("要…重启", "要快。重启没用", False),
        ("要…重启", "要\n重启", False),
        (["a|b", "c"], "c", True),
    ],
)
def test_a_cue(cue: str | list[str], text: str, found: bool) -> None:
    assert Reading(text).says(ADAPTER.validate_python(cue)) is found


@pytest.mark.parametrize(
    ("cue", "message"),
    [
        ("(", "“\\(”有误"),
        (["停机", "["], "“\\[”有误"),
        ("停机|", "“停机\\|”什么都能匹配"),
        ("…", "“…”什么都能匹配"),
        ([], "没有正则表达式"),
        (3, "或若干个的列表"),
        ([3], "或若干个的列表"),
    ],
)
def test_a_cue_that_cannot_be_used(cue: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ADAPTER.validate_python(cue)


def test_names_tell_what_a_text_is_about_but_are_not_said() -> None:
    cue = ADAPTER.validate_python("焊机")
    reading = Reading("不热", "热熔焊机", None)
    assert (reading.says(cue), reading.is_about(cue)) == (False, True)
    reading = Reading("焊机不热")
    assert (reading.says(cue), reading.is_about(cue)) == (True, True)


def test_long_logs_are_not_read_to_the_end() -> None:
    cue = ADAPTER.validate_python("停机")
    assert Reading("x" * 1_900 + "停机").says(cue)
    assert not Reading("x" * 2_000 + "停机").says(cue)
