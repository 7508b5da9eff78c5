"""Where sentences end, and that none is lost or read twice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.sentences import iter_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in iter_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("先重启。再联系二线！好吗？", ["先重启。", "再联系二线！", "好吗？"]),
        ("他说：“先重启。”然后离开。", ["他说：“先重启。”", "然后离开。"]),
        ("（见附件一。）另行通知", ["（见附件一。）", "另行通知"]),
        ("一、甲；二、乙;三、丙", ["一、甲；", "二、乙;", "三、丙"]),
        ("什么？！真的……好", ["什么？！", "真的……", "好"]),
        ("地址是 192.168.1.1，版本 5.7.1。", ["地址是 192.168.1.1，版本 5.7.1。"]),
        ("Restart it. Then call.", ["Restart it.", " Then call."]),
        ("第一行\n\n第二行\n", ["第一行\n\n", "第二行\n"]),
        ("没有句号", ["没有句号"]),
        ("", []),
    ],
)
def test_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_only_the_asked_range_is_read() -> None:
    text = "甲。乙。丙。"
    assert list(iter_sentences(text, 2, 5)) == [(2, 4), (4, 5)]


@given(st.text(st.sampled_from("甲乙a1。！？；.…!?;”）\"' \n，"), max_size=50), st.data())
def test_ranges_cover_the_text_without_gap_or_overlap(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    ranges = list(iter_sentences(text, start, end))
    assert all(low < high for low, high in ranges)
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    if start < end:
        assert (ranges[0][0], ranges[-1][1]) == (start, end)
    else:
        assert ranges == []
