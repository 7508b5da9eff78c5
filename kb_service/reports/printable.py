"""Texts of tickets as Office files can hold them."""

import re

# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_printable(text: str) -> str:
    """``text`` without the characters that no Office file can hold."""
    return _UNWRITABLE.sub("", text)
