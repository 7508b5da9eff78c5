"""Numbering at the start of a line, and all that only looks like it."""

import pytest

from ingest.document import Rank
from ingest.numbering import glued_child, parse_marker


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
        *("第五条以外", "第五条之规定", "第一章规定的事项"),
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
        ("D1、工作态度", "alpha", "D1", ()),
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
    ("line", "heading"),
    [
        ("第一章总则第一条为规范", "第一章总则"),
        ("第二章 组织结构 第五条 组长", "第二章 组织结构 "),
        ("四、服务流程1. 问题反馈", "四、服务流程"),
        ("二、基本制度第1条.服务工程师", "二、基本制度"),
        ("二、职责：（一）技术部", "二、职责："),
        ("(六)、员工工资与提成4.10、工资计算", "(六)、员工工资与提成"),
        ("1. 人员管理1.1 招聘", "1. 人员管理"),
        (f"四、{'长' * 20}1. 问题", f"四、{'长' * 20}"),
    ],
)
def test_child_glued_to_a_heading(line: str, heading: str) -> None:
    marker = parse_marker(line)
    assert marker
    assert glued_child(marker, line[marker.length :]) == len(heading) - marker.length


@pytest.mark.parametrize(
    "line",
    [
        "第一章总则",
        "第二章 依照第五条规定办理",
        "四、由组长负责，1. 问题反馈",
        f"四、{'长' * 21}1. 问题",
        "1．密度大于1.72克的材料",
        "1. 版本2.1 以上",
        "第一条为规范第二条",
        "四、1. 问题",
    ],
)
def test_nothing_is_glued(line: str) -> None:
    marker = parse_marker(line)
    assert marker
    assert glued_child(marker, line[marker.length :]) is None
