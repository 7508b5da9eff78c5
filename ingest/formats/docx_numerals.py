"""Numbers of automatic lists as Word shows them (ECMA-376, ST_NumberFormat)."""

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LARGEST = 1_000_000


def format_number(number: int, style: str) -> str:
    """``format_number(12, "chineseCounting")`` -> ``"十二"``; a style that is not known is shown in Arabic digits."""
    if style == "none":
        return ""
    if not 0 <= number <= _LARGEST:
        return str(number)
    return _STYLES.get(style, str)(number)


def to_chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """``105`` -> ``"一百零五"``, ``12`` -> ``"十二"``; up to 99,999,999."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        zero = digits[0] if 0 < low < 1000 else ""
        return to_chinese(high, digits, units) + "万" + zero + (to_chinese(low, digits, units) if low else "")
    text = ""
    gap = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += (digits[0] if gap and text else "") + digits[digit] + (units[power - 1] if power else "")
        gap = not digit
    text = text or digits[0]
    return text[1:] if text.startswith(digits[1] + units[0]) and digits is _DIGITS else text


def _positional(number: int, digits: str) -> str:
    return "".join(digits[int(char)] for char in str(number))


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        text += sign * min(count, 20)
    return text


def _letter(number: int) -> str:
    """a … z, aa, bb, …: Word repeats the letter."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20) if number else ""


def _row(first: str, count: int) -> Callable[[int], str]:
    """Signs that stand one after the other in Unicode, from 1."""
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= count else str(number)


def _circled(number: int) -> str:
    for first, low, high in (("①", 1, 20), ("㉑", 21, 35), ("㊱", 36, 50)):
        if low <= number <= high:
            return chr(ord(first) + number - low)
    return str(number)


_STYLES: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "chineseCounting": to_chinese,
    "chineseCountingThousand": to_chinese,
    "japaneseCounting": to_chinese,
    "taiwaneseCounting": to_chinese,
    "taiwaneseCountingThousand": to_chinese,
    "koreanCounting": to_chinese,
    "ideographDigital": lambda number: _positional(number, "〇一二三四五六七八九"),
    "taiwaneseDigital": lambda number: _positional(number, "〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": lambda number: _positional(number, "〇一二三四五六七八九"),
    "chineseLegalSimplified": lambda number: to_chinese(number, _LEGAL_DIGITS, "拾佰仟"),
    "ideographLegalTraditional": lambda number: to_chinese(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": lambda number: _STEMS[number - 1] if 1 <= number <= len(_STEMS) else str(number),
    "ideographZodiac": lambda number: _BRANCHES[number - 1] if 1 <= number <= len(_BRANCHES) else str(number),
    "decimalFullWidth": lambda number: _positional(number, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda number: _positional(number, "０１２３４５６７８９"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _row("⑴", 20),
    "decimalEnclosedFullstop": _row("⒈", 20),
    "ideographEnclosedCircle": _row("㊀", 10),
    "numberInDash": lambda number: f"- {number} -",
}
