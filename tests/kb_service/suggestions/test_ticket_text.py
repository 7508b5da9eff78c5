"""What of a ticket is searched for: literal cases from a file, and what holds for any text."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb_service.suggestions.ticket_text import LONGEST_QUERY_CHARS, build_query

TITLE = "工单标题"
CASES = yaml.safe_load(Path(__file__).with_name("ticket_texts.yaml").read_text(encoding="utf-8"))
MILLION = 1_000_000

CODES = ["ORA-00257", "PPR-9087", "0x80070005", "HTTP 502", "Error E1012"]
LINES = st.one_of(
    st.sampled_from(
        [
            "您好，",
            "谢谢！",
            "2026-11-25 10:00:00 INFO started",
            "10:00:01 ERROR failed",
            "at com.hc.Main.main(Main.java:3)",
            "==========",
            "| a | b |",
            "From: <sip:8001@10.1.1.5>",
            "电话：021-55550000",
            "报错" + "很长" * 300,
            "error " * 100,
        ]
    ),
    st.text(max_size=40),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_searched_for(case: dict[str, Any]) -> None:
    wanted = case["query"].strip()
    if "title" not in case:
        wanted = f"{TITLE}\n{wanted}".strip()
    assert build_query(case.get("title", TITLE), case["description"]) == wanted


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names)) > 40


@given(st.text(min_size=1), st.text(), st.text("您好谢麻烦请处理一下，。！ \n>|-=:：At", max_size=60))
def test_never_empty_and_never_too_long(title: str, description: str, noise: str) -> None:
    for text in (description, noise, noise + description, description * 300):
        query = build_query(f"{title}a", text)
        assert query.strip()
        assert len(query) <= LONGEST_QUERY_CHARS
    assert len(build_query(title * 2_000, description)) <= LONGEST_QUERY_CHARS


@given(st.lists(LINES, max_size=25), st.lists(LINES, max_size=25), st.sampled_from(CODES))
def test_a_code_on_a_line_of_its_own_is_never_lost(before: list[str], after: list[str], code: str) -> None:
    assert code in build_query(TITLE, "\n".join([*before, code, *after])).split("\n")


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [
        *(
            ("", piece, "")
            for piece in (
                *(
                    "报",
                    "打印机不出纸\n",
                    "您好，",
                    "谢谢",
                    "谢谢您您",
                    "请帮忙帮",
                    "尊敬的",
                    "hi, ",
                    "Thanks ",
                    "aaaa bb ",
                    "AB",
                ),
                *(
                    "2026-11-25 10:00:00 ERROR x\n",
                    "From: a\n",
                    "发件人：x\n主题：y\n",
                    ">",
                    "|",
                    "-",
                    "=",
                    " ",
                    "\n",
                    "at a.",
                ),
            )
        ),
        ("--", " ", "x"),
        ("----", "-", "x"),
        ("From", " ", "x"),
        ("在 2026 年", "写道", "x"),
        ("Nov", " ", "x"),
        ('Traceback (\nFile "', '", line ', "x"),
        ("您好", " ", "x"),
        ("Thanks", " ", "x"),
        ("Thanks", " for your a", "x"),
        ("abcd", " ab", "x"),
    ],
)
def test_very_long_texts(begin: str, piece: str, end: str) -> None:
    text = begin + piece * (MILLION // len(piece)) + end
    for title, description in ((text, ""), (f"a{text}a", text)):
        assert len(build_query(title, description)) <= LONGEST_QUERY_CHARS
    query = build_query(TITLE, f"开头 ORA-00257\n{text}\n结尾 PPR-9087")
    assert query.startswith(f"{TITLE}\n")
    assert "ORA-00257" in query


def test_of_a_long_text_what_tells_is_kept_in_its_order() -> None:
    story = [f"第 {number} 段，说的是当天的情形和各人的看法，没有什么要紧的" for number in range(100)]
    story[40], story[80] = "提示连接超时", "随后报 ORA-00257"
    lines = build_query(TITLE, "\n".join(story)).split("\n")
    assert lines[0] == TITLE
    assert [line for line in lines if line in ("提示连接超时", "随后报 ORA-00257")] == [
        "提示连接超时",
        "随后报 ORA-00257",
    ]
    assert lines[1] == story[0]
    assert "第 99 段" not in "\n".join(lines)


def test_a_paragraph_without_line_ends_is_told_by_its_sentences() -> None:
    story = "当天各人都在场，没有什么要紧的事情。" * 60
    query = build_query(TITLE, f"{story}最后弹出归档区已满的提示，代码 ORA-00257。{story}")
    assert "最后弹出归档区已满的提示，代码 ORA-00257。" in query
    assert len(query) <= LONGEST_QUERY_CHARS


def test_of_a_very_long_text_beginning_and_end_are_read() -> None:
    query = build_query(TITLE, f"开头的话\n{'当中的话' * 20_000}\n最后报错 ORA-00257")
    assert "开头的话" in query
    assert "最后报错 ORA-00257" in query
