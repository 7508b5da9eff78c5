"""Brings a decoded text into the form that is kept: same words, no invisible or dangerous characters."""

import re

# C0 and C1 controls except tab and newline; zero-width and bidirectional controls; BOM; surrogates.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_TRAILING_SPACE = re.compile(r"[ \t\u00a0\u3000]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def normalize_text(text: str) -> str:
    """Unify line ends, remove invisible characters and trailing space, and fold three or more blank lines to one.

    Full-width letters and Chinese punctuation stay as they are: a quotation must read as its source does.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _TRAILING_SPACE.sub("", text)
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def normalize_line(text: str) -> str:
    """`normalize_text` for something that must stay on one line, such as a title."""
    return " ".join(normalize_text(text).split())
