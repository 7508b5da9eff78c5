"""Clause ids that last, labels that people write, hashes that prove a quotation."""

import hashlib
import re

import pytest
from hypothesis import given, settings

from ingest.document import ParsedDocument
from tests.ingest.generated_documents import documents
from tests.ingest.texts import parse_text


def ids(content: str, source_format: str = "text", folder: str = "regulations") -> list[str]:
    return [section.clause_id for section in parse_text(content, source_format, folder).sections]


def labels(content: str, source_format: str = "text") -> list[str]:
    return [section.label for section in parse_text(content, source_format).sections]


class TestIds:
    def test_articles_that_run_on_go_without_their_chapters(self) -> None:
        content = "值班条例\n第一编 甲\n第一章 乙\n第一节 丙\n第一条 丁。\n第二章 戊\n第二条 己。\n第二条之一 庚。"
        content += "\n第二编 辛\n第三条 壬。"
        assert ids(content) == [
            *("part_1", "part_1__chp_1", "part_1__chp_1__sec_1", "art_1", "part_1__chp_2", "art_2", "art_2-1"),
            *("part_2", "art_3"),
        ]

    def test_articles_that_begin_anew_go_with_their_chapters(self) -> None:
        content = "值班规定\n第一章 甲\n第一条 乙。\n第二条 丙。\n第二章 丁\n第一条 戊。"
        assert ids(content) == ["chp_1", "chp_1__art_1", "chp_1__art_2", "chp_2", "chp_2__art_1"]

    def test_one_number_that_comes_twice_is_a_slip(self) -> None:
        content = "值班规定\n第一章 甲\n第一条 乙。\n第二条 丙。\n第二章 丁\n第二条 戊。\n第三条 己。"
        assert ids(content) == ["chp_1", "art_1", "art_2", "chp_2", "art_2~2", "art_3"]

    def test_paragraphs_and_items(self) -> None:
        content = "值班规定\n第一条 甲：\n（一）乙：\n1. 丙；\n2. 丁；\n（二）戊。\n己。\n第二条 庚：\n（一）辛。"
        assert ids(content) == [
            *("art_1", "art_1__para_1", "art_1__para_1__point_1", "art_1__para_1__point_1__subpoint_1"),
            *("art_1__para_1__point_1__subpoint_2", "art_1__para_1__point_2", "art_1__para_2"),
            *("art_2", "art_2__point_1"),
        ]

    def test_decimals(self) -> None:
        assert ids("工程规定\n(六)、提成4.10、甲。\n4.10.1乙。\n4.11、丙。") == [
            *("subdiv_6", "cl_4.10", "cl_4.10.1", "cl_4.11"),
        ]
        assert ids("信息规定\n三、职责1. 岗位1.1 甲。\n1.2 乙。\n四、流程1. 申请1.1 丙。\n1.2 丁。") == [
            *("div_3", "div_3__item_1", "div_3__cl_1.1", "div_3__cl_1.2"),
            *("div_4", "div_4__item_1", "div_4__cl_1.1", "div_4__cl_1.2"),
        ]

    def test_other_lists(self) -> None:
        content = "考核规定\n一、甲\n（一）乙\n1. 丙\n（1）丁\n① 戊\nA、己\nD、庚:D1、辛。\na. 壬\n3）癸"
        assert [name.rsplit("__", 1)[-1] for name in ids(content)] == [
            *("div_1", "subdiv_1", "item_1", "subitem_1", "circle_1", "alpha_1", "alpha_4", "alpha_D1", "lower_1"),
            "entry_3",
        ]

    def test_annexes_have_numbers_of_their_own(self) -> None:
        content = "车辆规定\n第一条 甲。\n附件1：乙\n第一条 丙。\n附件2：丁\n第一条 戊。\n附表1 己\n附件：庚"
        assert ids(content) == [
            *("art_1", "annex_1", "annex_1__art_1", "annex_2", "annex_2__art_1", "schedule_1", "annex"),
        ]

    def test_headings_without_a_number_go_by_their_words(self) -> None:
        content = "# 手册\n\n## 安装 步骤！\n\n### 网卡 GW200\n\n## 安装 步骤！\n\n## ？\n\n## 3.2 接线\n"
        assert ids(content, "markdown", "manuals") == [
            *("h_安装-步骤", "h_安装-步骤__h_网卡-gw200", "h_安装-步骤~2", "h", "cl_3.2"),
        ]

    def test_a_change_elsewhere_changes_no_id(self) -> None:
        lines = [
            "值班规定",
            "第一章 总则",
            "第一条 甲。",
            "第二条 乙：",
            "（一）丙；",
            "（二）丁。",
            "第二章 附则",
            "第三条 戊。",
        ]
        before = set(ids("\n".join(lines)))
        for at, added in ((2, "为了值班。"), (5, "（二）己；"), (6, "庚。"), (7, "第二条之一 辛。"), (8, "附件1：壬")):
            after = set(ids("\n".join([*lines[:at], added, *lines[at:]])))
            lost = before - after
            # Only an article that gains a second 款 names its own items anew.
            assert lost <= ({"art_2__point_1", "art_2__point_2"} if added == "庚。" else set()), added


class TestLabels:
    @pytest.mark.parametrize(
        ("content", "last"),
        [
            ("值班规定\n第三章 甲\n第十五条 乙。\n丙。", "第三章第十五条第二款"),
            ("值班规定\n第十五条 甲：\n（一）乙。\n丙。\n丁：\n（一）戊。", "第十五条第三款第（一）项"),
            ("值班规定\n第十五条 甲：\n（一）乙：\n1. 丙。", "第十五条第（一）项第1目"),
            ("值班规定\n第十五条 甲：\n（一）乙：\n1. 丙：\n①丁。", "第十五条第（一）项第1目①"),
            ("值班规定\n第十五条 甲：\n1. 乙。", "第十五条第1项"),
            ("值班规定\n四、甲\n（二）乙\n1. 丙", "四、（二）1"),
            ("工程规定\n4.12、甲:A、乙。B、丙。", "第4.12条第B项"),
            ("工程规定\n第一部分\n一、甲。", "第一部分 › 一"),
            ("车辆规定\n第一条 甲。\n附件1：乙\n一、丙。", "附件1 › 一"),
            ("车辆规定\n第一条 甲。\n附件1：乙\n第二章 丙\n第一条 丁。", "附件1第二章第一条"),
            ("值班规定\n第 十 五 条 甲。", None),
            ("值班规定\n第 十五 条 甲。", "第十五条"),
        ],
    )
    def test_are_those_that_people_write(self, content: str, last: str | None) -> None:
        found = labels(content)
        assert (found[-1] if found else None) == last


@settings(max_examples=300)
@given(documents())
def test_ids_are_unique_and_nest_and_hashes_fit(document: ParsedDocument) -> None:
    names = [section.clause_id for section in document.sections]
    assert len(set(names)) == len(names)
    for section in document.sections:
        assert re.fullmatch(r"\S+", section.clause_id)
        text = document.text[section.start : section.end]
        assert section.sha256 == hashlib.sha256(text.encode()).hexdigest()
        own = section.clause_id.rsplit("__", 1)[-1]
        if section.parent is not None and not own.startswith(("art_", "cl_")):
            assert section.clause_id == f"{document.sections[section.parent].clause_id}__{own}"
