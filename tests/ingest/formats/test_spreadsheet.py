"""Rows of tables as FAQ, tickets, or one document a sheet."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ingest.document import Kind, ParsedDocument, SourceRecord
from ingest.errors import SourceError, TooComplexSourceError
from ingest.formats.delimited import find_delimiter
from ingest.formats.spreadsheet import Row, Sheet, iter_sheet_records
from ingest.parser import parse
from ingest.reader import SourceFile, read_records

LIMIT = 2**24


def records(
    *rows: list[str], name: str | None = None, stated: dict[str, str] | None = None
) -> list[SourceRecord | SourceError]:
    numbered: list[tuple[int, Row] | SourceError] = [
        (number, {column: cell for column, cell in enumerate(row) if cell}) for number, row in enumerate(rows, start=1)
    ]
    return list(
        iter_sheet_records(Sheet(name, [item for item in numbered if item[1]]), "faq/表", stated or {}, "a.xlsx")
    )  # type: ignore[index]


def documents(*rows: list[str], **more: Any) -> list[ParsedDocument]:
    found = records(*rows, **more)
    assert not [item for item in found if isinstance(item, SourceError)], found
    return [document for item in found if isinstance(item, SourceRecord) for document in parse(item)]


class TestFaq:
    def test_a_row_is_a_document(self) -> None:
        [first, second] = documents(
            ["编号", "问题", "答案", "产品"],
            ["K-1", "怎样重启", "按电源键。\n等待三秒。", "GW200"],
            ["K-2", "怎样关机", "长按电源键。", ""],
        )
        assert (first.document_id, first.kind, first.title, first.product) == ("K-1", Kind.FAQ, "怎样重启", "GW200")
        assert (first.text, first.origin.line) == ("按电源键。\n等待三秒。", 2)
        assert (second.title, second.product) == ("怎样关机", None)

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            *(("问题", "答案"), ("标题", "解答"), ("常见问题", "回复"), ("question", "answer"), ("Q", "A")),
            *(("Title", "Text"), ("问题（必填）*", "标准答案："), ("主题", "正文"), ("问题", "解决方案")),
        ],
    )
    def test_names_of_columns(self, question: str, answer: str) -> None:
        [document] = documents([question, answer], ["怎样重启", "按电源键。"])
        assert (document.title, document.text) == ("怎样重启", "按电源键。")

    def test_columns_that_hold_no_field_follow_the_text(self) -> None:
        [document] = documents(
            ["序号", "问题", "答案", "分类", "备注", "备注"], ["1", "怎样重启", "按电源键。", "硬件", "x\ny", "z"]
        )
        assert document.text == "按电源键。\n\n分类：硬件；备注：x y；备注：z"
        assert [removal.text for removal in document.removed] == ["1"]

    def test_cells_beyond_the_header_are_kept(self) -> None:
        [document] = documents(["问题", "答案"], ["怎样重启", "按电源键。", "", "补充"])
        assert document.text == "按电源键。\n\n补充"

    def test_lines_above_the_header_name_the_source_and_a_repeated_header_is_passed_over(self) -> None:
        rows = [
            ["2026年常见问题"],
            ["问题", "答案"],
            ["怎样重启", "按电源键。"],
            ["问题", "答案"],
            ["怎样关机", "长按。"],
        ]
        assert [(d.source, d.title) for d in documents(*rows)] == [
            ("2026年常见问题", "怎样重启"),
            ("2026年常见问题", "怎样关机"),
        ]

    def test_a_row_without_an_answer_is_told_and_the_others_go_on(self) -> None:
        first, broken, third = records(["问题", "答案"], ["a", "甲"], ["b", ""], ["c", "丙"], name="外设")
        assert isinstance(first, SourceRecord)
        assert isinstance(third, SourceRecord)
        assert isinstance(broken, SourceError)
        assert (broken.origin.line, broken.message) == (3, "工作表“外设”：列“答案”没有内容")


class TestIds:
    HEADER = ("问题", "答案")

    def ids(self, *questions: str, name: str | None = None) -> list[str]:
        return [
            d.document_id
            for d in documents(list(self.HEADER), *([question, "答"] for question in questions), name=name)
        ]

    def test_a_row_without_an_id_keeps_its_own_when_rows_move(self) -> None:
        before = self.ids("怎样重启", "怎样关机")
        assert self.ids("新问题", "怎样重启", "怎样关机")[1:] == before
        assert self.ids("怎样关机", "怎样重启") == before[::-1]
        assert all(document_id.startswith("faq/表/") for document_id in before)

    def test_sheets_are_told_apart(self) -> None:
        assert self.ids("怎样重启", name="甲") != self.ids("怎样重启", name="乙")

    def test_the_same_question_twice_gives_two_documents(self) -> None:
        first, second = self.ids("怎样重启", "怎样重启")
        assert second == f"{first}-2"

    def test_a_plain_number_counts_within_its_table_only(self) -> None:
        found = documents(["编号", *self.HEADER], ["7", "a", "b"], ["GD-7", "c", "d"])
        assert [document.document_id for document in found] == ["faq/表/7", "GD-7"]

    def test_a_record_changes_only_with_its_own_row(self) -> None:
        def digests(*rows: list[str]) -> list[str]:
            return [item.digest for item in records(["序号", *self.HEADER], *rows) if isinstance(item, SourceRecord)]

        before = digests(["1", "a", "甲"], ["2", "b", "乙"])
        assert digests(["1", "新", "新"], ["2", "a", "甲"], ["3", "b", "改"])[1] == before[0]
        assert digests(["1", "a", "甲"], ["2", "b", "改"])[1] != before[1]


class TestTickets:
    HEADER = ("工单号", "标题", "问题描述", "处理结果", "优先级", "创建时间", "客户经理")

    def test_symptom_and_solution_make_a_ticket(self) -> None:
        [ticket] = documents(list(self.HEADER), ["GD-1", "断网", "丢包", "换线", "P2", "2026/1/5 9:12", "甲组"])
        assert (ticket.document_id, ticket.kind, ticket.title) == ("GD-1", Kind.TICKET, "断网")
        assert ticket.text == "现象\n丢包\n\n解决\n换线\n\n客户经理：甲组"
        assert ticket.attributes == {"priority": "P2", "opened_at": "2026-01-05T09:12:00"}

    def test_without_a_title_the_symptom_names_it(self) -> None:
        [ticket] = documents(["故障现象", "处理措施"], ["交换机反复重启\n每小时一次", "换电源"])
        assert ticket.title == "交换机反复重启"

    @pytest.mark.parametrize(
        ("row", "column"), [(["GD-1", "断网", "", "换线"], "问题描述"), (["GD-1", "", "丢包"], "处理结果")]
    )
    def test_an_empty_cell_is_told(self, row: list[str], column: str) -> None:
        [error] = records(list(self.HEADER), row)
        assert isinstance(error, SourceError)
        assert error.message == f"列“{column}”没有内容"

    def test_a_wrong_moment_is_told_with_its_row(self) -> None:
        [record] = records(list(self.HEADER), ["GD-1", "断网", "丢包", "换线", "P2", "昨天"])
        assert isinstance(record, SourceRecord)
        with pytest.raises(SourceError, match="opened_at") as raised:
            parse(record)
        assert raised.value.origin.line == 2


def test_what_is_said_of_columns_wins_over_their_names() -> None:
    stated = {"怎么了": "symptom", "怎么办": "solution", "问题": "title", "内部备注": ""}
    [ticket] = documents(["问题", "怎么了", "怎么办", "内部备注"], ["断网", "丢包", "换线", "勿外传"], stated=stated)
    assert (ticket.kind, ticket.title, ticket.text) == (Kind.TICKET, "断网", "现象\n丢包\n\n解决\n换线")
    assert [removal.text for removal in ticket.removed] == ["勿外传"]


class TestOtherTables:
    def test_a_sheet_is_one_document_of_rows(self) -> None:
        [document] = documents(
            ["备件清单"],
            ["名称", "型号", "数量"],
            ["风扇", "F-12", "3"],
            ["", "", ""],
            ["电源", "P-5", ""],
            name="备件",
        )
        assert (document.document_id, document.title) == ("faq/表/备件", "备件清单")
        assert document.text == "备件清单\n\n名称：风扇；型号：F-12；数量：3\n名称：电源；型号：P-5"
        assert [block.line for block in document.blocks] == [1, 3, 5]

    def test_a_sheet_without_a_title_goes_by_its_name(self) -> None:
        [document] = documents(["名称", "型号", "数量"], ["风扇", "F-12", "3"], name="备件")
        assert document.title == "备件"

    def test_a_flood_of_cells_is_refused(self) -> None:
        [error] = records(*([["x"] * 400] * 501), name="大")
        assert isinstance(error, TooComplexSourceError)


class TestWorkbooks:
    def read(self, workbook: Workbook, folder: Path) -> list[SourceRecord | SourceError]:
        workbook.save(folder / "a.xlsx")
        return list(read_records(SourceFile(folder / "a.xlsx", "a.xlsx"), LIMIT))

    def test_each_visible_sheet(self, tmp_path: Path) -> None:
        workbook = Workbook()
        for name in ("一", "二", "藏"):
            sheet = workbook.create_sheet(name)
            sheet.append(["问题", "答案"])
            sheet.append([f"问{name}", 0.5])
            sheet["B2"].number_format = "0%"
        workbook["藏"].sheet_state = "hidden"
        found = [item for item in self.read(workbook, tmp_path) if isinstance(item, SourceRecord)]
        assert [item.content["fields"]["title"] for item in found] == ["问一", "问二"]  # type: ignore[index,call-overload]
        assert [item.content["fields"]["text"] for item in found] == ["50%", "50%"]  # type: ignore[index,call-overload]

    def test_a_cell_at_the_far_end_costs_nothing(self, tmp_path: Path) -> None:
        workbook = Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.append(["问题", "答案"])
        sheet.append(["a", "b"])
        sheet["XFD1048576"] = "远"
        first, last = self.read(workbook, tmp_path)
        assert isinstance(first, SourceRecord)
        assert isinstance(last, SourceError)
        assert last.origin.line == 1_048_576


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("问题,答案\na,b\n", ","),
        ("问题;答案\na;b，c\n", ";"),
        ("问题\t答案\na, b\tc, d\n", "\t"),
        ("问题|答案\na|b\n", "|"),
        ('问题,答案\n"a;b;c",d\n"a;b;c",d\n', ","),
        ("只有一列\n又一行\n", ","),
        ("", ","),
    ],
)
def test_delimiters(sample: str, delimiter: str) -> None:
    assert find_delimiter(sample) == delimiter


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_of_any_encoding_with_lines_in_cells(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes('问题,答案\r\n怎样重启,"先断电，\r\n再通电"\r\n怎样关机,长按\r\n'.encode(encoding))
    found = list(read_records(SourceFile(tmp_path / "a.csv", "a.csv"), LIMIT))
    assert [item.origin.line for item in found] == [2, 4]
    assert isinstance(found[0], SourceRecord)
    assert parse(found[0])[0].text == "先断电，\n再通电"


def test_a_quote_that_never_ends_is_told_and_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('问题,答案\na,"b\n' + "c,d\n" * 100_000, encoding="utf-8")
    found = list(read_records(SourceFile(tmp_path / "a.csv", "a.csv"), LIMIT))
    assert isinstance(found[0], SourceError)
    assert found[0].origin.line == 2
    assert "引号" in found[0].remedy
    assert any(isinstance(item, SourceRecord) for item in found)
