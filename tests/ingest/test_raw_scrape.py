"""The raw scrape of shared/regulations against marks made by reading it: its texts, their lines, their clauses."""

import re
import unicodedata
from itertools import pairwise

import pytest

from ingest.document import Block, BlockKind, Kind, ParsedDocument, Section, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from ingest.reader import SourceFile, read_records
from tests.conftest import require_shared
from tests.ingest.marked_clauses import (
    Clause,
    MarkedText,
    SourceLines,
    compare,
    find_clauses,
    load_marks,
    load_texts,
    normalize_marker,
    pair_with_texts,
)

NAME = "技术支持部人员管理制度.txt"
LEAST_BOUNDARIES = 0.99
LEAST_NESTING = 0.95
_VERSION = re.compile(r"[vV]\d+(?:\.\d+)*$")


@pytest.fixture(scope="module")
def content() -> str:
    return require_shared("regulations", NAME).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def documents() -> list[ParsedDocument]:
    path = require_shared("regulations", NAME)
    [record] = read_records(SourceFile(path, f"regulations/{path.name}"), 2**20)
    assert isinstance(record, SourceRecord)
    return parse(record)


def plain(title: str) -> str:
    """A title without the differences that do not matter: width of brackets, spaces, a version after it."""
    return _VERSION.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", title)))


def test_the_scrape_holds_24_texts_with_their_titles(documents: list[ParsedDocument]) -> None:
    assert [plain(document.title) for document in documents] == [plain(text.title) for text in load_texts()]


def test_every_text_has_its_own_lines(documents: list[ParsedDocument], content: str) -> None:
    """From the first line of its own words to the last; title lines above may be in the text or left out."""
    source = SourceLines(content)
    texts = load_texts()
    assert len(documents) == len(texts)
    wrong = []
    above = 0
    for document, text in zip(documents, texts, strict=True):
        covered = source.lines_of(document)
        lines = {line for line in range(text.body, text.last + 1) if source.lines[line - 1]}
        if missing := sorted(lines - covered):
            wrong.append(f"{text.name}: lines {missing} are missing")
        if min(covered) <= above and text.first != above:
            wrong.append(f"{text.name} begins at {min(covered)}, in the text before")
        if max(covered) != text.last:
            wrong.append(f"{text.name} ends at {max(covered)}, not at {text.last}")
        above = text.last
    assert not wrong, "\n".join(wrong)


def test_clauses_begin_where_a_reader_sees_them(documents: list[ParsedDocument], content: str) -> None:
    source = SourceLines(content)
    pairs = pair_with_texts(documents, load_texts(), source)
    names = [pairs[position].name if position in pairs else "?" for position in range(len(documents))]
    comparison = compare(load_marks(), find_clauses(documents, names, source))
    report = str(comparison)
    assert comparison.precision >= LEAST_BOUNDARIES, report
    assert comparison.recall >= LEAST_BOUNDARIES, report
    assert comparison.nesting >= LEAST_NESTING, report


class TestMarks:
    """The marks agree with each other and with the source."""

    def test_they_form_trees(self) -> None:
        path: list[Clause] = []
        for clause in load_marks():
            if path and path[0].text != clause.text:
                path.clear()
            del path[clause.depth - 1 :]
            assert len(path) == clause.depth - 1, clause
            assert clause.parent == (path[-1].marker if path else ""), clause
            path.append(clause)

    def test_they_are_in_order_and_counted_on_each_line(self) -> None:
        marks = load_marks()
        assert len({(clause.line, clause.nth) for clause in marks}) == len(marks)
        for before, after in pairwise(marks):
            assert (before.line, before.nth) < (after.line, after.nth)
            assert after.nth == (before.nth + 1 if after.line == before.line else 1), after
        assert all(normalize_marker(clause.marker) == clause.marker for clause in marks)

    def test_they_lie_within_their_texts(self) -> None:
        texts = {text.name: text for text in load_texts()}
        assert len(texts) == 24
        assert {clause.text for clause in load_marks()} == set(texts)
        for clause in load_marks():
            assert texts[clause.text].body <= clause.line <= texts[clause.text].last, clause

    def test_each_numbering_stands_on_its_line_in_this_order(self, content: str) -> None:
        lines = [line.replace("(", "（").replace(")", "）") for line in content.split("\n")]
        position: dict[int, int] = {}
        for clause in load_marks():
            at = lines[clause.line - 1].find(clause.marker, position.get(clause.line, 0))
            assert at >= 0, clause
            position[clause.line] = at + len(clause.marker)

    def test_titles_stand_on_the_first_line(self, content: str) -> None:
        lines = content.split("\n")
        for text in load_texts():
            assert text.title in lines[text.first - 1], text


INVENTED = """甲班值班办法
第一章总则第一条为了值班。
三、遇到停电
应当报告；四、其他。(1)、记录乙班值班办法一、交接
"""
"""Line 4 goes on in line 3's sentence, and a second text begins in the middle of it."""


def section(index: int, marker: str, parent: int | None, start: int) -> Section:
    return Section(index, parent, 1, marker, marker, marker, start, start + 1, start, False)


