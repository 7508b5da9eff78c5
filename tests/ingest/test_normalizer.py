"""What is removed from a text before it is kept, and what must stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normalizer import normalize_line, normalize_text


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("一\r\n二\r三\x0b四\u2028五\x85六", "一\n二\n三\n四\n五\n六"),
        ("\ufeff工单\u200b编号\u202e", "工单编号"),
        ("a\x00b\x07c\x1b[0m", "abc[0m"),
        ("行尾 \t\u3000\n下一行\u00a0", "行尾\n下一行"),
        ("段\n\n\n\n\n段", "段\n\n段"),
        ("段\n \n\u3000\n段", "段\n\n段"),
        ("\n\n首尾\n\n", "首尾"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("", ""),
    ],
)
def test_noise_goes(raw: str, kept: str) -> None:
    assert normalize_text(raw) == kept


@pytest.mark.parametrize(
    "text", ["ＰＰＲ－９０８７：第１５条（一）", "\u3000\u3000缩进两格", "“引号”——破折号…", "😀 emoji", "a\tb", "Φ160"]
)
def test_what_a_reader_sees_stays(text: str) -> None:
    assert normalize_text(text) == text


def test_a_line_has_no_line_ends_and_single_spaces() -> None:
    assert normalize_line("  技术支持部\n管理\u3000 制度\u200b ") == "技术支持部 管理 制度"


NOISY = st.text(
    st.one_of(st.characters(), st.sampled_from("\n\n\r\t \u3000\u200b\ufeff\x85\x0b\u2028。第一条a")), max_size=60
)


@given(NOISY)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize_text(text)
    assert normalize_text(once) == once
    assert normalize_line(normalize_line(text)) == normalize_line(text)


@given(NOISY)
def test_kept_text_can_be_stored_and_shown(text: str) -> None:
    kept = normalize_text(text)
    kept.encode()
    assert all(char in "\n\t" or char.isprintable() or char.isspace() or ord(char) > 0x9F for char in kept)
    assert "\n\n\n" not in kept
