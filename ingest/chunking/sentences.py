"""Where Chinese sentences end."""

import re
from collections.abc import Iterator

# Full stops with any closing quotes and brackets behind them, Latin ones only before a space or the end, line ends.
_SENTENCE_END = re.compile(r"[。！？；…!?;]+[”’」』）)】》\"']*|(?<=[A-Za-z0-9\u4e00-\u9fff])\.(?=\s)|\n+")


def iter_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield ranges that cover ``text[start:end]`` without gap or overlap, each ending after a sentence end.

    A line end always ends a sentence and belongs to the one before it.
    """
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        yield position, match.end()
        position = match.end()
    if position < end:
        yield position, end
