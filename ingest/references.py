"""Cross-references that lead nowhere: 参照第三十条 in a text of nineteen articles."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ingest.document import Finding, FindingCode, ParsedDocument
from ingest.numbering import SPACE
from ingest.numbering_gaps import Found
from ingest.numerals import NUMERAL, to_int
from ingest.section_numbers import NumberedSection, label_at

_OWN = r"(?:本(?:办法|规定|制度|条例|细则|章程|规则|规范|守则|准则|规程|法|解释|安排|决定))"
_VERB = r"(?:依照|按照|根据|依据|参照|违反|符合|适用|详见|参见|见|同|按|依)"
_ARTICLE = re.compile(rf"(?:{_OWN}|{_VERB}{_OWN}?)[{SPACE}]?第({NUMERAL})条((?:之{NUMERAL})?)")
_DECIMAL = re.compile(rf"{_VERB}(?:本[文条])?[{SPACE}]?(\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?![\d.]*[元%％米倍*×a-zA-Z])")
_ANNEX = re.compile(rf"(?:{_VERB})[{SPACE}]?(附[件录表图][{SPACE}]?({NUMERAL}|[A-Z](?![A-Za-z])))")
_QUOTATION = re.compile(r"“[^“”]*”")


def find_dangling_references(document: ParsedDocument, numbered: Sequence[NumberedSection]) -> Iterator[Found]:
    """Yield references to articles, clauses and annexes of this text that it does not have, each target once.

    Only what refers to the text itself counts: behind 本办法 or a verb of referring, not behind another law's name,
    and not inside a quotation.
    """
    articles = {(i.marker.value, i.marker.added) for i in numbered if i.marker.tier and i.marker.atomic}
    decimals = {item.marker.number for item in numbered if item.marker.style == "decimal"}
    annexes = {_annex_name(item.section.marker) for item in numbered if item.marker.style == "annex"}
    quoted = [match.span() for match in _QUOTATION.finditer(document.text)]
    opened = [start for start, _ in quoted]
    told: set[str] = set()
    for position, target in _targets(document.text, articles, decimals, annexes):
        quotation = bisect_right(opened, position) - 1
        is_quoted = quotation >= 0 and position < quoted[quotation][1]
        if target not in told and not is_quoted:
            told.add(target)
            label = label_at(document, position)
            message = f"引用了{target}，但本文没有{target}"
            yield position, Finding(FindingCode.DANGLING_REFERENCE, message, label)


def _targets(
    text: str,
    articles: set[tuple[int, tuple[int, ...]]],
    decimals: set[tuple[int, ...]],
    annexes: set[str],
) -> Iterator[tuple[int, str]]:
    """Places and names of the targets that are not there; nothing for kinds of number that the text does not use."""
    for match in _ARTICLE.finditer(text) if articles else ():
        added = tuple(to_int(part) for part in match[2].split("之")[1:])
        if (to_int(match[1]), added) not in articles:
            yield match.start(), f"第{match[1]}条{match[2]}"
    firsts = {number[0] for number in decimals}
    for match in _DECIMAL.finditer(text) if decimals else ():
        number = tuple(int(part) for part in match[1].split("."))
        if number[0] in firsts and number not in decimals:
            yield match.start(), match[1]
    for match in _ANNEX.finditer(text):
        if _annex_name(match[1]) not in annexes:
            yield match.start(), _annex_name(match[1])


def _annex_name(marker: str) -> str:
    """附件１ and 附件一 name one annex."""
    compact = "".join(marker.split())
    kind, numeral = compact[:2], compact[2:]
    is_letter = numeral.isascii() and numeral.isalpha()
    return kind + (numeral if is_letter or not numeral else str(to_int(numeral)))
