"""Texts that begin or end in the middle: previews, single pages, lost tails."""

import re
from collections.abc import Iterator, Sequence

from ingest.document import BlockKind, Finding, FindingCode, ParsedDocument
from ingest.numbering_gaps import Found
from ingest.section_numbers import NumberedSection, siblings, written_range

_SENTENCE_END = re.compile(r"[。！？!?…”’）)》.．]\s*$")
_PROMISE = re.compile(r"[：:，,、；;]\s*$")
_CONTINUATION = re.compile(r"[，、；。）)：,;:]")
_CLOSING_CLAUSE = re.compile(
    r"附则|之日起|日起(?:施行|实施|执行|生效|试行)|(?:施行|实施|执行|生效|试行|实行)[。；;]|解释|废止|修订时|修改时"
)
_LONGEST_SIGNATURE = 30
_LAST_ARTICLES = 3
_FEWEST_ARTICLES = 5
_MOSTLY = 0.6


def find_cut_off_start(document: ParsedDocument, numbered: Sequence[NumberedSection]) -> Iterator[Found]:
    """The text's first number is not the first, or its first sentence begins with punctuation."""
    body = next((block for block in document.blocks if block.kind is BlockKind.LINE), None)
    first = numbered[0] if numbered else None
    if first and first.marker.value > 1 and first.marker.style not in ("decimal", "annex"):
        missing = written_range(first.marker, 1, first.marker.value - 1)
        message = f"开头不完整：正文从{first.section.marker}开始，缺少{missing}"
        yield first.section.start, Finding(FindingCode.CUT_OFF_START, message, first.section.label)
    elif body and _CONTINUATION.match(document.text, body.start):
        yield body.start, Finding(FindingCode.CUT_OFF_START, "开头不完整：第一句以标点开头")


def find_cut_off_end(document: ParsedDocument, numbered: Sequence[NumberedSection]) -> Iterator[Found]:
    """The last sentence is unfinished, the last list stops at its first item, or formal text has no closing clause."""
    last = document.sections[-1] if document.sections else None
    reason = (
        _unfinished_sentence(document) or _single_item(document, numbered) or _no_closing_clause(numbered, document)
    )
    if reason:
        position = max(len(document.text) - 1, 0)
        label = last.label if last else ""
        yield position, Finding(FindingCode.CUT_OFF_END, f"结尾可能不完整：{reason}", label)


def _unfinished_sentence(document: ParsedDocument) -> str:
    last = document.blocks[-1] if document.blocks else None
    if last is None or last.kind is not BlockKind.LINE:
        return ""
    line = document.text[last.start : last.end]
    if _PROMISE.search(line):
        return f"最后一行以“{line.rstrip()[-1]}”结尾"
    if len(line) <= _LONGEST_SIGNATURE or _SENTENCE_END.search(line):
        return ""
    # In a list of names or a table flattened to lines no line ends like a sentence.
    others = [block for block in document.blocks[:-1] if block.kind is BlockKind.LINE]
    complete = sum(1 for b in others if _SENTENCE_END.search(document.text, max(b.start, b.end - 3), b.end))
    return "最后一句没有写完" if complete >= _MOSTLY * len(others) else ""


def _single_item(document: ParsedDocument, numbered: Sequence[NumberedSection]) -> str:
    """At the very end of the text a list with nothing but a first item, where lists have more elsewhere."""
    lists = list(siblings(numbered).values())
    longest: dict[str, int] = {}
    for items in lists:
        longest[items[0].marker.style] = max(longest.get(items[0].marker.style, 0), len(items))
    for items in lists:
        only = items[0]
        if len(items) > 1 or only.marker.value != 1 or only.section.end < len(document.text):
            continue
        many_elsewhere = longest[only.marker.style] > 1
        outermost = only.section.parent is None and only.marker.style == "cn"
        within_text = not only.marker.tier and only.annex < 0 and (many_elsewhere or outermost)
        if within_text and not _CLOSING_CLAUSE.search(document.text, only.section.start):
            return f"最后的编号只有{only.section.marker}，后文疑缺"
    return ""


def _no_closing_clause(numbered: Sequence[NumberedSection], document: ParsedDocument) -> str:
    articles = [item.section for item in numbered if item.marker.tier and item.marker.atomic and item.annex < 0]
    if len(articles) < _FEWEST_ARTICLES or any("附则" in "".join(s.heading.split()) for s in document.sections):
        return ""
    tail = document.text[articles[-_LAST_ARTICLES].start :]
    return "" if _CLOSING_CLAUSE.search(tail) else "没有附则，也没有施行或解释的条款"
