"""Words at their places -> reading order, running lines, paragraphs and headings."""

from collections.abc import Iterator

import pytest

from ingest.document import BlockKind, StructuredText
from ingest.formats.blocks import BlockWriter
from ingest.formats.page_blocks import PRINTED, SCANNED, join_lines, write_pages
from ingest.formats.page_layout import Line, Page, Table, Word, order_page

SIZE = 10.0
HEIGHT = 800.0


def word(text: str, x: float, y: float, size: float = SIZE) -> Word:
    """A word of full-width characters whose upper left corner is at (x, y)."""
    return Word(text, x, x + len(text) * size, y, y + size, size)


def column(texts: list[str], x: float, y: float, leading: float = 15.0) -> Iterator[Word]:
    return (word(text, x, y + number * leading) for number, text in enumerate(texts))


def read(*pages: list[Word], tables: tuple[Table, ...] = ()) -> StructuredText:
    writer = BlockWriter()
    write_pages(writer, [Page(i, HEIGHT, tuple(words), tables) for i, words in enumerate(pages, start=1)], PRINTED)
    return writer.finish()


def texts(page: Page) -> list[str]:
    return [item.text if isinstance(item, Line) else "表" for item in order_page(page)]


class TestReadingOrder:
    LEFT = ["左" * 20] * 5 + ["左" * 12]
    RIGHT = ["右" * 20] * 5

    def test_columns_whatever_the_height_of_their_lines(self) -> None:
        words = [*column(self.LEFT, 50, 200), *column(self.RIGHT, 280, 207)]
        assert texts(Page(1, HEIGHT, tuple(words))) == self.LEFT + self.RIGHT

    def test_lines_across_divide_what_is_above_from_what_is_below(self) -> None:
        words = [
            word("题" * 30, 100, 100),
            *column(self.LEFT, 50, 130),
            *column(self.RIGHT, 280, 130),
            word("横" * 30, 100, 300),
            *column(self.LEFT, 50, 330),
            *column(self.RIGHT, 280, 330),
        ]
        block = self.LEFT + self.RIGHT
        assert texts(Page(1, HEIGHT, tuple(words))) == ["题" * 30, *block, "横" * 30, *block]

    def test_a_table_without_lines_is_read_row_by_row(self) -> None:
        words = [
            *column(["甲", "乙乙", "丙", "丁", "戊"], 50, 200),
            *column(["一", "二", "三", "四四", "五"], 280, 200),
        ]
        assert texts(Page(1, HEIGHT, tuple(words))) == ["甲 一", "乙乙 二", "丙 三", "丁 四四", "戊 五"]

    def test_tables_stand_where_they_stood(self) -> None:
        wide = Table((("a", "b"),), 50, 480, 300, 400)
        words = [*column(["上" * 40] * 2, 50, 200), *column(["下" * 40] * 2, 50, 420)]
        assert texts(Page(1, HEIGHT, tuple(words), (wide,))) == ["上" * 40] * 2 + ["表"] + ["下" * 40] * 2
        narrow = Table((("a", "b"),), 50, 250, 300, 400)
        words = [*column(self.LEFT, 50, 200), *column(self.RIGHT, 280, 200)]
        assert texts(Page(1, HEIGHT, tuple(words), (narrow,))) == [*self.LEFT, "表", *self.RIGHT]


class TestRunningLines:
    def pages(self, count: int) -> list[list[Word]]:
        return [
            [
                word("某某中心内部资料", 200, 30),
                *column(["文" * 40, f"第{number}段。"], 50, 100),
                word(f"— {number} —", 280, 770),
            ]
            for number in range(1, count + 1)
        ]

    def test_what_pages_repeat_is_left_out_and_recorded(self) -> None:
        text = read(*self.pages(3))
        assert "内部资料" not in text.text
        assert "—" not in text.text
        assert [(removal.page, removal.text) for removal in text.removed] == [
            (page, line) for page in (1, 2, 3) for line in ("某某中心内部资料", f"— {page} —")
        ]
        assert [block.page for block in text.blocks] == [1, 2, 3]

    def test_one_page_proves_only_its_own_number(self) -> None:
        text = read(self.pages(1)[0])
        assert [removal.text for removal in text.removed] == ["— 1 —"]
        assert "内部资料" in text.text

    def test_a_sentence_that_pages_repeat_in_their_middle_is_text(self) -> None:
        text = read(*[[word("应当登记。", 50, 300)] for _ in range(4)])
        assert text.text == "\n".join(["应当登记。"] * 4)

    def test_a_number_that_is_not_the_page_s_is_text(self) -> None:
        assert read([word("2026", 50, 770), *column(["文" * 40] * 3, 50, 300)]).removed == ()


