"""Cues: what tells from a ticket's words that it needs something, and the search for them."""

import re
from typing import Annotated

from pydantic import BeforeValidator

_MOST_READ = 2_000
"""Characters of a ticket in which cues are looked for: what it wants stands before the logs."""
_GAPS = (("……", r"[^，。；！？\n]{0,16}"), ("…", r"[^，。；！？\n]{0,8}"))
"""What an ellipsis stands for: some characters of the same clause."""


def _compile(value: object) -> tuple[re.Pattern[str], ...]:
    patterns = value if isinstance(value, list) else [value]
    if not patterns:
        raise ValueError("列表中没有正则表达式")
    return tuple(_compile_one(pattern) for pattern in patterns)


def _compile_one(pattern: object) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        raise ValueError("应为一个正则表达式，或若干个的列表")
    try:
        compiled = re.compile(_widen(pattern))
    except re.error as error:
        raise ValueError(f"正则表达式“{pattern}”有误：{error}") from error
    if compiled.search(""):
        raise ValueError(f"正则表达式“{pattern}”什么都能匹配")
    return compiled


def _widen(pattern: str) -> str:
    for ellipsis, gap in _GAPS:
        pattern = pattern.replace(ellipsis, gap)
    return pattern


Cue = Annotated[tuple[re.Pattern[str], ...], BeforeValidator(_compile)]
"""A regular expression, or a list of which any may match; ``…`` stands for up to 8, ``……`` for up to 16 characters of
one clause."""


class Reading:
    """A ticket's words; a cue that several ask for is looked for once."""

    def __init__(self, text: str, *names: str | None) -> None:
        """``names``: product and category, which tell what the text is about."""
        self._text = text[:_MOST_READ]
        self._topic = "\n".join(part for part in (self._text, *names) if part)
        self._found: dict[tuple[Cue, bool], bool] = {}

    def says(self, cue: Cue) -> bool:
        return self._find(cue, with_names=False)

    def is_about(self, cue: Cue) -> bool:
        return self._find(cue, with_names=True)

    def _find(self, cue: Cue, *, with_names: bool) -> bool:
        key = (cue, with_names)
        if key not in self._found:
            text = self._topic if with_names else self._text
            self._found[key] = any(pattern.search(text) for pattern in cue)
        return self._found[key]
