"""The text of a resolved ticket and its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Kind
from kb_service.suggestions.ticket_parts import split_parts, split_ticket

WHOLE = "现象\n打印机不出纸。\n\n环境\n三楼\n诊断\n搓纸轮打滑。\n解决\n1. 清洁；\n2. 重新装纸。\n\n结果\n恢复。\n"


def parts(text: str) -> dict[str, str]:
    return {name: text[slice(*found)] for name, found in split_ticket(text).items()}


def test_every_part_without_its_heading() -> None:
    assert parts(WHOLE) == {
        "symptom": "打印机不出纸。",
        "environment": "三楼",
        "diagnosis": "搓纸轮打滑。",
        "solution": "1. 清洁；\n2. 重新装纸。",
        "outcome": "恢复。",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("没有小标题的话", {}),
        ("解决", {}),
        ("解决\n \n", {}),
        ("前言\n解决\n重启", {"solution": "重启"}),
        ("  解决  \n　重启　\n", {"solution": "重启"}),
        ("解决办法如下\n重启", {}),
        ("解决\r\n重启\r\n结果\r\n好了", {"solution": "重启", "outcome": "好了"}),
        # A heading twice: the first with something below it.
        ("解决\n先\n解决\n后", {"solution": "先"}),
        ("解决\n\n解决\n后", {"solution": "后"}),
    ],
)
def test_odd_ones(text: str, found: dict[str, str]) -> None:
    assert parts(text) == found


def test_an_article_s_solution_is_all_that_follows_its_heading() -> None:
    article = "现象\n打印机不出纸\n\n原因\n打滑\n\n解决\n清洁\n结果\n恢复"
    found = {name: article[slice(*part)] for name, part in split_parts(article, Kind.FAQ).items()}
    assert found == {"symptom": "打印机不出纸", "cause": "打滑", "solution": "清洁\n结果\n恢复"}


@pytest.mark.parametrize("kind", [Kind.FAQ, Kind.MANUAL, Kind.REGULATION])
def test_other_texts_have_no_parts(kind: Kind) -> None:
    assert split_parts("打印机不出纸怎么办？\n解决\n重启", kind) == {}
    assert split_parts(WHOLE, Kind.TICKET) == split_ticket(WHOLE)


@given(st.text(st.sampled_from("现象解决\n\r\x0c\u2028 话"), max_size=60))
def test_a_part_has_no_white_space_around_it_and_stands_in_the_text(text: str) -> None:
    for start, end in split_ticket(text).values():
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
