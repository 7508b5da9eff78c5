"""What is taken for noise, and what only looks like it."""

import pytest

from ingest.cleaning.noise import remove_noise
from ingest.cleaning.page_footers import missing_pages
from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.formats.blocks import BlockWriter

BOILERPLATE = RemovalReason.BOILERPLATE
FOOTER = RemovalReason.PAGE_FOOTER
TITLE = RemovalReason.REPEATED_TITLE
FORM = RemovalReason.EMPTY_FORM
WRAP = RemovalReason.HARD_WRAP

LONG = "值班人员应当按时到岗并认真填写值班记录遇有紧急情况应当立即向组长报告不"


def cleaned(content: str) -> tuple[list[str], list[tuple[RemovalReason, str, int | None]]]:
    """Kept blocks, titles marked with #, and removals, of lines numbered from 1; an empty line is one."""
    writer = BlockWriter()
    for number, line in enumerate(content.split("\n"), start=1):
        writer.add(line, BlockKind.LINE, line=number)
    text = remove_noise(writer.finish())
    return [_drawn(text, index) for index in range(len(text.blocks))], [
        (r.reason, r.text, r.line) for r in text.removed
    ]


def _drawn(text: StructuredText, index: int) -> str:
    block = text.blocks[index]
    return ("# " if block.kind is BlockKind.HEADING else "") + text.text[block.start : block.end]


class TestTitles:
    def test_the_first_of_several_printings_becomes_a_heading(self) -> None:
        content = "值班管理制度\n\n值班管理制度\n\n值班管理制度值班是部门的基础工作。"
        assert cleaned(content) == (
            ["# 值班管理制度", "值班是部门的基础工作。"],
            [(TITLE, "值班管理制度", 3), (TITLE, "值班管理制度", 5)],
        )

    @pytest.mark.parametrize("rest", ["第一章总则第一条甲。", "一、甲。", " 为了值班。", "1. 甲"])
    def test_once_above_and_once_before_a_number(self, rest: str) -> None:
        kept, removed = cleaned(f"值班管理制度\n值班管理制度{rest}")
        assert kept == ["# 值班管理制度", rest.strip()]
        assert removed == [(TITLE, "值班管理制度", 2)]

    @pytest.mark.parametrize(
        "rest", ["由总部解释。", "是部门的依据。", "适用于全体。", "为考核的依据。", "所称夜班是指夜里。"]
    )
    def test_as_the_subject_of_a_sentence_it_stays(self, rest: str) -> None:
        kept, removed = cleaned(f"值班管理制度\n值班管理制度\n值班管理制度{rest}")
        assert kept == ["# 值班管理制度", f"值班管理制度{rest}"]
        assert removed == [(TITLE, "值班管理制度", 2)]

    def test_a_line_that_only_begins_alike_stays(self) -> None:
        content = "值班管理制度\n值班管理制度值班是基础。\n员工应当遵守值班管理制度\n员工应当遵守值班管理制度"
        assert cleaned(content) == (content.split("\n"), [])

    def test_a_collection_s_headline_goes_and_its_pieces_get_titles(self) -> None:
        content = "值班制度(2篇)\n值班制度(2篇)\n值班制度v1.0一、甲。值班制度(2)二、乙。"
        kept, removed = cleaned(content)
        assert kept == ["# 值班制度v1.0", "一、甲。", "# 值班制度(2)", "二、乙。"]
        assert removed == [(BOILERPLATE, "值班制度(2篇)", 1), (BOILERPLATE, "值班制度(2篇)", 2)]

    def test_the_first_piece_may_have_a_number(self) -> None:
        kept, _ = cleaned("值班制度(2篇)\n值班制度(一)一、甲。\n值班制度(二)一、乙。")
        assert kept == ["# 值班制度(一)", "一、甲。", "# 值班制度(二)", "一、乙。"]

    def test_a_piece_out_of_turn_or_in_a_sentence_is_text(self) -> None:
        content = "值班制度(2篇)\n值班制度一、甲。\n值班制度(5)二、乙。\n三、按值班制度(2)办理。"
        assert cleaned(content)[0] == ["# 值班制度", "一、甲。", "值班制度(5)二、乙。", "三、按值班制度(2)办理。"]


