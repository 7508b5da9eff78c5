"""One file with several regulations -> one document each, with ids that last."""

from datetime import date

import pytest

from ingest.document import Kind, ParsedDocument, Removal, RemovalReason, SourceRecord
from ingest.errors import Origin
from ingest.formats.plain_text import read_plain_text
from ingest.noise import mark_noise
from ingest.parser import parse
from ingest.pasted import build_piece_ids, split_texts
from ingest.reader import SourceFile, read_records
from tests.conftest import require_shared

SCRAPE = [
    ("技术支持部门管理制度", 5, 49),
    ("技术支持部管理制度", 51, 69),
    ("技术支持管理制度", 71, 92),
    ("技术支持组规章制度", 94, 134),
    ("软件技术支持服务管理制度", 136, 180),
    ("技术支持管理制度", 182, 220),
    ("技术部管理制度", 222, 264),
    ("技术支持部管理制度", 266, 306),
    ("技术支持部管理制度范本", 312, 320),
    ("技术支持部管理制度范本(2)", 320, 332),
    ("技术支持部管理制度", 338, 344),
    ("技术支持部管理制度(二)", 344, 344),
    ("技术支持部管理制度(三)", 346, 350),
    ("售前技术支持部售前技术支持与方案设计管理规章制度", 352, 392),
    ("技术支持管理制度", 394, 412),
    ("IT技术部IT技术支持与信息管理规章制度", 414, 454),
    ("公司售前技术支持管理制度", 456, 494),
    ("技术支撑人员管理制度", 496, 550),
    ("技术支持流程管理制度", 552, 594),
    ("技术支持管理制度", 596, 624),
    ("技术支持部规章制度", 626, 664),
    ("技术支持部门工作流程管理制度", 666, 702),
    ("技术支持部管理制度范本", 704, 744),
    ("工程部管理制度", 750, 892),
]
"""Title, first and last line of each text, by the shared notes."""


def parsed(content: str, source_format: str = "text", document_id: str = "regulations/合集") -> list[ParsedDocument]:
    return parse(SourceRecord(document_id, source_format, Origin("a"), content, "digest"))


def titles(content: str, source_format: str = "text") -> list[str]:
    return [document.title for document in parsed(content, source_format)]


def test_the_shared_scrape_holds_24_texts() -> None:
    path = require_shared("regulations", "技术支持部人员管理制度.txt")
    [record] = read_records(SourceFile(path, f"regulations/{path.name}"), 2**20)
    assert isinstance(record, SourceRecord)
    documents = parse(record)
    found = [(d.title, d.blocks[0].line, d.blocks[-1].line) for d in documents]
    assert found == SCRAPE
    assert len({document.document_id for document in documents}) == len(SCRAPE)
    assert documents[5].document_id == "regulations/技术支持部人员管理制度/技术支持管理制度~2"
    assert all(document.kind is Kind.REGULATION and document.digest == record.digest for document in documents)


class TestWhereTextsBegin:
    @pytest.mark.parametrize(
        "between",
        [
            "考勤管理规定\n考勤管理规定\n考勤以准时为本。",
            "考勤管理规定\n考勤管理规定一、准时。",
            "考勤管理规定\n第一章 总则\n第一条 准时。",
            "考勤管理规定\n为了考勤，制定本规定。\n一、准时。",
            "考勤管理规定制定人:审核人:批准人:日期:\n准时。",
        ],
    )
    def test_at_a_title(self, between: str) -> None:
        assert titles(f"值班管理规定\n一、甲。\n二、乙。\n{between}\n二、丙。") == ["值班管理规定", "考勤管理规定"]

    def test_at_headings_of_markdown(self) -> None:
        assert titles("# 值班管理规定\n\n甲。\n\n# 考勤管理规定\n\n乙。", "markdown") == [
            "值班管理规定",
            "考勤管理规定",
        ]

    @pytest.mark.parametrize(
        "content",
        [
            "值班管理规定\n一、甲。\n相关文件\n考勤管理规定\n二、乙。",
            "值班管理规定\n一、甲。\n附件\n考勤管理规定\n第一条 乙。",
            "值班管理规定\n一、甲。\n员工应当遵守考勤管理规定\n一、乙。",
            "值班管理规定\n一、甲。\n考勤管理规定",
            "值班管理规定\n一、甲。\n（三）考勤管理规定\n一、乙。",
            "衡川科技有限公司\n值班管理规定\n一、甲。",
        ],
    )
    def test_nowhere_else(self, content: str) -> None:
        [document] = parsed(content)
        assert (document.document_id, document.title) == ("regulations/合集", "值班管理规定")

    def test_a_first_text_without_a_title_goes_by_the_file_s_name(self) -> None:
        content = "岗位职责如下：\n一、甲。\n二、乙。\n考勤管理规定\n考勤管理规定\n一、丙。"
        assert titles(content) == ["合集", "考勤管理规定"]

    def test_only_regulations_are_split(self) -> None:
        [document] = parsed("值班管理规定\n值班管理规定\n一、甲。\n考勤管理规定\n一、乙。", document_id="manuals/a")
        assert document.removed == ()


