"""The numbering styles of Chinese regulations: 编章节条, 一、（一）1.（1）A、①, 4.10.1 at the start of a line."""

import re
from dataclasses import dataclass

from ingest.document import Rank
from ingest.numerals import CHINESE_NUMERAL, NUMERAL

# Words after 第X条 that make it a reference inside a sentence, not a heading: 第五条所列, but not 第五条所有人员.
_REFERENCE = (
    r"(?!的|所[列称述指规定]|规定|及其|[及和与或至到](?:第|《|本[法办规制条章节])|、|，|,|第"
    r"|中[的所规有，,]|内[的容所]|以[外上下内前后]|之)"
)
_CLOSING = r"[.．、:：]?"

_NAMED = (
    (Rank.PART, re.compile(rf"第{NUMERAL}编{_REFERENCE}")),
    (Rank.CHAPTER, re.compile(rf"第{NUMERAL}章{_REFERENCE}")),
    (Rank.SECTION, re.compile(rf"第{NUMERAL}节{_REFERENCE}")),
    (Rank.ARTICLE, re.compile(rf"第{NUMERAL}条(?:之{NUMERAL})?{_REFERENCE}{_CLOSING}")),
)
# A figure with a unit begins like a clause number: 1.6管材, 2.5 MPa, 1.5个工作日, but not 1.5个人信息.
_UNIT = (
    r"(?:[元米倍次寸吨斤克升万亿]|[毫厘公平立][米升克里斤方]|英寸|小时|天|个(?![人别])|人(?![员事力才])|份(?!额)|管[材件]"
    r"|年(?![度终假])|月(?![度报])|日(?![常志报])|分(?![工类级公管析配为部])|时(?![间限效段])|度(?!量)|版(?!本管)"
    r"|[%％‰]|(?:[kKMGT]?(?:i?B|bps|Hz|V|A|W|Pa)|[cmk]?m|k?g|m?s)(?![A-Za-z]))"
)
_DECIMAL = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?:[、．]|\.(?!\d)|(?:\s+|(?=[\u4e00-\u9fff（(]))(?!\s|{_UNIT}))"
)

_STYLES = (
    ("cn", re.compile(rf"({CHINESE_NUMERAL})(?:、|[.．](?=\D))")),
    ("cn-paren", re.compile(rf"[（(]({CHINESE_NUMERAL})[）)]\s?[、.．]?")),
    ("num", re.compile(r"(\d{1,2})(?:[、．]|\.(?!\d))")),
    ("num-heading", re.compile(r"(\d{1,2})(?=[ \u3000][\u4e00-\u9fff])")),
    ("num-paren", re.compile(r"[（(](\d{1,2})[）)]\s?[、.．]?")),
    ("num-rparen", re.compile(r"(\d{1,2})[)）]")),
    ("alpha", re.compile(r"([A-Z]\d?)[、．.](?![A-Za-z\d])")),
    ("lower", re.compile(r"([a-z])[、．.](?![A-Za-z\d])")),
    ("circled", re.compile(r"([①-⑳])")),
)

# Marker of a section that may follow, unseparated, on its parent's short heading: 第一章总则第一条为规范…
_NEXT = {
    "named": re.compile(rf"第{NUMERAL}[节条](?:之{NUMERAL})?"),
    "cn": re.compile(
        r"(?<![\d.])\d{1,2}(?:[.．、](?!\d)|(?:\.\d{1,2}){1,3}[、．])"
        r"|[（(](?:[一二三四五六七八九十]+|\d{1,2})[）)]|第\d{1,2}条[.．]"
    ),
}
_LONGEST_GLUED_HEADING = 20
_SENTENCE_MARK = re.compile(r"[，。；：,;:、•●]")


@dataclass(frozen=True)
class Marker:
    """A numbering at the start of a line.

    Attributes:
        style: sections of one style are siblings; ``named`` for 编章节条, ``decimal`` for 4.10.1.
        rank: fixed order of the named parts, ``Rank.OTHER`` for styles that nest as they are met.
        text: the marker without closing punctuation, as a citation writes it (``第十五条``, ``（二）``, ``4.12``).
        length: characters that the marker takes up in the line, closing punctuation included.
        number: the components of a decimal (``(4, 10)``) or plain number (``(4,)``), else empty.
    """

    style: str
    rank: Rank
    text: str
    length: int
    number: tuple[int, ...] = ()

    @property
    def atomic(self) -> bool:
        """Whether this is an article or numbered clause, cited by itself."""
        return self.rank is Rank.ARTICLE or self.style == "decimal"


def parse_marker(line: str) -> Marker | None:
    """Return the marker that ``line`` begins with, or None for running text."""
    for rank, pattern in _NAMED:
        if match := pattern.match(line):
            return Marker("named", rank, match[0].rstrip(".．、:： "), match.end())
    if match := _DECIMAL.match(line):
        number = tuple(int(part) for part in match[1].split("."))
        return Marker("decimal", Rank.OTHER, match[1], match.end(), number)
    for style, pattern in _STYLES:
        if match := pattern.match(line):
            number = (int(match[1]),) if style in ("num", "num-heading") else ()
            text = match[0] if style.endswith("paren") else match[1]
            return Marker(
                "num" if style == "num-heading" else style, Rank.OTHER, text.strip("、.． "), match.end(), number
            )
    return None


def glued_child(marker: Marker, rest: str) -> int | None:
    """Offset in ``rest``, the line after ``marker``, of a child's marker glued to a short heading, or None.

    ``rest`` of ``第一章总则第一条为规范…`` is ``总则第一条为规范…``, the answer 2.
    """
    if marker.rank in (Rank.PART, Rank.CHAPTER, Rank.SECTION):
        pattern = _NEXT["named"]
    elif marker.style in ("cn", "cn-paren"):
        pattern = _NEXT["cn"]
    elif marker.number:
        prefix = r"\.".join(str(part) for part in marker.number)
        pattern = re.compile(rf"{prefix}\.\d{{1,2}}(?!\d)")
    else:
        return None
    match = pattern.search(rest, 0, _LONGEST_GLUED_HEADING + 8)
    if match is None or match.start() > _LONGEST_GLUED_HEADING or not rest[: match.start()].strip():
        return None
    running = _SENTENCE_MARK.search(rest[: match.start()].rstrip("：: "))
    return None if running or parse_marker(rest[match.start() :]) is None else match.start()
