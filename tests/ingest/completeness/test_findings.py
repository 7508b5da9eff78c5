"""What is reported as missing, doubled, cut off or leading nowhere, and what is not."""

from pathlib import Path

import pytest
from hypothesis import given

from ingest.completeness.findings import find_problems
from ingest.document import Finding, FindingCode, Kind, ParsedDocument, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records
from tests.conftest import ROOT, require_shared
from tests.ingest.generated_documents import documents

MISSING = FindingCode.MISSING_NUMBER
REPEATED = FindingCode.REPEATED_NUMBER
START = FindingCode.CUT_OFF_START
END = FindingCode.CUT_OFF_END
DANGLING = FindingCode.DANGLING_REFERENCE


def found(content: str, source_format: str = "text") -> list[Finding]:
    record = SourceRecord("regulations/case", source_format, Origin("case"), content, "digest")
    return [finding for document in parse(record) for finding in document.findings]


def told(content: str) -> list[tuple[FindingCode, str]]:
    return [(finding.code, finding.message) for finding in found(f"值班管理规定\n{content}")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("第一条 甲。\n第三条 乙。", "第三条之前缺少第二条"),
        ("第一章 甲\n第一条 乙。\n第二章 丙\n第五条 丁。", "第五条之前缺少第二条至第四条"),
        ("第一章 甲\n第一条 乙。\n第三章 丙\n第二条 丁。", "第三章之前缺少第二章"),
        ("一、甲。\n二、乙。\n四、丙。", "四之前缺少三"),
        ("第1条 甲。\n第3条 乙。", "第3条之前缺少第2条"),
        ("一、甲：\n（1）乙；\n（3）丙。\n二、丁。", "（3）之前缺少（2）"),
        ("一、甲：\n（二）乙；\n（三）丙。\n二、丁。", "（二）之前缺少（一）"),
        ("4.10 甲。\n4.10.1 乙。\n4.10.3 丙。\n4.11 丁。", "4.10.3之前缺少4.10.2"),
        ("一、甲：\nA、乙。\nD、丙。\n二、丁。", "D之前缺少B至C"),
        ("一、甲：\n①乙；③丙。\n③丁。\n二、丁。", "③之前缺少②"),
        ("一、甲。\n二、乙。\n、丙。\n三、丁。", "“、丙。…”以顿号开头，原有的序号缺失"),
        ("(五)甲。\n(六)乙\n丙(八)丁(七)、戊己。", "序号颠倒：(八)排在(七)之前，前者没有正文"),
    ],
)
def test_missing_numbers(content: str, message: str) -> None:
    assert (MISSING, message) in told(content)
    assert [code for code, _ in told(content) if code is MISSING] == [MISSING]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("第一条 甲。\n第二条 乙。\n第二条 丙。", "序号第二条重复出现"),
        ("一、甲。\n二、乙。\n二、丙。\n三、丁。", "序号二重复出现"),
        ("第一条 甲。\n第二条 乙。\n第二条之一 丙。\n第二条之一 丁。", "序号第二条之一重复出现"),
    ],
)
def test_repeated_numbers(content: str, message: str) -> None:
    assert told(content) == [(REPEATED, message)]


@pytest.mark.parametrize(
    "content",
    [
        "第一章 甲\n第一条 乙。\n第二条 丙。\n第二章 丁\n第一条 戊。",
        "第一章 甲\n第一条 乙。\n第二章 丙\n第二条 丁。\n第二条之一 戊。\n第三条 己。",
        "第一编 甲\n第一章 乙\n第一条 丙。\n第二编 丁\n第二章 戊\n第二条 己。\n第三编 庚\n第一章 辛\n第三条 壬。",
        "一、甲：\n1. 乙；\n2. 丙。\n二、丁：\n3. 戊；\n4. 己。",
        "一、甲。\n二、乙。\n附件1：丙\n一、丁。\n附件2：戊\n一、己。\n附表1：庚",
        "4.10 甲。\n4.11 乙。",
        "第一条 甲。\n第二条 依照第一条，并参照《考勤办法》第九十九条、刑法第三百条办理。",
        "第一条 甲。\n第二条 写作“依照第九十九条”。",
        "一、甲。\n二、按第三条的规定，单价同1.5元。",
    ],
)
def test_complete_texts_have_nothing_to_report(content: str) -> None:
    assert told(content) == []