class TestIds:
    def test_repeated_titles_are_counted_each_by_itself(self) -> None:
        assert build_piece_ids("a", ["甲制度", "乙制度", "甲制度", "甲制度"]) == [
            *("a/甲制度", "a/乙制度", "a/甲制度~2", "a/甲制度~3"),
        ]

    def test_a_text_put_before_changes_no_other_id(self) -> None:
        one = "值班管理规定\n值班管理规定\n一、甲。\n"
        other = "考勤管理规定\n考勤管理规定\n一、乙。\n"
        new = "设备管理规定\n设备管理规定\n一、丙。\n"
        before = {d.title: d.document_id for d in parsed(one + other)}
        after = {d.title: d.document_id for d in parsed(new + one + other)}
        assert before.items() <= after.items()

    def test_what_cannot_stand_in_an_id_is_replaced(self) -> None:
        assert build_piece_ids("a", ["甲/乙 丙~2?制度", "///"]) == ["a/甲-乙-丙-2-制度", "a/text"]

    def test_pieces_belong_to_the_document_that_the_file_is_a_version_of(self) -> None:
        fields = "---\nversion_of: regulations/汇编\neffective_from: 2025-01-01\n---\n\n"
        content = f"{fields}# 值班规定\n\n甲。\n\n# 考勤规定\n\n乙。"
        assert [(d.document_id, d.version) for d in parsed(content, "markdown")] == [
            ("regulations/汇编/值班规定", "2025-01-01"),
            ("regulations/汇编/考勤规定", "2025-01-01"),
        ]


class TestWhatGoesWithATextOfMany:
    def test_its_own_day(self) -> None:
        content = (
            "值班管理规定\n（自2025年3月1日起施行）\n一、甲。\n考勤管理规定\n考勤管理规定\n自2026年1月1日起执行。\n一、乙。\n"
            "设备管理规定\n一、丙。"
        )
        assert [d.effective_from for d in parsed(content)] == [date(2025, 3, 1), date(2026, 1, 1), date.min]

    def test_a_headline_above_the_first(self) -> None:
        documents = parsed("制度汇编\n2025年版\n值班管理规定\n一、甲。\n考勤管理规定\n一、乙。")
        assert [removal.text for removal in documents[0].removed] == ["制度汇编", "2025年版"]
        assert documents[0].text == "值班管理规定\n一、甲。"

    def test_a_preface_stays_with_the_first(self) -> None:
        documents = parsed("现将两项规定印发给你们。\n值班管理规定\n值班管理规定\n一、甲。\n考勤管理规定\n一、乙。")
        assert documents[0].text == "现将两项规定印发给你们。\n\n值班管理规定\n一、甲。"

    def test_what_the_reader_removed_on_its_pages(self) -> None:
        marked = [
            Removal(RemovalReason.MARKUP, name, line=line)
            for name, line in (("前", None), ("一", 2), ("二", 4), ("二", 9))
        ]
        _, structured = read_plain_text("值班规定\n一、甲。\n考勤规定\n一、乙。", Origin("a"))
        shares = [
            [removal.text for removal in text.text.removed] for text in split_texts(mark_noise(structured), marked)
        ]
        assert shares == [["前", "一"], ["二", "二"]]
