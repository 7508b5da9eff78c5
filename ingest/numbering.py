"""The numbering styles of Chinese regulations: 编章节条, 附件, 一、（一）1.（1）A、①, 4.10.1 at one place of a line."""

import re
from dataclasses import dataclass

from ingest.document import Rank
from ingest.numerals import CHINESE_NUMERAL, NUMERAL, to_int

SPACE = " \u3000\u00a0\t"

# Words after 第X条 that make it a reference inside a sentence, not a heading: 第五条所列, but not 第五条所有人员.
_REFERENCE = (
    r"(?!的|所[列称述指规定]|规定|及其|[及和与或至到](?:第|《|本[法办规制条章节])|、|，|,|第"
    r"|中[的所规有增，,]|内[的容所]|以[外上下内前后]|之|后增加|前增加|增加[一二三四五六七八九十]|修改为|[。；;”])"
)
_CLOSING = r"[.．、:：]?"


def _named(unit: str) -> str:
    return rf"第[{SPACE}]{{0,2}}({NUMERAL})[{SPACE}]{{0,2}}{unit}"


# Outer parts first: a part ends every open one of its own tier or below.
_NAMED = (
    (Rank.PART, 15, re.compile(_named("分编") + _REFERENCE)),
    (
        Rank.PART,
        10,
        re.compile(_named(rf"(?:编(?![号制写辑])|部分(?=[{SPACE}:：]|$)|[篇卷](?=[{SPACE}]|$))") + _REFERENCE),
    ),
    (Rank.CHAPTER, 20, re.compile(_named("章") + _REFERENCE)),
    (Rank.SECTION, 30, re.compile(_named("节") + _REFERENCE)),
    (Rank.ARTICLE, 40, re.compile(_named("条") + rf"((?:之{NUMERAL}){{0,2}}){_REFERENCE}{_CLOSING}")),
)
PARAGRAPH_TIER = 50
ANNEX_TIER = 5

_ANNEX = re.compile(
    rf"(附[件录表图][{SPACE}]?({NUMERAL}|[A-Z](?![A-Za-z]))?)(?:[{SPACE}]*[:：、.．]|[{SPACE}]+|(?=[《（(])|$)"
    rf"|(附[件录表图]({NUMERAL}))(?=[\u4e00-\u9fff])(?![中所的内上下前后及和与或至到、])"
    r"|(附)[:：]$"
)
_LONGEST_ANNEX_HEADING = 60
_SENTENCE_END = re.compile(r"[。；;！？!?]")

# A figure with a unit begins like a clause number: 1.6管材, 2.5 MPa, 1.5个工作日, but not 1.5个人信息.
_UNIT = (
    r"(?:[元米倍次寸吨斤克升万亿]|[毫厘公平立][米升克里斤方]|英寸|小时|天|个(?![人别])|人(?![员事力才])|份(?!额)|管[材件]"
    r"|年(?![度终假])|月(?![度报])|日(?![常志报])|分(?![工类级公管析配为部])|时(?![间限效段])|度(?!量)|版(?!本管)"
    r"|[%％‰]|(?:[kKMGT]?(?:i?B|bps|Hz|V|A|W|Pa)|[cmk]?m|k?g|m?s)(?![A-Za-z]))"
)
_DECIMAL = re.compile(
    rf"(\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})"
    rf"(?:[、．]|\.(?!\d)|(?:\s+|(?=[\u4e00-\u9fff（(]))(?!\s|{_UNIT}|[章节条款项]))"
)
# 一、二线人员 and 一、二级 count; they number nothing.
_COUNTED = re.compile(rf"({CHINESE_NUMERAL})(?:[线级类期季层组批]|、)")

_STYLES = (
    ("cn", re.compile(rf"({CHINESE_NUMERAL})(?:、|[.．](?=\D))")),
    ("cn-paren", re.compile(rf"[（(]({CHINESE_NUMERAL})[）)][{SPACE}]?[、.．]?")),
    ("num", re.compile(r"(\d{1,3})(?:[、．]|\.(?!\d))")),
    ("num-heading", re.compile(r"(\d{1,2})(?=[ \u3000][\u4e00-\u9fff])")),
    ("num-paren", re.compile(rf"[（(](\d{{1,3}})[）)][{SPACE}]?[、.．]?")),
    ("num-rparen", re.compile(r"(\d{1,3})[)）]")),
    ("alpha", re.compile(r"([A-Z])[、．.](?![A-Za-z\d])")),
    ("alpha-num", re.compile(r"([A-Z])(\d{1,2})[、．.](?![A-Za-z\d])")),
    ("alpha-rparen", re.compile(r"([A-Z])[)）]")),
    ("lower", re.compile(r"([a-z])[、．.](?![A-Za-z\d])")),
    ("lower-rparen", re.compile(r"([a-z])[)）]")),
    ("circled", re.compile(r"([①-⑳])")),
    ("circled-paren", re.compile(r"([⑴-⒇])")),
)
_FIRST_OF_STYLE = {
    **{"alpha": ord("A"), "alpha-rparen": ord("A"), "lower": ord("a"), "lower-rparen": ord("a")},
    **{"circled": ord("①"), "circled-paren": ord("⑴")},
}


