"""Cells as they are shown, and moments as exports write them."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from ingest.formats.cell_text import iso_moment, shown_text

MOMENT = datetime(2026, 3, 1, 9, 5, 7)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (None, "General", ""),
        (" 文本 ", "@", "文本"),
        (True, "General", "TRUE"),
        (1001, "General", "1001"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (0.155, "0.0%", "15.5%"),
        (0.5, "0%", "50%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (12, "00000", "00012"),
        (1.5, "0.##", "1.5"),
        (2.0, "0.##", "2"),
        (-3, "0_);(0)", "-3"),
        (5, '0"台"', "5台"),
        (99.5, "¥#,##0.00", "¥99.50"),
        (25.5, "0.0℃", "25.5℃"),
        (1e10, "0.00E+00", "1.00E+10"),
        (0.75, "# ?/?", "0.75"),
        (MOMENT, 'yyyy"年"m"月"d"日"', "2026年3月1日"),
        (MOMENT, "[$-804]yyyy年m月d日;@", "2026年3月1日"),
        (MOMENT, "yyyy/m/d h:mm", "2026/3/1 9:05"),
        (MOMENT, "yyyy-mm-dd hh:mm:ss", "2026-03-01 09:05:07"),
        (MOMENT, "mm-dd-yy", "2026/3/1"),
        (MOMENT, "mm:ss", "05:07"),
        (MOMENT, "h:mm AM/PM", "9:05 上午"),
        (MOMENT, "General", "2026-03-01 09:05"),
        (MOMENT, "mmm d, yyyy", "2026-03-01 09:05"),
        (date(2026, 3, 1), "General", "2026-03-01"),
        (time(9, 5), "h:mm", "9:05"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (float("inf"), "General", "inf"),
    ],
)
def test_shown_text(value: Any, number_format: str, shown: str) -> None:
    assert shown_text(value, number_format) == shown


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026/3/1", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("2026.3.1", "2026-03-01"),
        (" 2026-03-01 09:05:07 ", "2026-03-01T09:05:07"),
        ("2026/3/1 9:05", "2026-03-01T09:05:00"),
        ("2026年3月1日 9时5分", "2026-03-01T09:05:00"),
        ("2026-13-01", "2026-13-01"),
        ("昨天", "昨天"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert iso_moment(text) == moment
