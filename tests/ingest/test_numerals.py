"""Numerals of clause numbers, in every writing that regulations use."""

import re

import pytest

from ingest.numerals import CHINESE_NUMERAL, NUMERAL, to_chinese, to_int

DIGITS = "零一二三四五六七八九"


def spelled_out(number: int) -> str:
    """The usual Chinese reading of 1 to 9999: 十五, 一百零五, 一千零一十."""
    written, skipped = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            written += ("零" if skipped else "") + DIGITS[digit] + unit
        skipped = bool(written) and not digit
    return written.removeprefix("一") if written.startswith("一十") else written


def test_generator_spells_as_people_do() -> None:
    assert [spelled_out(n) for n in (1, 10, 15, 20, 105, 110, 1001, 1010, 9999)] == [
        *("一", "十", "十五", "二十", "一百零五", "一百一十", "一千零一", "一千零一十", "九千九百九十九")
    ]


def test_every_spelled_out_number_reads_back() -> None:
    wrong = {n: spelled_out(n) for n in range(1, 10_000) if to_int(spelled_out(n)) != n}
    assert wrong == {}


def test_every_number_reads_back_from_digits_of_either_width() -> None:
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    assert all(to_int(str(n)) == to_int(str(n).translate(full_width)) == n for n in range(1, 10_000))


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        *(("零", 0), ("〇", 0), ("两", 2), ("一十", 10), ("一五", 15), ("二〇二六", 2026), ("两百零三", 203)),
        *(("百", 100), ("015", 15), ("１５", 15)),
    ],
)
def test_other_writings(numeral: str, value: int) -> None:
    assert to_int(numeral) == value


@pytest.mark.parametrize("text", ["", "第", "十天", "5十", "1.5", "-3", "abc"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        to_int(text)


def test_numbers_are_written_as_they_are_read() -> None:
    assert all(to_int(to_chinese(number)) == number for number in range(1, 10_000))
    assert [to_chinese(n) for n in (10, 15, 20, 101, 110, 1001)] == [
        "十",
        "十五",
        "二十",
        "一百零一",
        "一百一十",
        "一千零一",
    ]


def test_patterns_take_a_whole_numeral() -> None:
    assert all(re.fullmatch(NUMERAL, spelled_out(n)) and re.fullmatch(NUMERAL, str(n)) for n in (7, 15, 105, 9999))
    assert re.fullmatch(NUMERAL, "１５")
    assert not re.fullmatch(CHINESE_NUMERAL, "15")
    assert not re.fullmatch(NUMERAL, "十5")