@dataclass(frozen=True)
class Marker:
    """A numbering at one place of a line.

    Attributes:
        style: sections of one style are siblings; ``named`` for 编章节条, ``annex``, ``decimal`` for 4.10.1.
        rank: fixed order of the named parts, ``Rank.OTHER`` for styles that nest as they are met.
        tier: that order with 附件 and 分编 in it, 0 for styles that nest as they are met.
        text: the marker without closing punctuation, as a citation writes it (``第十五条``, ``（二）``, ``4.12``).
        length: characters that the marker takes up in the line, closing punctuation included.
        value: its place among its siblings, from 1; 0 for an annex without a number.
        number: the components of a decimal (``(4, 10)``) or plain number (``(4,)``), else empty.
        added: of 第八条之一 the ``(1,)``.
        group: the letter of D1 and D2.
    """

    style: str
    rank: Rank
    text: str
    length: int
    value: int
    tier: int = 0
    number: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    group: str = ""

    @property
    def atomic(self) -> bool:
        """Whether this is an article or numbered clause, cited by itself."""
        return self.rank is Rank.ARTICLE or self.style == "decimal"


def parse_marker(line: str, position: int = 0) -> Marker | None:
    """Return the marker that stands at ``position`` of ``line``, or None for running text."""
    return (
        _parse_named(line, position)
        or (_parse_annex(line) if position == 0 else None)
        or _parse_decimal(line, position)
        or _parse_other(line, position)
    )


def _parse_named(line: str, position: int) -> Marker | None:
    if not line.startswith("第", position):
        return None
    for rank, tier, pattern in _NAMED:
        if match := pattern.match(line, position):
            added = match[2] if rank is Rank.ARTICLE else ""
            numbers = tuple(to_int(part) for part in added.split("之")[1:])
            text = match[0].rstrip(f".．、:：{SPACE}")
            return Marker("named", rank, text, len(match[0]), to_int(match[1]), tier, added=numbers)
    return None


def _parse_annex(line: str) -> Marker | None:
    """附件1：… as a heading; in a sentence (附件1中的…, 附件由…提供。) it is a reference."""
    match = _ANNEX.match(line)
    if match is None or len(line) > _LONGEST_ANNEX_HEADING or _SENTENCE_END.search(line):
        return None
    numeral = match[2] or match[4] or ""
    value = ord(numeral) - ord("A") + 1 if "A" <= numeral <= "Z" else to_int(numeral) if numeral else 0
    text = (match[1] or match[3] or match[5]).rstrip(SPACE)
    return Marker("annex", Rank.PART, text, match.end(), value, ANNEX_TIER)


def _parse_decimal(line: str, position: int) -> Marker | None:
    match = _DECIMAL.match(line, position)
    if match is None:
        return None
    number = tuple(int(part) for part in match[1].split("."))
    return Marker("decimal", Rank.OTHER, match[1], len(match[0]), number[-1], number=number)


def _parse_other(line: str, position: int) -> Marker | None:
    for style, pattern in _STYLES:
        if match := pattern.match(line, position):
            if style == "alpha-num":
                value, group = int(match[2]), match[1]
                return Marker(style, Rank.OTHER, match[0][:-1], len(match[0]), value, group=group)
            counted = _COUNTED.match(line, match.end()) if style == "cn" else None
            if counted and to_int(counted[1]) == to_int(match[1]) + 1:
                return None
            first = _FIRST_OF_STYLE.get(style)
            value = to_int(match[1]) if first is None else ord(match[1]) - first + 1
            text = match[0] if style.endswith("paren") else match[1]
            number = (value,) if style in ("num", "num-heading") else ()
            name = "num" if style == "num-heading" else style
            return Marker(name, Rank.OTHER, text.strip(f"、.．{SPACE}"), len(match[0]), value, number=number)
    return None