class TestCutOff:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("直到满意;第4条.甲;第5条.乙。", "开头不完整：正文从第4条开始，缺少第1条至第3条"),
            ("六、甲。\n七、乙。", "开头不完整：正文从六开始，缺少一至五"),
            ("，并报组长。\n一、甲。\n二、乙。", "开头不完整：第一句以标点开头"),
        ],
    )
    def test_start(self, content: str, message: str) -> None:
        assert told(content) == [(START, message)]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("一、甲。\n二、有下列情形的：", "最后一行以“：”结尾"),
            ("一、甲。\n二、乙，", "最后一行以“，”结尾"),
            ("一、甲。\n二、值班人员应当认真填写值班记录，遇有紧急情况应当立即报告组长，直到", "最后一句没有写完"),
            ("一、甲1. 乙。2. 丙。\n二、丁1. 戊。", "最后的编号只有1，后文疑缺"),
            ("一、甲。", "最后的编号只有一，后文疑缺"),
            (
                "\n".join(f"第{n}条 值班人员应当到岗。" for n in "一二三四五六"),
                "没有附则，也没有施行或解释的条款",
            ),
        ],
    )
    def test_end(self, content: str, reason: str) -> None:
        assert told(content) == [(END, f"结尾可能不完整：{reason}")]

    @pytest.mark.parametrize(
        "content",
        [
            "\n".join(f"第{n}条 值班人员应当到岗。" for n in "一二三四五六") + "\n第七条 本规定自发布之日起施行。",
            "一、甲。\n二、乙。\n技术支持部\n2025年2月7日",
            "一、甲：\n1. 乙。\n2. 丙。\n二、附则：\n1. 本规定由总部解释。",
            "一、甲。\n二、乙。\n附件：值班表",
        ],
    )
    def test_closed_texts(self, content: str) -> None:
        assert told(content) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("第一条 甲。\n第二条 参照第三十条办理。", "引用了第三十条，但本文没有第三十条"),
        ("第一条 依照本办法第八条之一办理。\n第二条 甲。", "引用了第八条之一，但本文没有第八条之一"),
        ("4.1 甲。\n4.2 流程同 4.11.5，自开工之日起。", "引用了4.11.5，但本文没有4.11.5"),
        ("一、格式详见附表1。\n二、甲。", "引用了附表1，但本文没有附表1"),
    ],
)
def test_dangling_references(content: str, message: str) -> None:
    assert told(content) == [(DANGLING, message)]


def test_a_finding_names_its_place() -> None:
    [finding] = found("值班管理规定\n\n第一章 甲\n第一条 乙。\n\n第三条 丙。")
    assert (finding.label, finding.line) == ("第一章第三条", 6)


def test_missing_pages_are_told_once() -> None:
    content = (
        "值班制度(3篇)\n值班制度一、甲。\n二、丁1/4衡川手册值班制度(2)一、乙。\n二、戊。"
        "2/4衡川手册值班制度(3)一、丙。\n二、己。"
    )
    pages = [(f.message, f.line) for f in found(content) if f.code is FindingCode.MISSING_PAGE]
    assert pages == [("“衡川手册”标注共4页，缺第3页、第4页", 3)]


def test_many_findings_are_summed_up() -> None:
    content = "\n".join(f"{number}. 甲。" for number in range(1, 400, 2))
    problems = [message for code, message in told(content) if code is MISSING]
    assert len(problems) == 50
    assert problems[-1].endswith("另有149处同类问题未列出")


def test_manuals_are_not_checked() -> None:
    record = SourceRecord("manuals/a", "markdown", Origin("a"), "# 手册\n\n## 3 安装\n\n见附件9：", "digest")
    assert parse(record)[0].findings == ()


@pytest.mark.parametrize("path", sorted((ROOT / "corpus" / "regulations").iterdir()), ids=lambda path: path.name)
def test_the_shipped_regulations_are_whole(path: Path) -> None:
    [record] = read_records(SourceFile(path, f"regulations/{path.name}"), 2**20)
    assert isinstance(record, SourceRecord)
    [document] = parse(record)
    assert document.findings == ()
    assert document.removed == ()


def test_of_the_laws_only_those_with_faults_in_the_source() -> None:
    faults: dict[str, int] = {}
    for source in find_sources([require_shared("regulations", "laws")]):
        assert isinstance(source, SourceFile)
        [record] = read_records(SourceFile(source.path, f"regulations/{source.name}"), 2**20)
        assert isinstance(record, SourceRecord)
        [document] = parse(record)
        faults[source.name[:2]] = len(document.findings)
    # 34: items whose numbers are lost in the source. 44: no heading for chapter 1.
    assert {name: count for name, count in faults.items() if count} == {"34": 6, "44": 1}


def test_of_the_scrape_what_the_notes_say() -> None:
    path = require_shared("regulations", "技术支持部人员管理制度.txt")
    [record] = read_records(SourceFile(path, f"regulations/{path.name}"), 2**20)
    assert isinstance(record, SourceRecord)
    told = {(f.code, f.line) for document in parse(record) for f in document.findings}
    ends = {line for code, line in told if code is END}
    assert {134, 180, 264, 320, 332, 344, 494, 624, 664, 744} <= ends
    assert not {92, 550, 892} & ends
    assert {line for code, line in told if code is START} == {312, 344}
    assert {line for code, line in told if code is MISSING} == {172, 314, 860, 888, 892}
    assert {line for code, line in told if code is DANGLING} == {806, 866, 884}
    assert {line for code, line in told if code is FindingCode.MISSING_PAGE} == {320}


@given(documents(kinds=(Kind.REGULATION,)))
def test_findings_stand_in_text_order_and_at_known_places(document: ParsedDocument) -> None:
    labels = {section.label for section in document.sections} | {""}
    for finding in find_problems(document):
        assert finding.message
        assert finding.label in labels
