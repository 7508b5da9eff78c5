"""Word documents: what they say, in Chinese fonts, with headers that come back on every page."""

from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.reports.service import ReportService
from kb_service.tickets.errors import TicketNotFoundError
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.reports.autumn import JIA, YI, Story
from tests.kb_service.reports.conftest import Department

A = Action


def cells(document: DocxDocument, number: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[number].rows]


def test_the_problem_report_tells_the_whole_story(autumn: Department) -> None:
    document = Document(BytesIO(autumn.reports.problem_report(autumn.ids["b"])))
    assert document.paragraphs[0].text == f"问题处理报告 {autumn.ids['b']}"
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == [
        "一、基本情况",
        "二、问题描述",
        "三、处理经过",
        "四、原因与解决办法",
        "五、工时与时限",
        "六、客户确认与满意度",
    ]
    basics, course, solution, work, clocks, word = (cells(document, number) for number in range(6))
    assert ["客户", "财务部"] in basics
    assert ["状态", "已关闭（重开 1 次）"] in basics
    assert ["支持层级", "二线"] in basics
    assert ["登记时间", "2026-10-31 23:59"] in basics  # by the clocks of Shanghai
    assert len(course) == 1 + 16
    assert course[0] == ["时间", "步骤", "操作人", "内容"]
    assert [row[1] for row in course[1:4]] == ["登记", "分类定级", "分派"]
    assert [row[0] for row in course[1:]] == sorted(row[0] for row in course[1:])
    assert ["2026-11-05 11:00", "升级", JIA, "升级到：二线\n原因：按规定\n已尝试：清洁搓纸轮"] in course
    assert solution == [["问题原因", "搓纸轮打滑"], ["解决步骤", "更换搓纸轮"]]
    assert work == [["工时合计", "65 分钟"], [JIA, "20 分钟"], [YI, "45 分钟"]]
    assert [row[:3] for row in clocks[1:]] == [["响应", "2 工作小时", "达标"], ["解决", "48 小时", "超时"]]
    assert clocks[2][-1] == "60:00"
    assert word == [["确认", f"客户已确认（2026-11-06 10:00，{JIA}）"], ["满意度", "3 分（满分 5 分）"]]


def test_a_ticket_that_has_only_begun_has_a_report_too(autumn: Department) -> None:
    document = Document(BytesIO(autumn.reports.problem_report(autumn.ids["d"])))
    assert cells(document, 5) == [["确认", "尚无客户的确认"], ["满意度", "未评价"]]
    assert cells(document, 2) == [["问题原因", "—"], ["解决步骤", "—"]]
    with pytest.raises(TicketNotFoundError):
        autumn.reports.problem_report("T999")


def test_chinese_fonts_and_repeated_headers(autumn: Department) -> None:
    document = Document(BytesIO(autumn.reports.problem_report(autumn.ids["b"])))
    for name, font in (("Normal", "宋体"), ("Title", "黑体"), ("Heading 1", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    course = document.tables[1].rows
    assert course[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert course[1]._tr.trPr.find(qn("w:tblHeader")) is None
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_what_became_of_suggested_solutions_is_told(
    engine: Engine, reports: ReportService, tickets: TicketService, clock: Clock
) -> None:
    ticket_id = Story(tickets, clock, "11-03 09:00").ticket.ticket_id
    solution = {"document_id": "TK-1", "document_title": "清缓存", "suggestion_id": "s"}
    with Session(engine) as session, session.begin():
        tickets.note(session, 1, A.ADOPT_SOLUTION, JIA, solution)
        tickets.note(session, 1, A.REJECT_SOLUTION, JIA, {**solution, "reason": "现象不同"})
    course = cells(Document(BytesIO(reports.problem_report(ticket_id))), 1)
    assert [row[1] for row in course[-2:]] == ["采用方案", "否决方案"]
    assert course[-1][3] == "方案：清缓存\n原因：现象不同"


def test_what_no_office_file_can_hold_is_left_out(reports: ReportService, tickets: TicketService, clock: Clock) -> None:
    story = Story(
        tickets,
        clock,
        "11-03 09:00",
        title="铃\x07声\ud83d\udd14".encode("utf-16", "surrogatepass").decode("utf-16"),
        description="一\x0b行\n二\ufffe行",
    )
    document = Document(BytesIO(reports.problem_report(story.ticket.ticket_id)))
    assert ["标题", "铃声\U0001f514"] in cells(document, 0)
    texts = [one.text for one in document.paragraphs]
    assert texts[texts.index("二、问题描述") + 1 :][:2] == ["一行", "二行"]


def test_working_time_by_person_and_day(reports: ReportService, tickets: TicketService, clock: Clock) -> None:
    first, second = Story(tickets, clock, "11-10 10:00"), Story(tickets, clock, "11-10 10:00")
    # Ten minutes past midnight in Shanghai: in London it was still the day before.
    first("11-10 10:30", A.COMMENT, minutes_worked=5)("11-11 00:10", A.COMMENT, minutes_worked=7)
    second("11-10 12:00", A.COMMENT, minutes_worked=10)("11-10 12:30", A.COMMENT, YI, minutes_worked=75)
    second("12-01 00:00", A.COMMENT, minutes_worked=99)
    document = Document(BytesIO(reports.working_time("2026-11")))
    assert document.paragraphs[0].text == "2026年11月工时记录"
    assert cells(document, 0) == [
        ["人员", "日期", "工单数", "分钟", "小时", "工单"],
        [YI, "2026-11-10", "1", "75", "1.2", "T2"],
        [YI, "小计", "1", "75", "1.2", ""],
        [JIA, "2026-11-10", "2", "15", "0.2", "T1、T2"],
        [JIA, "2026-11-11", "1", "7", "0.1", "T1"],
        [JIA, "小计", "2", "22", "0.4", ""],
        ["合计", "", "2", "97", "1.6", ""],
    ]
