"""The head of a form that nobody filled in: 制定人:审核人:批准人:日期:年月日页数:6页."""

import re
from collections.abc import Sequence

from ingest.cleaning.passages import Passage
from ingest.document import RemovalReason
from ingest.structure.titles import is_regulation_title

_LABEL = (
    r"(?:(?:制定|制订|编制|编写|拟制|起草|审核|审查|审批|复核|会签|核准|批准)(?:人|者|部门|单位|日期|时间)?"
    r"|(?:生效|发布|实施|施行|修订|制定)日期|日期|页数|页码|页次|总页数|版本号?|版次|文件编号|文件号|编号|密级|受控状态)"
)
_BLANK = r"(?:[\s_＿]|年|月|日(?!期)|共|第|\d{1,3}\s?页|页(?![数码次]))*"
_FORM = rf"(?:{_LABEL}\s?[:：]{_BLANK}){{3,}}"
_HEADED_FORM = re.compile(
    rf"(?P<title>.{{2,40}}?(?:制度|规定|办法|规程|细则|守则|规范|条例|章程|准则|规则)(?:范本)?)"
    rf"(?P<form>{_FORM})(?P<again>(?P=title))?"
)
_BARE_FORM = re.compile(rf"\s*{_FORM}\s*")


def mark_form_heads(passages: Sequence[Passage]) -> list[Passage]:
    """Leave out empty form heads: on a line of their own, or between a title and the text or the title once more.

    A title so headed begins a text and becomes a heading; printed again behind the form it is left out there.
    """
    marked: list[Passage] = []
    for passage in passages:
        if passage.is_line and _BARE_FORM.fullmatch(passage.text):
            marked.append(passage.without(RemovalReason.EMPTY_FORM))
        elif passage.is_line and (match := _HEADED_FORM.match(passage.text)) and _is_head(match):
            marked += [title.as_title() for title in passage.part(*match.span("title"))]
            marked += [form.without(RemovalReason.EMPTY_FORM) for form in passage.part(*match.span("form"))]
            if match["again"]:
                again = passage.part(*match.span("again"))
                marked += [title.without(RemovalReason.REPEATED_TITLE) for title in again]
            marked += passage.part(match.end(), len(passage.text))
        else:
            marked.append(passage)
    return marked


def _is_head(match: re.Match[str]) -> bool:
    """A form with words behind it that are not the title may be filled in."""
    ends_there = bool(match["again"]) or not match.string[match.end() :].strip()
    return ends_there and is_regulation_title(match["title"])
