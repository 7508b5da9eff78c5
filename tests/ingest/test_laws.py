"""The 33 laws of shared/regulations/laws: every article once, in its 编, 章 and 节, and nothing else taken for one."""

import re
from collections import Counter
from difflib import unified_diff
from pathlib import Path

import pytest

from ingest.document import ParsedDocument, Section, SourceRecord
from ingest.parser import parse
from ingest.reader import SourceFile, read_records
from tests.conftest import SHARED, require_shared
from tests.ingest.law_oracle import NUMERAL, LawOutline, read_law
from tests.ingest.marked_clauses import load_table

FOLDER = ("regulations", "laws")
EXPECTED = {row["file"]: {key: int(row[key]) for key in row if key != "file"} for row in load_table("laws.tsv")}

_ARTICLE = re.compile(rf"第{NUMERAL}条(?:之{NUMERAL})?")
_DIVISION = re.compile(rf"第{NUMERAL}[编章节]")
_UNNUMBERED_END = "附则"


def laws() -> dict[str, Path]:
    return {path.name[:2]: path for path in sorted(SHARED.joinpath(*FOLDER).glob("*.md"))}


def squeeze(text: str) -> str:
    return "".join(text.split())


def parsed(path: Path) -> ParsedDocument:
    [record] = read_records(SourceFile(path, f"regulations/laws/{path.name}"), 2**20)
    assert isinstance(record, SourceRecord)
    [document] = parse(record)
    return document


def ancestors(document: ParsedDocument, section: Section) -> list[Section]:
    """From the outermost inwards, without the section itself."""
    above: list[Section] = []
    while section.parent is not None:
        section = document.sections[section.parent]
        above.insert(0, section)
    return above


def path_of(above: list[Section]) -> tuple[str, ...]:
    """The 编, 章 and 节 among ``above``, and an unnumbered 附则."""
    names = (_UNNUMBERED_END if squeeze(item.heading) == _UNNUMBERED_END else squeeze(item.marker) for item in above)
    return tuple(name for name in names if _DIVISION.fullmatch(name) or name == _UNNUMBERED_END)


def outline_of(document: ParsedDocument) -> LawOutline:
    """What the parser sees, in the oracle's terms."""
    outline = LawOutline()
    for section in document.sections:
        marker, above = squeeze(section.marker), ancestors(document, section)
        if _ARTICLE.fullmatch(marker):
            outline.articles.append((path_of(above), marker))
        elif _DIVISION.fullmatch(marker):
            outline.divisions.append((path_of([*above, section]), squeeze(section.heading)))
        elif re.fullmatch(NUMERAL, marker) and not any(item.marker or item.heading.startswith("附") for item in above):
            outline.numbered.append(marker)
    return outline


def difference(expected: list[tuple[tuple[str, ...], str]], found: list[tuple[tuple[str, ...], str]]) -> str:
    source, parser = (["".join(path) + " | " + name for path, name in side] for side in (expected, found))
    return "\n".join(unified_diff(source, parser, "source", "parser", n=0, lineterm=""))


def test_the_table_names_every_law() -> None:
    require_shared(*FOLDER)
    assert set(EXPECTED) == set(laws())


@pytest.mark.parametrize("number", EXPECTED)
class TestLaw:
    def test_the_oracle_counts_what_the_table_says(self, number: str) -> None:
        require_shared(*FOLDER)
        oracle = read_law(laws()[number].read_text(encoding="utf-8"))
        expected = EXPECTED[number]
        assert {
            "articles": len(oracle.articles),
            "parts": oracle.count("编"),
            "chapters": oracle.count("章"),
            "sections": oracle.count("节"),
            "inserted": sum("之" in marker for _, marker in oracle.articles),
            "quoted": oracle.quoted,
            "numbered": 0 if oracle.articles else len(oracle.numbered),
        } == expected

    def test_every_article_is_found_once_in_its_place(self, number: str) -> None:
        require_shared(*FOLDER)
        path = laws()[number]
        oracle, found = read_law(path.read_text(encoding="utf-8")), outline_of(parsed(path))
        twice = [marker for marker, times in Counter(marker for _, marker in found.articles).items() if times > 1]
        assert twice == []
        assert found.articles == oracle.articles, difference(oracle.articles, found.articles)
        assert len(found.articles) == EXPECTED[number]["articles"]

    def test_parts_chapters_and_sections_are_found_with_their_headings(self, number: str) -> None:
        require_shared(*FOLDER)
        path = laws()[number]
        oracle, found = read_law(path.read_text(encoding="utf-8")), outline_of(parsed(path))
        assert found.divisions == oracle.divisions, difference(oracle.divisions, found.divisions)

    def test_texts_without_articles_are_numbered_throughout(self, number: str) -> None:
        require_shared(*FOLDER)
        path = laws()[number]
        oracle, found = read_law(path.read_text(encoding="utf-8")), outline_of(parsed(path))
        if not oracle.articles:
            assert found.numbered == oracle.numbered


INVENTED = """# 某法

2025年1月1日 通过
第九条 不算

<!-- INFO END -->

## 第一编 总 则

### 第一章 目的

#### 第一节 甲

第一条 甲。

依照第九条 办理。

第一条之一 乙。

### 第二章 范围

第二 条丙。

## 第二编 分则

“第八条 引文。

| 第七条 | 表 |

第三条所列，

第三条　丁。

附则

第四条 戊。

附件1：

第五条 己。
"""


class TestOracle:
    def test_it_reads_articles_below_their_headings(self) -> None:
        outline = read_law(INVENTED)
        assert outline.articles == [
            (("第一编", "第一章", "第一节"), "第一条"),
            (("第一编", "第一章", "第一节"), "第一条之一"),
            (("第一编", "第二章"), "第二条"),
            (("第二编",), "第三条"),
            (("附则",), "第四条"),
        ]
        assert outline.divisions == [
            (("第一编",), "第一编总则"),
            (("第一编", "第一章"), "第一章目的"),
            (("第一编", "第一章", "第一节"), "第一节甲"),
            (("第一编", "第二章"), "第二章范围"),
            (("第二编",), "第二编分则"),
        ]
        assert outline.quoted == 1

    def test_it_reads_a_series_whether_headings_or_lines(self) -> None:
        content = "<!-- INFO END -->\n## 一、甲\n\n（一）乙\n\n二、丙\n\n1.丁\n\n“三、引文\n\n附：\n\n一、名单\n"
        outline = read_law(content)
        assert (outline.numbered, outline.articles) == (["一", "二"], [])
