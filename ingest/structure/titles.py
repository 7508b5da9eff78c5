"""What the title of a regulation looks like, and what else may be printed with it."""

import re

from ingest.normalizer import normalize_line
from ingest.numerals import NUMERAL
from ingest.structure.numbering import parse_marker

_KINDS = "制度|规定|办法|规程|细则|守则|规范|条例|章程|准则|规则|公约|须知"
_NAME = rf"(?:{_KINDS})(?:范本|模板|范文|样本|样板)?"
# Neither a list item nor a sentence such as 员工应当遵守公司各项规定.
_TITLE = re.compile(
    r"(?=[\w《“])(?!.*(?:[，。；：,;:•●]|应当|应该|必须|不得|遵守|违反|服从|按照|依照|根据|执行))"
    rf".{{2,40}}?{_NAME}(?:[（(][^（）()，。；,;]{{1,12}}[）)])?(?:[vV]\d+(?:\.\d+)*)?"
)
_COLLECTION = re.compile(rf"(?P<base>.{{2,40}}?)[（(]\s*{NUMERAL}\s*篇\s*[）)]")
_VERSION = re.compile(r"\s*[vV]\d+(?:\.\d+)*\s*$")
LONGEST_TITLE = 60


def is_regulation_title(line: str) -> bool:
    """Whether a line could name a regulation: 技术支持组规章制度, 值班管理办法（试行）, 管理制度范本(3篇)."""
    text = line.strip()
    return len(text) <= LONGEST_TITLE and _TITLE.fullmatch(text) is not None and parse_marker(text) is None


def collection_title(line: str) -> str | None:
    """The common title in the headline of a collection, ``…制度`` of ``…制度(3篇)``, or None."""
    match = _COLLECTION.fullmatch(line.strip())
    return match["base"] if match and is_regulation_title(line) else None


def bare_title(line: str) -> str:
    """A title on one line, without the number of its draft (``v1.0``) and of the texts of a collection (``(7篇)``)."""
    text = normalize_line(_VERSION.sub("", line))
    return collection_title(text) or text


def names_title(line: str, title: str) -> bool:
    """Whether a heading only repeats the document's title."""
    return title in (normalize_line(line), bare_title(line))
