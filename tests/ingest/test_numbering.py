"""Numbering at the start of a line, and all that only looks like it."""

import pytest

from ingest.document import Rank
from ingest.numbering import parse_marker


@pytest.mark.parametrize(
    ("line", "rank", "text"),
    [
        ("第一编 总则", Rank.PART, "第一编"),
        ("第二章组织结构", Rank.CHAPTER, "第二章"),
        ("第三节　值班", Rank.SECTION, "第三节"),
        ("第十五条 应认真记录", Rank.ARTICLE, "第十五条"),
        ("第15条：应认真记录", Rank.ARTICLE, "第15条"),
        ("第4条.服务工程师", Rank.ARTICLE, "第4条"),
        ("第二十四条之一 补充", Rank.ARTICLE, "第二十四条之一"),
        ("第１５条应认真记录", Rank.ARTICLE, "第１５条"),
    ],
)
def test_named_parts(line: str, rank: Rank, text: str) -> None:
    marker = parse_marker(line)
    assert marker
    assert (marker.style, marker.rank, marker.text) == ("named", rank, text)
    assert marker.atomic == (rank is Rank.ARTICLE)


@pytest.mark.parametrize(
    "line",
    [
        *("第三条所有员工都必须遵守", "第四条及时响应客户", "第五条与其他部门配合", "第六条中国公民适用"),
        *("第七条内部培训", "第八条以客户为中心", "第九条到岗打卡", "第一条规范技术支持工作", "第二条和平共处"),
    ],
)
def test_an_article_may_run_on_without_a_space(line: str) -> None:
    marker = parse_marker(line)
    assert marker
    assert marker.length == len("第三条")


@pytest.mark.parametrize(
    "line",
    [
        *("第五条规定的情形", "第五条的规定", "第五条所列情形", "第五条、第六条", "第五条，第六条", "第五条第二款"),
        *("第五条和第六条", "第五条至第八条", "第五条及其附件", "第五条或本办法", "第五条中的", "第五条内容如下"),
        *("第五条以外", "第五条之规定", "第一章规定的事项", "第五条修改为：", "第五条后增加一条", "第五条。"),
    ],
)
def test_a_reference_is_no_marker(line: str) -> None:
    assert parse_marker(line) is None


@pytest.mark.parametrize(
    ("line", "style", "text", "number"),
    [
        ("4.10、工资计算", "decimal", "4.10", (4, 10)),
        ("4.10.1员工实发工资", "decimal", "4.10.1", (4, 10, 1)),
        ("4.1 响应时间", "decimal", "4.1", (4, 1)),
        ("1.1人员管理", "decimal", "1.1", (1, 1)),
        ("1.2日常工作", "decimal", "1.2", (1, 2)),
        ("一、部门职责", "cn", "一", ()),
        ("十二. 附则", "cn", "十二", ()),
        ("（二）值班", "cn-paren", "（二）", ()),
        ("(一) 、总则", "cn-paren", "(一)", ()),
        ("3. 提供支持", "num", "3", (3,)),
        ("3、提供支持", "num", "3", (3,)),
        ("3 目的", "num", "3", (3,)),
        ("(3).工作移交", "num-paren", "(3)", ()),
        ("3）重启", "num-rparen", "3）", ()),
        ("B、财务借款", "alpha", "B", ()),
        ("D1、工作态度", "alpha-num", "D1", ()),
        ("a.积极性", "lower", "a", ()),
        ("③ 关闭", "circled", "③", ()),
    ],
)
def test_other_styles(line: str, style: str, text: str, number: tuple[int, ...]) -> None:
    marker = parse_marker(line)
    assert marker
    assert (marker.style, marker.rank, marker.text, marker.number) == (style, Rank.OTHER, text, number)
    assert marker.atomic == (len(number) > 1)
    assert line[: marker.length].startswith(text)


@pytest.mark.parametrize(
    "line",
    [
        *("1.6管材", "1.6 MPa 压力", "1.5元", "2.5 元", "1.5个工作日", "3.5公里", "12.5%的用户", "5.0版本发布"),
        *("2天内制做出建议书", "1/4", "2007年2月7日。", "10%两年后", "192.168.1.1 不通", "10.20.0.0/16 网段"),
        *("2025.1.1 起", "3.14", "1521端口", "一次性解决", "第二天", "A.B 公司", "e.g. 重启", "• 重启", ""),
    ],
)
def test_figures_dates_and_words_are_no_markers(line: str) -> None:
    assert parse_marker(line) is None


@pytest.mark.parametrize(
    ("line", "text", "value"),
    [
        ("附件", "附件", 0),
        ("附件：", "附件", 0),
        ("附件：1、派车单", "附件", 0),
        ("附件1：派车单", "附件1", 1),
        ("附件二 派车单", "附件二", 2),
        ("附件3派车单", "附件3", 3),
        ("附录B 名单", "附录B", 2),
        ("附表 2", "附表 2", 2),
        ("附：", "附", 0),
    ],
)
def test_annexes(line: str, text: str, value: int) -> None:
    marker = parse_marker(line)
    assert marker
    assert (marker.style, marker.text, marker.value) == ("annex", text, value)


@pytest.mark.parametrize(
    "line", ["附件1中的表格", "附件由总部提供。", "附则", "附件所列人员", "附近的人", "附件1：甲。乙"]
)
def test_mentioned_annexes_are_no_markers(line: str) -> None:
    assert parse_marker(line) is None


@pytest.mark.parametrize(
    ("line", "value", "added"),
    [
        ("第十五条 甲", 15, ()),
        ("第八条之一 甲", 8, (1,)),
        ("第八条之一之二 甲", 8, (1, 2)),
        ("第１２条甲", 12, ()),
        ("第 12 条 甲", 12, ()),
        ("D12、甲", 12, ()),
        ("⑵甲", 2, ()),
        ("c)甲", 3, ()),
    ],
)
def test_values(line: str, value: int, added: tuple[int, ...]) -> None:
    marker = parse_marker(line)
    assert marker
    assert (marker.value, marker.added) == (value, added)


def test_parts_stand_in_one_order() -> None:
    lines = ("附件1", "第一编 甲", "第一分编 甲", "第一章 甲", "第一节 甲", "第一条 甲")
    tiers = [marker.tier for line in lines if (marker := parse_marker(line))]
    assert tiers == sorted(set(tiers))
    assert len(tiers) == len(lines)


@pytest.mark.parametrize("line", ["一、二线人员轮换", "二、三级响应", "一、二、三班"])
def test_counting_words_are_no_markers(line: str) -> None:
    assert parse_marker(line) is None


def test_a_marker_is_read_at_any_place() -> None:
    assert parse_marker("焊接4.11、", 2) == parse_marker("4.11、")
    assert parse_marker("见附件1", 1) is None
