"""Every figure of one autumn, worked out by hand, on both databases."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kb_service.reports.models import Figures, GroupFigures, Rate, VolumeFigures
from tests.kb_service.reports.autumn import JIA, YI
from tests.kb_service.reports.conftest import Department

HOURS = 3600.0
SHANGHAI = ZoneInfo("Asia/Shanghai")


def rate(numerator: int, denominator: int) -> Rate:
    return Rate(numerator=numerator, denominator=denominator, value=numerator / denominator if denominator else None)


def volume(*counts: int) -> VolumeFigures:
    """Open at the start, created, reopened, closed, cancelled, open at the end."""
    return VolumeFigures(**dict(zip(VolumeFigures.model_fields, counts, strict=True)))


def group(groups: list[GroupFigures], key: str | None) -> Figures:
    [found] = [one.figures for one in groups if one.key == key]
    return found


def test_november_as_a_whole(autumn: Department) -> None:
    report = autumn.reports.report("2026-11")
    figures = report.figures
    assert (report.period, report.title, report.complete) == ("2026-11", "2026年11月", True)
    assert report.starts_at == datetime(2026, 11, 1, tzinfo=SHANGHAI)
    assert report.ends_at == datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert figures.volume == volume(1, 4, 1, 3, 1, 2)
    # b 2 h, b again 1 h, e 20 min of 15, f 30 min; d never.
    response = figures.response
    assert (response.count, response.within_target, response.overdue) == (4, rate(3, 4), 1)
    assert (response.median_working_seconds, response.p90_working_seconds) == (0.75 * HOURS, 2 * HOURS)
    assert (response.median_target_share, response.p90_target_share) == (0.75, 20 / 15)
    # b 36 h and a second of 48 (3.5 working hours), b again 60 h (11.5), e 2 h (2), f 16 of 40 working hours.
    resolution = figures.resolution
    assert (resolution.count, resolution.within_target, resolution.overdue) == (4, rate(3, 4), 1)
    assert (resolution.median_working_seconds, resolution.p90_working_seconds) == (7.5 * HOURS, 16 * HOURS)
    assert resolution.median_target_share == (0.4 + (36 * HOURS + 1) / (48 * HOURS)) / 2
    assert resolution.p90_target_share == (60 * HOURS + 1) / (48 * HOURS)
    assert figures.resolution_rate == rate(3, 4)  # b again, e, f; of them and d
    assert figures.reopening_rate == rate(1, 3)
    assert figures.escalation_rate == rate(1, 4)
    assert figures.satisfaction.model_dump() == {
        "count": 1,
        "mean": 3.0,
        "distribution": {"1": 0, "2": 0, "3": 1, "4": 0, "5": 0},
    }
    assert figures.work.model_dump() == {"minutes_worked": 255, "tickets": 3}


def test_by_person(autumn: Department) -> None:
    groups = autumn.reports.report("2026-11").by_assignee
    assert [one.key for one in groups] == [YI, JIA]
    jia, yi = group(groups, JIA), group(groups, YI)
    assert jia.volume == volume(1, 2, 0, 2, 0, 1)  # b until it came back, d, e
    assert yi.volume == volume(0, 2, 1, 1, 1, 1)  # b from then on, c, f
    assert (jia.response.within_target, jia.response.overdue) == (rate(1, 2), 1)
    assert (yi.response.within_target, yi.response.overdue) == (rate(2, 2), 0)
    assert (jia.resolution.within_target, yi.resolution.within_target) == (rate(2, 2), rate(1, 2))
    assert (jia.resolution_rate, yi.resolution_rate) == (rate(1, 2), rate(2, 2))
    assert (jia.reopening_rate, yi.reopening_rate) == (rate(1, 2), rate(0, 1))
    assert (jia.escalation_rate, yi.escalation_rate) == (rate(0, 2), rate(1, 2))
    assert (jia.satisfaction.mean, yi.satisfaction.mean) == (None, 3.0)
    assert (jia.work.minutes_worked, yi.work.minutes_worked) == (90, 165)


def test_by_product_category_kind_and_channel(autumn: Department) -> None:
    report = autumn.reports.report("2026-11")
    assert [one.key for one in report.by_product] == ["ERP", "OA", None]
    assert group(report.by_product, "ERP").volume == volume(1, 1, 1, 2, 0, 1)
    assert group(report.by_product, "OA").volume == volume(0, 2, 0, 0, 1, 1)
    assert group(report.by_product, None).volume == volume(0, 1, 0, 1, 0, 0)
    assert group(report.by_product, None).work.minutes_worked == 70
    assert group(report.by_category, "打印").resolution.within_target == rate(1, 2)
    assert group(report.by_category, "网络").resolution.within_target == rate(2, 2)
    assert {one.kind.value: one.volume.created for one in report.by_kind} == {
        "incident": 2,
        "service_request": 0,
        "presales_request": 1,
        "question": 1,
    }
    assert {one.channel: one.volume.created for one in report.by_channel} == {"电话": 2, "邮件": 1, "在线": 1}


def test_october_is_what_november_is_compared_with(autumn: Department) -> None:
    comparison = autumn.reports.report("2026-11").comparison
    october = autumn.reports.report("2026-10").figures
    assert comparison.period == "2026-10"
    assert comparison.figures == october
    assert october.volume == volume(1, 1, 0, 1, 0, 1)
    assert october.response.within_target == rate(1, 1)
    # The holidays do not count: half an hour on 30 September, one on 8 October.
    assert october.response.median_working_seconds == 1.5 * HOURS
    assert october.response.median_target_share == 0.75
    assert october.resolution.within_target == rate(0, 1)
    assert october.resolution.median_working_seconds == 2 * HOURS
    assert october.resolution.median_target_share == 184.5 / 48
    assert (october.resolution.overdue, october.response.overdue) == (0, 0)  # a fell due, but was solved in the end
    assert (october.resolution_rate, october.satisfaction.mean) == (rate(0, 1), 5.0)
    changes = {change.name: (change.current, change.previous, change.difference) for change in comparison.changes}
    assert changes["volume.created"] == (4, 1, 3)
    assert changes["response.within_target.value"] == (0.75, 1.0, -0.25)
    assert changes["satisfaction.mean"] == (3.0, 5.0, -2.0)


def test_days_of_november_and_weeks_of_the_quarter(autumn: Department) -> None:
    month = autumn.reports.report("2026-11")
    assert (month.trend_unit, len(month.trend)) == ("day", 30)
    days = {
        point.first_day.day: (point.created, point.resolved, point.closed, point.open_at_end, point.minutes_worked)
        for point in month.trend
    }
    assert days[1] == (1, 0, 0, 2, 0)
    assert days[2] == (0, 1, 1, 0, 20)
    assert days[5] == (0, 0, 0, 2, 0)
    assert days[6] == (0, 1, 1, 1, 45)
    assert days[30] == (0, 0, 1, 2, 0)
    quarter = autumn.reports.report("2026-Q4")
    assert (quarter.trend_unit, quarter.complete) == ("week", False)
    weeks = {str(point.first_day): (str(point.last_day), point.created, point.closed) for point in quarter.trend}
    assert weeks["2026-10-01"] == ("2026-10-04", 0, 0)
    assert weeks["2026-10-05"] == ("2026-10-11", 0, 1)
    assert weeks["2026-10-26"] == ("2026-11-01", 2, 0)
    assert list(weeks)[-1] == "2026-11-30"
    assert quarter.figures.volume == volume(1, 5, 1, 4, 1, 2)


def test_the_last_second_belongs_to_the_old_month_and_the_first_to_the_new(autumn: Department) -> None:
    assert [autumn.reports.report(name).figures.volume.created for name in ("2026-09", "2026-10", "2026-11")] == [
        1,
        1,
        4,
    ]


def test_a_month_that_goes_on_is_told_up_to_now(autumn: Department) -> None:
    december = autumn.reports.report("2026-12")
    assert not december.complete
    assert december.figures.volume == volume(2, 0, 0, 0, 0, 2)
    assert (december.figures.satisfaction.count, december.figures.satisfaction.mean) == (1, 4.0)
    assert december.figures.response.within_target == rate(0, 0)
    assert december.figures.response.median_working_seconds is None
    assert len(december.trend) == 2
    assert {change.difference for change in december.comparison.changes if change.name.startswith("response.m")} == {
        None
    }
    autumn.clock.moment = datetime(2026, 11, 3, 10, 59, tzinfo=SHANGHAI)
    assert autumn.reports.report("2026-11").figures.response.overdue == 0
    autumn.clock.moment = datetime(2026, 11, 3, 11, 1, tzinfo=SHANGHAI)
    assert autumn.reports.report("2026-11").figures.response.overdue == 1


def test_nothing_to_count_is_null_and_not_zero(autumn: Department) -> None:
    figures = autumn.reports.report("2025-Q1").figures
    assert figures.volume == volume(0, 0, 0, 0, 0, 0)
    for one in (figures.resolution_rate, figures.reopening_rate, figures.escalation_rate):
        assert one == rate(0, 0)
    assert (figures.satisfaction.mean, figures.resolution.p90_target_share) == (None, None)
    report = autumn.reports.report("2025-Q1")
    assert (report.by_assignee, report.by_product, report.by_category, report.by_channel) == ([], [], [], [])