def document(title: str, lines: dict[int, str], *markers: tuple[str, int | None, str]) -> ParsedDocument:
    """A document of ``{line: words}``; each marker (with its parent's index) begins where its words stand."""
    text, blocks = "", []
    for line, words in lines.items():
        blocks.append(Block(len(text), len(text) + len(words), BlockKind.LINE, line=line))
        text += words + "\n"
    sections = tuple(
        section(index, marker, parent, text.index(words)) for index, (marker, parent, words) in enumerate(markers)
    )
    return ParsedDocument(
        title, "1", Kind.REGULATION, title, text, Origin("x"), "", blocks=tuple(blocks), sections=sections
    )


FIRST = document(
    "甲班值班办法",
    {2: "第一章总则第一条为了值班。", 3: "三、遇到停电应当报告；四、其他。(1)、记录"},
    ("第一章", None, "第一章"),
    ("第一条", 0, "第一条"),
    ("", 1, "为了"),
    ("第二款", 2, "值班"),
    ("三", 2, "三、"),
    ("四、", None, "四、"),
    ("(1)、", 5, "(1)"),
)
SECOND = document("乙班值班办法", {4: "一、交接"}, ("一", None, "一、"))


class TestHarness:
    def test_sections_are_traced_to_their_lines(self) -> None:
        assert find_clauses([FIRST, SECOND], ["R1", "R2"], SourceLines(INVENTED)) == [
            Clause("R1", 2, 1, "第一章", 1, ""),
            Clause("R1", 2, 2, "第一条", 2, "第一章"),
            Clause("R1", 3, 1, "三", 3, "第一条"),
            Clause("R1", 4, 1, "四", 1, ""),
            Clause("R1", 4, 2, "（1）", 2, "四"),
            Clause("R2", 4, 3, "一", 1, ""),
        ]

    def test_lines_of_a_text_hold_those_of_a_mended_wrap(self) -> None:
        wrapped = document("甲", {2: "三、遇到停电应当报告；"})
        assert SourceLines("甲\n三、遇到停电\n\n应当报告；\n四、其他").lines_of(wrapped) == {2, 4}

    def test_documents_are_paired_by_their_lines(self) -> None:
        texts = [MarkedText("A", "甲", 1, 2, 4), MarkedText("B", "乙", 4, 4, 4)]
        pairs = pair_with_texts([FIRST, SECOND], texts, SourceLines(INVENTED))
        assert {position: text.name for position, text in pairs.items()} == {0: "A", 1: "B"}
        assert pair_with_texts([SECOND], texts, SourceLines(INVENTED))[0].name == "B"

    def test_a_clause_that_agrees_is_right(self) -> None:
        marks = [Clause("A", 2, 1, "一", 1, ""), Clause("A", 2, 2, "1", 2, "一")]
        comparison = compare(marks, marks)
        assert (comparison.precision, comparison.recall, comparison.nesting) == (1, 1, 1)

    @pytest.mark.parametrize(
        "wrong",
        [
            Clause("B", 2, 1, "一", 1, ""),
            Clause("A", 3, 1, "一", 1, ""),
            Clause("A", 2, 2, "一", 1, ""),
            Clause("A", 2, 1, "二", 1, ""),
        ],
    )
    def test_another_place_or_marker_is_missing_and_extra(self, wrong: Clause) -> None:
        found = [Clause("A", 2, 1, "丙", 1, ""), wrong] if wrong.nth == 2 else [wrong]
        comparison = compare([Clause("A", 2, 1, "一", 1, "")], found)
        assert (comparison.precision, comparison.recall) == (0, 0)
        assert "missing: A line 2 #1 '一'" in str(comparison)
        assert f"extra:   {wrong}" in str(comparison)

    def test_another_parent_is_right_but_misplaced(self) -> None:
        comparison = compare([Clause("A", 2, 1, "1", 2, "一")], [Clause("A", 2, 1, "1", 1, "")])
        assert (comparison.precision, comparison.recall, comparison.nesting) == (1, 1, 0)
        assert "found at depth 1 in ''" in str(comparison)

    @pytest.mark.parametrize(("taken", "nth"), [(True, 2), (False, 1)])
    def test_a_damaged_place_counts_for_neither_side(self, taken: bool, nth: int) -> None:
        marks = [Clause("A", 2, 1, "（八）", 1, "", damaged=True), Clause("A", 2, 2, "（七）", 1, "")]
        found = [Clause("A", 2, 1, "（八）", 1, "")] * taken + [Clause("A", 2, nth, "（七）", 1, "")]
        comparison = compare(marks, found)
        assert (comparison.precision, comparison.recall) == (1, 1)
        assert len(comparison.right) == 1
        assert (comparison.damaged, comparison.damaged_found) == (1, int(taken))

    def test_nothing_found_is_nothing_right(self) -> None:
        comparison = compare([Clause("A", 2, 1, "一", 1, "")], [])
        assert (comparison.precision, comparison.recall) == (0, 0)

    @pytest.mark.parametrize(
        ("written", "marker"),
        [
            ("(1)", "（1）"),
            ("（一） 、", "（一）"),
            ("4.10.", "4.10"),
            ("A、", "A"),
            ("●", "●"),
            ("第1条.", "第1条"),
            ("、", "、"),
        ],
    )
    def test_markers_are_written_one_way(self, written: str, marker: str) -> None:
        assert normalize_marker(written) == marker
