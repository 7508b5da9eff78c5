"""Spreadsheet cells as they are shown: numbers, percentages, dates and times in the format of their cell."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.styles.numbers import is_date_format

_SECTION = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|;')
_DECIMALS = re.compile(r"[0#?][.]([0#?]+)")
_TOKENS = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|(y+|m+|d+|h+|s+)|(AM/PM|上午/下午)|(.)', re.IGNORECASE | re.DOTALL)
_ISO_TIMES = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", time: "hh:mm:ss"}
_LOCAL_FORMATS = {"mm-dd-yy": "yyyy/m/d", "m/d/yy h:mm": "yyyy/m/d h:mm", "m/d/yyyy": "yyyy/m/d"}
"""Formats that Excel shows in the order of the reader's country, whatever the file says."""

_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})\s*(?:[:：分]\s*(\d{1,2}))?(?:\.\d+)?\s*[分秒]?)?"
)


def shown_text(value: Any, number_format: str) -> str:
    """What the program shows for ``value`` under an Excel number format such as ``0.0%`` or ``yyyy"年"m"月"``.

    Colours, conditions, fractions and fill characters are not imitated; such numbers are shown in full.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date | time):
        return _shown_moment(value, number_format)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, int | float):
        return _shown_number(value, number_format)
    return str(value).replace("_x000D_", "").strip()


def iso_moment(text: str) -> str:
    """A day or moment as exports write it (``2026/3/1 9:05``, ``2026年3月1日``) in ISO form; other text as it is."""
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        return text
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups())
    try:
        if match[4] is None:
            return date(year, month, day).isoformat()
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return text


def _shown_number(value: float, number_format: str) -> str:
    positive = _first_section(number_format)
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", positive)
    if not re.search(r"[0#?]", plain) or "/" in plain or "General" in plain:
        return _general(value)
    if "E+" in plain.upper() or "E-" in plain.upper():
        return f"{value:.{_decimals(plain)}E}"
    percent = "%" in plain
    number = Decimal(repr(value)) * (100 if percent else 1)
    digits = f"{number:{',' if ',' in plain else ''}.{_decimals(plain)}f}"
    optional = re.search(r"\.0*(#+)", plain)
    if optional and "." in digits:
        least = _decimals(plain) - len(optional[1])
        whole, fraction = digits.split(".")
        fraction = fraction[:least] + fraction[least:].rstrip("0")
        digits = f"{whole}.{fraction}" if fraction else whole
    leading = re.fullmatch(r"(0+)(?:\.0+)?", plain)
    if leading and value >= 0:
        whole, _, fraction = digits.partition(".")
        digits = whole.zfill(len(leading[1])) + (f".{fraction}" if fraction else "")
    before, after = _literals(positive)
    return before + digits + ("%" if percent else "") + after


def _general(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.15g}" if abs(value) < 1e15 else str(value)


def _decimals(plain: str) -> int:
    match = _DECIMALS.search(plain)
    return len(match[1]) if match else 0


def _literals(section: str) -> tuple[str, str]:
    """Text that a format puts before and after the number, such as a currency sign or a unit."""
    signs = list(re.finditer(r'"([^"]*)"|\\(.)|\[\$([^-\]]*)[^\]]*\]|([¥￥$€℃])', section))
    digit = re.search(r"[0#?]", re.sub(r'"[^"]*"|\[[^\]]*\]', lambda match: " " * len(match[0]), section))
    split = digit.start() if digit else 0
    texts = [(match.start(), next(filter(None, match.groups()), "")) for match in signs]
    return "".join(text for at, text in texts if at < split), "".join(text for at, text in texts if at >= split)


def _first_section(number_format: str) -> str:
    for match in _SECTION.finditer(number_format):
        if match[0] == ";":
            return number_format[: match.start()]
    return number_format


def _shown_moment(value: date | time, number_format: str) -> str:
    section = _first_section(number_format)
    section = _LOCAL_FORMATS.get(section, section)
    if not is_date_format(section) or re.search(r"m{3,}|d{3,}", section, re.IGNORECASE):
        section = _ISO_TIMES[type(value)]
    has_noon = "am/pm" in section.lower() or "上午/下午" in section
    shown, previous = "", ""
    tokens = list(_TOKENS.finditer(section))
    for position, token in enumerate(tokens):
        quoted, escaped, letters, noon, other = token.groups()
        if letters:
            kind = letters[0].lower()
            if kind == "m" and (previous == "h" or _next_letters(tokens, position) == "s"):
                kind = "minute"
            shown += _moment_part(value, kind, len(letters), has_noon)
            previous = kind
        elif noon:
            shown += ("上午" if value.hour < 12 else "下午") if isinstance(value, datetime | time) else ""
        else:
            shown += quoted or escaped or ("" if other in (None, "@", ";", "*", "_") else other)
    return shown.strip()


def _next_letters(tokens: list[re.Match[str]], position: int) -> str:
    return next((token[3][0].lower() for token in tokens[position + 1 :] if token[3]), "")


def _moment_part(value: date | time, kind: str, width: int, has_noon: bool) -> str:
    if kind in "ymd" and isinstance(value, date):
        number = {"y": value.year, "m": value.month, "d": value.day}[kind]
        return f"{number:04}"[-2 if width <= 2 else -4 :] if kind == "y" else f"{number:0{min(width, 2)}}"
    if isinstance(value, datetime | time):
        hour = (value.hour % 12 or 12) if has_noon else value.hour
        number = {"h": hour, "minute": value.minute, "s": value.second}.get(kind, 0)
        return f"{number:0{min(width, 2)}}"
    return "0" * min(width, 2)
