"""What queries say of places, and which places of an outline that names."""

import pytest

from ingest.document import Kind
from kb_service.search.locators import Outline, Step, find_locator
from tests.ingest.texts import parse_text

REGULATION = """某某管理办法
第一章 总则
第一条 为了规范，制定本办法。
第二条 本办法适用于：
（一）员工；
（二）外包人员。
前款人员均应遵守。
第二章 值班
第三条 值班分两班：
（一）早班；
（二）晚班。
第三条之一 居家值守另行规定。
"""
NUMBERED = """某某服务规定
一、受理
1. 接单。
2. 派单：
（1）一线；
（2）二线。
二、处理
（一）远程
1. 连接。
（二）现场
1. 出发。
"""
DECIMAL = "某某工作规范\n4 工程\n4.1 报价。\n4.10 结算\n4.10.4 提成。\n4.12 月末。\n"


@pytest.mark.parametrize(
    ("query", "steps", "rest"),
    [
        ("保密规定第27条第2项", [("27", "条"), ("2", "项")], "保密规定"),
        ("规章制度第三章第十五条第（二）项", [("3", "章"), ("15", "条"), ("2", "项")], "规章制度"),
        ("第二十四条之一 居家值守", [("24-1", "条")], "居家值守"),
        ("第4.12条怎么算", [("4.12", "条")], "怎么算"),
        ("服务级别四点四条", [("4.4", "条")], "服务级别"),
        ("IT规定 四、1.5", [("4", ""), ("1.5", "")], "IT规定"),
        ("服务规定三（三）第二条", [("3", ""), ("3", ""), ("2", "条")], "服务规定"),
        ("第１５条", [("15", "条")], ""),
        ("请假办法第三部分第九条", [("3", "部分"), ("9", "条")], "请假办法"),
    ],
)
def test_queries_that_name_a_place(query: str, steps: list[tuple[str, str]], rest: str) -> None:
    locator = find_locator(query)
    assert locator is not None
    assert locator.steps == tuple(Step(*step) for step in steps)
    assert locator.rest == rest


@pytest.mark.parametrize(
    "query",
    [
        "打印机脱机",
        "PPR-9087",
        "192.168.1.1 ping 不通",
        "升级到 5.2.1.7.9 之后",
        "磁盘还剩 2.5 万个文件",
        "一线和二线",
        "",
    ],
)
def test_queries_that_name_none(query: str) -> None:
    assert find_locator(query) is None


@pytest.mark.parametrize(
    ("text", "query", "labels"),
    [
        (REGULATION, "第二条", ["第一章第二条"]),
        (REGULATION, "第2条第（二）项", ["第一章第二条第一款第（二）项"]),
        (REGULATION, "第二条第二款", ["第一章第二条第二款"]),
        (REGULATION, "第二章第三条", ["第二章第三条"]),
        (REGULATION, "第三条之一", ["第二章第三条之一"]),
        (REGULATION, "第一章第三条", []),
        (REGULATION, "第九条", []),
        (NUMBERED, "一、第2条", ["一、2"]),
        (NUMBERED, "二（二）1", ["二、（二）1"]),
        (DECIMAL, "4.10.4", ["第4.10.4条"]),
        (DECIMAL, "第4.1条", ["第4.1条"]),
    ],
)
def test_places(text: str, query: str, labels: list[str]) -> None:
    locator = find_locator(query)
    assert locator is not None
    document = parse_text(text)
    assert document.kind is Kind.REGULATION
    found = Outline.of(document).find(locator)
    best = max((likeness for _, likeness in found), default=0)
    assert [place.section.label for place, likeness in found if likeness == best] == labels
