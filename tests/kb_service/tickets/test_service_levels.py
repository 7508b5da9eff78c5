"""What is promised to whom, from the defaults and from a file."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kb_service.tickets.clocks import SLATarget
from kb_service.tickets.lifecycle import TicketKind
from kb_service.tickets.service_levels import AT_ONCE, ServiceLevels, ServiceLevelsError

K = TicketKind
FILE = """
working_hours: ["9:00-12:00", "13:00-17:30"]
days_off: [2026-11-26]
workdays: [2026-11-28]
levels:
  - response: 4 工作小时
  - contract: 金牌
    response: 30 分钟
    resolution: 1 天
  - contract: 金牌
    priority: P4
    response: 8小时
  - priority: P2
    response: 1 工作小时
"""


def target(**amount: float) -> SLATarget:
    return SLATarget(timedelta(**amount), in_working_time=False)


def working(hours: float) -> SLATarget:
    return SLATarget(timedelta(hours=hours), in_working_time=True)


def test_what_the_rules_promise_by_themselves() -> None:
    levels = ServiceLevels.build("Asia/Shanghai")
    for kind in K:
        assert levels.response(kind, "P3", None).target == working(2)
        assert levels.response(kind, None, None).target == working(2)
        assert levels.response(kind, "P1", None).target == SLATarget(AT_ONCE, in_working_time=False)
    assert levels.resolution(K.INCIDENT, "P1", None).target == target(hours=48)
    assert levels.resolution(K.PRESALES_REQUEST, "P3", None).target == working(5 * 8)
    assert levels.response(K.INCIDENT, "P3", None).text == "2 工作小时"


def test_the_most_particular_line_of_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "levels.yaml"
    path.write_text(FILE, encoding="utf-8")
    levels = ServiceLevels.load("Asia/Shanghai", path)
    assert levels.response(K.INCIDENT, "P3", None).target == working(4)
    assert levels.response(K.INCIDENT, "P2", None).target == working(1)
    assert levels.response(K.INCIDENT, "P1", None).target == SLATarget(AT_ONCE, in_working_time=False)
    assert levels.response(K.INCIDENT, "P1", "金牌").target == target(minutes=30)
    assert levels.response(K.INCIDENT, "P4", "金牌").target == target(hours=8)
    assert levels.resolution(K.INCIDENT, "P4", "金牌").target == target(days=1)
    assert levels.resolution(K.INCIDENT, "P4", "银牌").target == target(hours=48)
    assert levels.resolution(K.PRESALES_REQUEST, None, None).target == working(5 * 7.5)
    assert not levels.calendar.is_working_day(date(2026, 11, 26))
    assert levels.calendar.is_working_day(date(2026, 11, 28))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("levels: [{response: 两小时}]", "levels.0.response：看不懂时限“两小时”"),
        ("levels: [{priority: P9}]", "levels.0.priority"),
        ("levels: [{respons: 2 小时}]", "levels.0.respons"),
        ("working_hours: [nine to five]", "working_hours：看不懂“nine to five”"),
        ("working_hours: ['18:00-9:00']", "working_hours"),
        ("working_hours: ['25:00-26:00']", "working_hours"),
        ("days_off: [soon]", "days_off.0"),
        ("working_hours: []", "working_hours"),
        ("levels: [{resolution: 5000 工作日}]", "levels.0.resolution"),
        ("levels: [{response: 99999999999 天}]", "levels.0.response"),
        ("- just\n- a list", "名称: 值"),
        ("levels: [", "第 1 行不是合法的 YAML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "levels.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ServiceLevelsError) as caught:
        ServiceLevels.load("Asia/Shanghai", path)
    assert str(path) in str(caught.value)
    assert place in str(caught.value)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ServiceLevelsError, match="没有时区“Asia/Nowhere”"):
        ServiceLevels.build("Asia/Nowhere")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceLevelsError, match="读不了"):
        ServiceLevels.load("Asia/Shanghai", tmp_path / "none.yaml")
