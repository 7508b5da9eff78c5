"""Traditional characters -> simplified ones, by OpenCC."""

from functools import lru_cache

import opencc

_FIRST, _LAST = 0x3400, 0x9FFF
"""The CJK characters that OpenCC has rules for, without the rare ones beyond the basic plane."""


def simplify(text: str) -> str:
    """Character by character, so that offsets hold in both; what is simplified already stays."""
    return text if text.isascii() else text.translate(_table())


def simplify_words(text: str) -> str:
    """Words too, as Taiwan has others (印表機 -> 打印机); a text without traditional characters stays as it is."""
    return text if simplify(text) == text else str(_converter("tw2sp").convert(text))


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    characters = [chr(code) for code in range(_FIRST, _LAST + 1)]
    simplified = str(_converter("t2s").convert("\n".join(characters))).split("\n")
    return {ord(old): new for old, new in zip(characters, simplified, strict=True) if new != old and len(new) == 1}


@lru_cache(maxsize=2)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)