class TestParagraphs:
    def test_lines_that_run_to_the_margin_go_on(self) -> None:
        words = list(column(["满" * 40, "满" * 39, "尾句。", "另" * 20 + "。"], 50, 100))
        assert read(words).text.split("\n") == ["满" * 79 + "尾句。", "另" * 20 + "。"]

    def test_a_short_line_ends_a_paragraph(self) -> None:
        assert read(list(column(["满" * 40, "短" * 20, "下" * 40, "尾"], 50, 100))).text == (
            "满" * 40 + "短" * 20 + "\n" + "下" * 40 + "尾"
        )

    def test_an_indent_begins_a_paragraph(self) -> None:
        words = [word("首" * 38, 70, 100), word("满" * 40, 50, 115), word("新" * 38, 70, 130), word("尾", 50, 145)]
        assert read(words).text.split("\n") == ["首" * 38 + "满" * 40, "新" * 38 + "尾"]

    def test_a_full_line_that_ends_a_sentence_ends_its_paragraph_unless_indents_tell(self) -> None:
        full = "满" * 39 + "。"
        assert read(list(column([full, full, full], 50, 100))).text == "\n".join([full] * 3)
        words = [word("首" * 37 + "。", 70, 100), word(full, 50, 115), word("尾。", 50, 130)]
        assert read(words).text == "首" * 37 + "。" + full + "尾。"

    def test_a_clause_begins_after_a_full_sentence_but_a_reference_goes_on(self) -> None:
        words = list(column(["满" * 39 + "。", "第二条 文" + "满" * 36, "第十条处理。"], 50, 100))
        assert read(words).text.split("\n") == ["满" * 39 + "。", "第二条 文" + "满" * 36 + "第十条处理。"]

    def test_a_wide_gap_begins_a_paragraph(self) -> None:
        words = [*column(["满" * 40] * 3, 50, 100), *column(["满" * 40] * 3, 50, 200)]
        assert read(words).text.split("\n") == ["满" * 120, "满" * 120]

    def test_a_paragraph_goes_on_on_the_next_page(self) -> None:
        text = read(list(column(["满" * 40] * 3, 50, 600)), list(column(["接" * 40, "尾。"], 50, 100)))
        assert text.text == "满" * 120 + "接" * 40 + "尾。"
        assert [block.page for block in text.blocks] == [1]

    def test_hanging_lines_of_an_item(self) -> None:
        words = [word("1. " + "项" * 37, 50, 100), word("续" * 30, 80, 115), word("2. 项。", 50, 130)]
        assert read(words).text.split("\n") == ["1. " + "项" * 37 + "续" * 30, "2. 项。"]

    @pytest.mark.parametrize(
        ("lines", "joined"),
        [(["断", "网"], "断网"), (["use the", "key"], "use the key"), (["用 PING", "测"], "用 PING测")],
    )
    def test_joining(self, lines: list[str], joined: str) -> None:
        assert join_lines(lines) == joined


class TestHeadings:
    def test_larger_type_gives_the_level(self) -> None:
        words = [word("题名", 200, 100, 20), word("第一章", 200, 130, 14), *column(["文" * 40] * 8, 50, 160)]
        words += [word("第二章", 200, 300, 14), *column(["文" * 40] * 3, 50, 330)]
        blocks = read(words).blocks
        assert [block.level for block in blocks] == [1, 2, 0, 2, 0]
        assert {block.kind for block in blocks if block.level} == {BlockKind.HEADING}

    def test_a_page_of_large_type_has_none(self) -> None:
        words = [word(f"要点{i}", 50, 100 + 40 * i, 20 + i % 2) for i in range(8)] + [word("注" * 40, 50, 700)]
        assert not any(block.level for block in read(words).blocks)

    def test_sizes_of_a_scan_vary(self) -> None:
        words = [word("文" * 30, 50, 100 + 20 * i, SIZE + i % 3) for i in range(9)]
        writer = BlockWriter()
        write_pages(writer, [Page(1, HEIGHT, tuple(words))], SCANNED)
        assert not any(block.level for block in writer.finish().blocks)


def test_a_table_that_goes_on_keeps_its_header() -> None:
    head = ("代码", "含义", "处理")
    first = Table((head, ("E1", "缺纸", "加纸")), 50, 480, 600, 780)
    second = Table((("E2", "卡纸", "取纸"), ("E3", "高温", "等待")), 50, 480, 60, 200)
    repeated = Table((head, ("E4", "断电", "送电")), 50, 480, 60, 200)
    writer = BlockWriter()
    write_pages(
        writer, [Page(i, HEIGHT, (), (table,)) for i, table in enumerate((first, second, repeated), 1)], PRINTED
    )
    text = writer.finish()
    assert text.text.split("\n") == [
        "代码：E1；含义：缺纸；处理：加纸",
        "代码：E2；含义：卡纸；处理：取纸",
        "代码：E3；含义：高温；处理：等待",
        "代码：E4；含义：断电；处理：送电",
    ]
    assert [removal.text for removal in text.removed] == ["代码；含义；处理"]
