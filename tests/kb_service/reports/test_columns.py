"""Columns of several loads are put together as if they had come in one."""

import numpy as np

from kb_service.reports.columns import Columns, build_work_columns, join
from kb_service.reports.repository import WORK_TEXTS

_FIRST = [("乙", "云盘", None, 1, 1, 100, 30), ("甲", None, "打印", 2, 1, 200, 10)]
_SECOND = [("丙", "云盘", "网络", 3, 1, 300, 20), ("乙", "VPN", None, 4, 2, 400, 5)]


def _texts(columns: Columns) -> list[list[str | None]]:
    return [[columns.values[name][code] for code in columns.codes[name]] for name in WORK_TEXTS]


def test_parts_are_joined_as_if_they_had_been_one() -> None:
    joined = join([build_work_columns([]), build_work_columns(_FIRST), build_work_columns(_SECOND)])
    whole = build_work_columns([*_FIRST, *_SECOND])
    assert joined.values == whole.values
    assert _texts(joined) == _texts(whole) == [list(column) for column in zip(*[*_FIRST, *_SECOND], strict=True)][:3]
    assert all(np.array_equal(joined[name], whole[name]) for name in whole.numbers)
    assert joined.with_text("person", "乙")["minutes"].tolist() == [30, 5]


def test_nothing_stands_for_what_is_missing_after_joining() -> None:
    rows = [("甲", None, None, 1, 1, 100, None)]
    joined = join([build_work_columns(rows), build_work_columns(_FIRST)])
    assert np.isnan(joined["minutes"]).tolist() == [True, False, False]
