"""Source records -> documents: which field wins, and what is told about wrong ones."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from ingest.document import ALWAYS, Kind, ParsedDocument, SourceRecord
from ingest.errors import MalformedSourceError, Origin
from ingest.fields import infer_kind
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records
from tests.conftest import require_shared

ORIGIN = Origin("a.jsonl", 7)


def markdown(content: str, document_id: str = "folder/文件名") -> ParsedDocument:
    [document] = parse(SourceRecord(document_id, "markdown", Origin("a.md"), content, "digest"))
    return document


def front_matter(fields: str) -> ParsedDocument:
    return markdown(f"---\n{fields}\n---\n\n# 标题\n\n正文\n")


def json_line(**fields: Any) -> ParsedDocument:
    content: Mapping[str, Any] = {"id": "faq-1", **fields}
    [document] = parse(SourceRecord("faq-1", "json-line", ORIGIN, content, "digest"))
    return document


class TestTitle:
    def test_a_stated_title_wins_over_the_heading(self) -> None:
        assert front_matter("title: 另有标题").title == "另有标题"

    def test_else_the_first_heading(self) -> None:
        assert markdown("前言\n\n## 安装 *步骤*\n\n# 其他\n").title == "安装 步骤"

    def test_else_the_file_name(self) -> None:
        assert markdown("只有正文。").title == "文件名"

    def test_a_line_of_many_goes_by_its_own_beginning(self) -> None:
        assert json_line(text="打印机脱机怎么办？\n先看指示灯。").title == "打印机脱机怎么办？"
        assert json_line(text="长" * 30).title == "长" * 30
        assert json_line(text="长" * 31).title == "长" * 30 + "…"

    def test_it_stands_on_one_line(self) -> None:
        assert json_line(title=" 打印机\n 脱机\u200b ", text="x").title == "打印机 脱机"

    def test_a_heading_that_repeats_it_is_no_section(self) -> None:
        document = front_matter("title: 标题")
        assert document.sections == ()
        assert document.text == "标题\n\n正文"


class TestKind:
    @pytest.mark.parametrize(
        ("document_id", "title", "kind"),
        [
            ("regulations/a", "安装手册", Kind.REGULATION),
            ("corpus/Tickets/2025/a", "x", Kind.TICKET),
            ("faq/manuals/a", "x", Kind.MANUAL),
            ("a", "技术支持部管理制度", Kind.REGULATION),
            ("a", "技术支持部管理制度（2025年修订）", Kind.REGULATION),
            ("a", "技术支持部管理制度(7篇)", Kind.REGULATION),
            ("a", "执行工作若干问题的规定（试行）", Kind.REGULATION),
            ("a", "中华人民共和国民事诉讼法", Kind.REGULATION),
            ("a", "打印机使用方法", Kind.MANUAL),
            ("a", "SQL 语法", Kind.MANUAL),
            ("a", "网关安装手册", Kind.MANUAL),
            ("regulations", "网关安装手册", Kind.MANUAL),
        ],
    )
    def test_is_inferred_from_folder_then_title(self, document_id: str, title: str, kind: Kind) -> None:
        assert infer_kind(document_id, title) is kind

    def test_a_stated_kind_wins(self) -> None:
        content = "---\nkind: manual\n---\n\n# 管理制度\n\n第一条 甲。\n"
        assert markdown(content, "regulations/a").kind is Kind.MANUAL


class TestVersions:
    def test_nothing_stated_is_version_1_for_ever(self) -> None:
        document = front_matter("")
        assert (document.version, document.effective_from, document.effective_to) == ("1", date.min, ALWAYS)
        assert document.document_id == "folder/文件名"

    def test_the_first_day_names_the_version(self) -> None:
        document = front_matter("effective_from: 2025-01-01\neffective_to: 2025-12-31")
        assert document.version == "2025-01-01"
        assert (document.effective_from, document.effective_to) == (date(2025, 1, 1), date(2025, 12, 31))

    def test_either_day_may_be_left_open(self) -> None:
        assert front_matter("effective_from: 2025-01-01").effective_to == ALWAYS
        assert front_matter("effective_to: 2025-01-01").effective_from == date.min

    def test_one_day_is_a_period(self) -> None:
        document = front_matter("effective_from: 2025-01-01\neffective_to: 2025-01-01")
        assert document.effective_from == document.effective_to

    @pytest.mark.parametrize(
        ("written", "version"), [("2.0", "2.0"), ("'2.0'", "2.0"), ("3", "3"), ("2025-01-01", "2025-01-01")]
    )
    def test_a_stated_version_wins_whatever_yaml_takes_it_for(self, written: str, version: str) -> None:
        assert front_matter(f"version: {written}\neffective_from: 2024-01-01").version == version

    def test_a_file_may_be_a_version_of_another_document(self) -> None:
        assert front_matter("version_of: regulations/值班").document_id == "regulations/值班"
        assert front_matter("version_of: a").document_id == "a"

    def test_plain_text_may_state_its_first_day(self) -> None:
        content = "值班管理规定\n（自2025年3月1日起施行）\n第一条 甲。"
        [document] = parse(SourceRecord("a", "text", Origin("a.txt"), content, "digest"))
        assert (document.title, document.version, document.kind) == ("值班管理规定", "2025-03-01", Kind.REGULATION)


class TestOtherFields:
    def test_all_reach_the_document(self) -> None:
        document = front_matter("product: GW200\nsource: 内部\nclearance: 2\ndepartments: [技术支持部, 售前]")
        assert (document.product, document.source, document.clearance) == ("GW200", "内部", 2)
        assert document.departments == ("技术支持部", "售前")
        assert (document.origin, document.digest) == (Origin("a.md"), "digest")

    def test_unless_stated_everybody_may_read(self) -> None:
        document = front_matter("product: GW200")
        assert (document.clearance, document.departments, document.source) == (0, (), None)

    @pytest.mark.parametrize("clearance", [0, 2**31 - 1])
    def test_bounds_of_the_clearance(self, clearance: int) -> None:
        assert front_matter(f"clearance: {clearance}").clearance == clearance

    def test_a_ticket_keeps_its_attributes(self) -> None:
        document = json_line(
            **{"kind": "ticket", "title": "断网", "symptom": "断网", "solution": "重启", "priority": "P1"},
            opened_at="2025-01-02T09:00:00+08:00",
        )
        assert document.attributes == {"priority": "P1", "opened_at": "2025-01-02T09:00:00+08:00"}
        assert document.text == "现象\n断网\n\n解决\n重启"


class TestWrongFields:
    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"colour": "红"}, "字段“colour”是不认识的字段"),
            ({"effective_from": "2025-13-01"}, "字段“effective_from”应为 YYYY-MM-DD 格式的日期"),
            ({"effective_from": "昨天"}, "字段“effective_from”应为 YYYY-MM-DD 格式的日期"),
            ({"effective_from": "2025-02-30"}, "字段“effective_from”应为 YYYY-MM-DD 格式的日期"),
            ({"effective_from": 20250101}, "字段“effective_from”应为 YYYY-MM-DD 格式的日期"),
            ({"effective_from": "2025-02-01", "effective_to": "2025-01-31"}, "2025-02-01 晚于 effective_to 2025-01-31"),
            ({"kind": "rule"}, "字段“kind”取值应为 regulation、faq、manual、ticket 之一"),
            ({"clearance": -1}, "字段“clearance”过小"),
            ({"clearance": 2**31}, "字段“clearance”过大"),
            ({"clearance": "高"}, "字段“clearance”应为整数"),
            ({"clearance": 1.5}, "字段“clearance”应为整数"),
            ({"departments": "售前"}, "字段“departments”应为列表"),
            ({"departments": [{"name": "售前"}]}, "字段“departments.0”应为文本"),
            ({"title": ["标题"]}, "字段“title”应为文本"),
            ({"title": "\ud800"}, "字段“title”含有无法编码的字符"),
            ({"text": " "}, "字段“text”不能为空"),
            ({"text": None}, "字段“text”应为文本"),
            ({"kind": "ticket", "text": "x", "symptom": "y"}, "字段“symptom”是不认识的字段"),
        ],
    )
    def test_in_a_json_line(self, fields: dict[str, Any], complaint: str) -> None:
        with pytest.raises(MalformedSourceError) as raised:
            json_line(**{"text": "正文", **fields})
        assert complaint in raised.value.message
        assert raised.value.origin == ORIGIN
        assert "input" not in raised.value.message.lower()

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({}, "字段“text”必须填写"),
            ({"kind": "ticket", "symptom": "断网"}, "字段“solution”必须填写"),
            ({"kind": "ticket", "symptom": "a", "solution": "b", "opened_at": "昨天"}, "字段“opened_at”应为"),
            ({"kind": "ticket", "symptom": "a", "solution": "b", "resolved_at": []}, "字段“resolved_at”应为"),
        ],
    )
    def test_missing_or_of_a_ticket(self, fields: dict[str, Any], complaint: str) -> None:
        with pytest.raises(MalformedSourceError) as raised:
            json_line(**fields)
        assert complaint in raised.value.message

    def test_all_are_told_at_once(self) -> None:
        with pytest.raises(MalformedSourceError) as raised:
            json_line(text="x", colour="红", clearance=-1)
        assert raised.value.message == "字段“clearance”过小；字段“colour”是不认识的字段"

    @pytest.mark.parametrize("fields", ["effective_from: 2025-1-1", "effective_from: 2025-01-01 10:00:00"])
    def test_in_front_matter(self, fields: str) -> None:
        with pytest.raises(MalformedSourceError, match="字段"):
            front_matter(fields)

    @pytest.mark.parametrize(
        ("key", "meant"),
        [
            *(("efective_from", "effective_from"), ("effective-from", "effective_from"), ("Title", "title")),
            *(
                ("titel", "title"),
                ("effectiveTo", "effective_to"),
                ("verison", "version"),
                ("departement", "departments"),
            ),
            *(("sorce", "source"), ("knd", "kind"), ("clearence", "clearance"), ("version-of", "version_of")),
        ],
    )
    def test_a_misspelt_key_of_front_matter_is_named(self, key: str, meant: str) -> None:
        with pytest.raises(MalformedSourceError, match=f"“{key}”是不认识的字段，应为“{meant}”"):
            front_matter(f"{key}: 2025-01-01")

    @pytest.mark.parametrize(
        "key",
        [
            *("summary", "aliases", "group", "category", "subtitle", "description", "cover", "order", "date", "author"),
            *("type", "tag", "tags", "layout", "sidebar", "resource", "colour", "2025", "标签"),
        ],
    )
    def test_keys_of_other_programs_are_accepted_and_kept_out(self, key: str) -> None:
        document = front_matter(f"{key}: [甲, 乙]\nproduct: GW200")
        assert (document.product, document.text, document.attributes) == ("GW200", "标题\n\n正文", {})

    @pytest.mark.parametrize("content", ["<!-- 只有注释 -->", "---\ntitle: 标题\n---\n", "\u200b\u200b"])
    def test_nothing_to_index(self, content: str) -> None:
        with pytest.raises(MalformedSourceError, match="没有可索引的正文"):
            markdown(content)

    def test_invisible_text_of_a_json_line(self) -> None:
        with pytest.raises(MalformedSourceError, match="没有可索引的正文"):
            json_line(text="\u200b\ufeff")


def test_all_shared_manuals_are_taken_in() -> None:
    folder = require_shared("manuals")
    documents = [
        document
        for source in find_sources([folder])
        if isinstance(source, SourceFile)
        for record in read_records(source, 2**24)
        if isinstance(record, SourceRecord)
        for document in parse(record)
    ]
    assert len(documents) == len(list(folder.rglob("*.md")))
    assert all(document.title and document.text for document in documents)


def test_a_title_of_markup_and_direction_marks_is_inert_text() -> None:
    document = front_matter("title: '<script>alert(1)</script>\u202e反\u202c <b>粗</b>'")
    assert document.title == "<script>alert(1)</script>反 <b>粗</b>"
