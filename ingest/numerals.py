"""Chinese, Arabic and full-width numerals as they stand in clause numbers."""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = r"(?:[零〇一二两三四五六七八九十百千]+|[0-9０-９]+)"
"""Pattern of one numeral, in Chinese or Arabic digits of either width."""

CHINESE_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"

_POSITIONAL = re.compile(r"[零〇一二两三四五六七八九]+")


def to_int(numeral: str) -> int:
    """``"十五"``, ``"15"``, ``"１５"``, ``"一五"`` -> 15.

    Raises:
        ValueError: ``numeral`` does not match `NUMERAL`.
    """
    if numeral.isdecimal():
        return int(numeral)
    if _POSITIONAL.fullmatch(numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total = current = 0
    for char in numeral:
        if char in _UNITS:
            # A leading 十 stands for 一十.
            total += (current or 1) * _UNITS[char]
            current = 0
        elif char in _DIGITS:
            current = _DIGITS[char]
        else:
            raise ValueError(f"not a numeral: {numeral!r}")
    if not numeral:
        raise ValueError("empty numeral")
    return total + current
