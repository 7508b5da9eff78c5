"""Searches are noted beside them: masked, in order, for a time, and never in their way."""

from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from kb_service.gaps.recording import SearchLog
from kb_service.gaps.tables import SearchLogRow
from tests.kb_service.conftest import Clock


def noted(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(SearchLogRow.query).order_by(SearchLogRow.id)))


def note(log: SearchLog, query: str, **more: Any) -> bool:
    return log.note(query, **{"answered": False, "confidence": 0.25, "filtered": False, **more})


def test_a_search_is_noted_as_it_ran(engine: Engine, log: SearchLog, clock: Clock) -> None:
    note(log, "断网怎么办", answered=True, confidence=0.75, filtered=True)
    log.flush()
    with Session(engine) as session:
        [row] = session.scalars(select(SearchLogRow))
        found = (row.query, row.answered, row.confidence, row.filtered, row.at)
        assert found == ("断网怎么办", True, 0.75, True, clock.moment)


def test_personal_data_is_masked_and_what_no_database_keeps_is_left_out(engine: Engine, log: SearchLog) -> None:
    note(log, "客户 13812345678 断网，邮箱 a.b@example.com")
    note(log, "一\x00二\ud800三")
    log.flush()
    assert noted(engine) == ["客户 [电话] 断网，邮箱 [邮箱]", "一 二?三"]


def test_what_waits_is_written_at_the_end(engine: Engine, log: SearchLog) -> None:
    for number in range(1_200):
        note(log, f"问题 {number}")
    log.close()
    assert noted(engine) == [f"问题 {number}" for number in range(1_200)]
    note(log, "又一个")  # opened again
    log.close()
    assert noted(engine)[-1] == "又一个"


def test_too_many_searches_are_let_go_and_none_waits(engine: Engine, clock: Clock) -> None:
    log = SearchLog(engine, clock, keep_days=1, size=2)
    held = Event()
    log._write = lambda _: held.wait(30)  # type: ignore[method-assign,assignment,return-value]
    results = [note(log, f"问题 {number}") for number in range(10)]
    assert results[0]
    assert not results[-1]
    held.set()
    log.close()


def test_old_searches_are_forgotten(engine: Engine, log: SearchLog, clock: Clock) -> None:
    note(log, "旧的")
    log.flush()
    clock.pass_hours(24 * 179)
    note(log, "新的")
    log.flush()
    clock.pass_hours(24 * 2)
    note(log, "今天的")
    log.flush()
    assert noted(engine) == ["新的", "今天的"]


def test_nothing_is_kept_for_no_days(engine: Engine, clock: Clock) -> None:
    log = SearchLog(engine, clock, keep_days=0)
    assert not note(log, "断网")
    log.flush()
    log.close()
    assert noted(engine) == []


def test_a_failing_database_stops_nothing(engine: Engine, log: SearchLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(log, "_write", fail)
    note(log, "失去的")
    log.flush()
    monkeypatch.undo()
    note(log, "写下的")
    log.flush()
    assert noted(engine) == ["写下的"]


def test_numbers_never_come_twice(engine: Engine, log: SearchLog) -> None:
    note(log, "一")
    log.flush()
    with Session(engine) as session, session.begin():
        first = session.scalar(select(func.max(SearchLogRow.id)))
        session.execute(SearchLogRow.__table__.delete())  # type: ignore[attr-defined]
    note(log, "二")
    log.flush()
    with Session(engine) as session:
        assert (session.scalar(select(SearchLogRow.id)) or 0) > (first or 0)