class TestPageFooters:
    def test_before_the_next_piece(self) -> None:
        content = "值班制度(3篇)\n值班制度一、甲,直到1/4衡川手册值班制度(2)二、乙。\n2/4衡川手册值班制度(3)三、丙。"
        kept, removed = cleaned(content)
        assert kept == ["# 值班制度", "一、甲,直到", "# 值班制度(2)", "二、乙。", "# 值班制度(3)", "三、丙。"]
        assert removed[1:] == [(FOOTER, "1/4衡川手册", 2), (FOOTER, "2/4衡川手册", 3)]

    def test_on_lines_of_their_own(self) -> None:
        content = "一、甲。\n二、乙。\n第1页 共3页\n三、丙。\n四、丁。\n第2页 共3页"
        kept, removed = cleaned(content)
        assert kept == ["一、甲。", "二、乙。", "三、丙。", "四、丁。"]
        assert [text for _, text, _ in removed] == ["第1页 共3页", "第2页 共3页"]

    @pytest.mark.parametrize(
        "content",
        [
            "一、甲。\n1/4 进度\n二、乙。",
            "一、完成1/4工程量。\n二、完成2/4工程量。\n三、完成3/4工程量。",
            "1/4 首付款\n2/4 二期款\n3/4 三期款",
            "1/4 进度\n2/4 进度\n3/4 进度",
            "一、甲。\n2/4 衡川\n二、乙。\n三、丙。\n1/4 衡川\n四、丁。",
            "5/4衡川\n甲。\n乙。\n6/4衡川",
        ],
    )
    def test_other_fractions_stay(self, content: str) -> None:
        assert cleaned(content) == (content.split("\n"), [])

    def test_missing_pages(self) -> None:
        content = "值班制度(3篇)\n值班制度一、甲1/4衡川值班制度(2)二、乙。\n4/4衡川值班制度(3)三、丙。"
        writer = BlockWriter()
        writer.add(content, BlockKind.LINE)
        assert missing_pages(remove_noise(writer.finish()).removed) == {(4, "衡川"): [2, 3]}


class TestForms:
    def test_between_two_printings_of_a_title(self) -> None:
        content = "考勤管理制度制定人:审核人:批准人:日期:年月日页数:6页考勤管理制度考勤以准时为本。"
        kept, removed = cleaned(content)
        assert kept == ["# 考勤管理制度", "考勤以准时为本。"]
        assert removed == [(FORM, "制定人:审核人:批准人:日期:年月日页数:6页", 1), (TITLE, "考勤管理制度", 1)]

    def test_on_a_line_of_its_own(self) -> None:
        kept, removed = cleaned("编制：____ 审核：____ 批准：____\n一、甲。")
        assert kept == ["一、甲。"]
        assert [reason for reason, _, _ in removed] == [FORM]

    @pytest.mark.parametrize(
        "content",
        [
            "考勤管理制度制定人:审核人:批准人:张经理",
            "编制：甲 审核：乙 批准：丙",
            "自____年____月____日起执行。",
            "日期：\n一、甲。",
            "审核人:批准人:",
        ],
    )
    def test_a_form_that_is_filled_in_or_no_form_stays(self, content: str) -> None:
        assert cleaned(content) == (content.split("\n"), [])


class TestBoilerplate:
    TIP = "1. 1、下载文档前请自行甄别文档内容的完整性,平台不提供附加服务。"

    def test_sure_lines_anywhere_and_doubtful_ones_at_the_end(self) -> None:
        content = f"相关文档\n一、甲。\n{self.TIP}\n二、乙。\n.。\n相关文档\n最新文档"
        kept, removed = cleaned(content)
        assert kept == ["相关文档", "一、甲。", "二、乙。"]
        assert [(reason, line) for reason, _, line in removed] == [(BOILERPLATE, line) for line in (3, 5, 6, 7)]

    @pytest.mark.parametrize(
        "content",
        [
            "一、甲。\n相关文档\n最新文档",
            "一、下载文档前应当登记。",
            "二、文档侵犯权益的，由法务处理。",
            "一、甲。\n.。",
        ],
    )
    def test_without_a_sure_line_nothing_goes(self, content: str) -> None:
        assert cleaned(content) == (content.split("\n"), [])


class TestHardWraps:
    def test_lines_of_one_width_are_joined(self) -> None:
        content = f"一、{LONG}\n得拖延。\n二、乙。\n三、{LONG}\n得推诿。"
        assert cleaned(content) == (
            [f"一、{LONG}得拖延。", "二、乙。", f"三、{LONG}得推诿。"],
            [(WRAP, "\n", 1), (WRAP, "\n", 4)],
        )

    def test_a_sentence_may_run_over_three_lines(self) -> None:
        assert cleaned(f"{LONG}\n{LONG}\n得拖延。\n甲。")[0] == [f"{LONG}{LONG}得拖延。", "甲。"]

    def test_two_words_stay_apart(self) -> None:
        line = "请把日志导出到服务器上并且在系统中登记好然后打开工具 Event"
        assert cleaned(f"{line}\nViewer 查看。\n甲。")[0] == [f"{line} Viewer 查看。", "甲。"]

    @pytest.mark.parametrize(
        "content",
        [
            f"{LONG}\n\n得拖延。\n甲。",
            f"{LONG}\n二、乙。\n甲。",
            f"{LONG}\n• 乙。\n甲。",
            f"{LONG}。\n得拖延。",
            f"{LONG}\n{LONG[:-6]}\n得拖延。\n甲。",
            "技术管理部\n2025年2月7日。",
            f"{LONG}\n{LONG}\n{LONG}",
        ],
    )
    def test_other_line_ends_stay(self, content: str) -> None:
        assert cleaned(content) == ([line for line in content.split("\n") if line], [])


@pytest.mark.parametrize(
    "content",
    [
        "值班管理制度\n第一章 总则\n第一条 为了值班。\n第二条 值班管理制度由总部解释。",
        "考勤规定\n一、上午9:00-18:30 为工作时间。\n二、完成 1/4 的须报告。\n技术管理部\n2025年2月7日。",
    ],
)
def test_ordinary_texts_lose_nothing(content: str) -> None:
    assert cleaned(content) == (content.split("\n"), [])
