"""Chinese, Arabic and full-width numerals as they stand in clause numbers."""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

CHINESE_DIGITS = "零〇一二两三四五六七八九十百千"

# Bounded, so that a line of nothing but numerals is read in linear time; 一千二百三十四 has seven characters.
CHINESE_NUMERAL = rf"[{CHINESE_DIGITS}]{{1,9}}"

NUMERAL = rf"(?:{CHINESE_NUMERAL}|[0-9０-９]{{1,4}})"
"""Pattern of one numeral, in Chinese or Arabic digits of either width."""

_POSITIONAL = re.compile(r"[零〇一二两三四五六七八九]+")


_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
# Beside digits of half width it closes a number: 1．1—苯基—2—丙酮.
_FULL_WIDTH_POINT = re.compile(r"(?<=[０-９])．(?=[０-９])")


def to_half_width(text: str) -> str:
    """``"２．１"`` -> ``"2.1"``; same length, so that offsets hold in both."""
    if text.isascii():
        return text
    return _FULL_WIDTH_POINT.sub(".", text).translate(_FULL_WIDTH_DIGITS)


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


def to_chinese(number: int) -> str:
    """15 -> ``"十五"``; for 1 to 9999, as clause numbers are written."""
    digits, parts, pending_zero = "零一二三四五六七八九", [], False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            parts.append(("零" if pending_zero else "") + digits[digit] + sign)
            pending_zero = False
        elif parts:
            pending_zero = True
    text = "".join(parts)
    return text.removeprefix("一") if text.startswith("一十") else text
