"""The problem report: one ticket from the request to the customer's word, as a document."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb_service.reports.labels import CLOCK_NAMES, LEVEL_NAMES
from kb_service.reports.paper import Paper
from kb_service.tickets.lifecycle import Action
from kb_service.tickets.models import Clock, Ticket, TicketEventItem
from kb_service.tickets.wording import ACTION_NAMES, FIELD_NAMES, KIND_NAMES, STATE_NAMES

_NOT_SAID = "—"
_CONFIRMATIONS = {
    Action.CONFIRM: "客户已确认",
    Action.CLOSE_UNREACHABLE: "联系不上客户，未经确认而关闭",
    Action.NOT_SOLVED: "客户反馈未解决",
    Action.REOPEN: "客户要求重开",
}


def build_problem_report(ticket: Ticket, events: Sequence[TicketEventItem], zone: ZoneInfo, now: datetime) -> bytes:
    """The file's bytes; moments are told by the clocks of ``zone``."""
    paper = Paper(f"问题处理报告 {ticket.ticket_id}")
    paper.add_text(f"制表时刻：{_moment(now, zone)}（{zone.key}）")
    paper.add_heading("一、基本情况")
    paper.add_pairs(_basics(ticket, zone))
    paper.add_heading("二、问题描述")
    paper.add_text(ticket.description or "登记时没有另作描述。")
    paper.add_heading("三、处理经过")
    paper.add_table(
        ("时间", "步骤", "操作人", "内容"),
        [(_moment(event.at, zone), ACTION_NAMES[event.action], event.actor, _told(event.fields)) for event in events],
        (3.4, 2.6, 2.2, 8.4),
    )
    paper.add_heading("四、原因与解决办法")
    paper.add_pairs([("问题原因", ticket.cause or _NOT_SAID), ("解决步骤", ticket.solution or _NOT_SAID)])
    paper.add_heading("五、工时与时限")
    paper.add_pairs([("工时合计", f"{ticket.minutes_worked} 分钟"), *_work_by_person(events)])
    paper.add_table(
        ("承诺", "时限", "结果", "起算", "到期", "履行", "用时"),
        [
            _clock("响应", ticket.response, zone),
            *([_clock("建议书", ticket.proposal, zone)] if ticket.proposal else []),
            _clock("方案" if ticket.proposal else "解决", ticket.resolution, zone),
        ],
        (1.3, 2.2, 2.2, 3.2, 3.2, 3.2, 1.3),
    )
    paper.add_heading("六、客户确认与满意度")
    paper.add_pairs([("确认", _confirmation(events, zone)), ("满意度", _satisfaction(ticket.satisfaction))])
    return paper.to_bytes()


def _basics(ticket: Ticket, zone: ZoneInfo) -> list[tuple[str, str]]:
    state = STATE_NAMES[ticket.state] + (f"（重开 {ticket.reopened} 次）" if ticket.reopened else "")
    return [
        ("标题", ticket.title),
        ("客户", ticket.customer),
        ("受理渠道", ticket.channel),
        ("类型", KIND_NAMES[ticket.kind]),
        ("产品", ticket.product or _NOT_SAID),
        ("服务合同", ticket.contract or _NOT_SAID),
        ("类别", ticket.category or _NOT_SAID),
        ("优先级", ticket.priority or _NOT_SAID),
        ("负责人", ticket.assignee or _NOT_SAID),
        ("支持层级", LEVEL_NAMES[ticket.level]),
        ("状态", state),
        ("登记时间", _moment(ticket.created_at, zone)),
    ]


def _told(fields: dict[str, Any]) -> str:
    """What a step came with, a line each."""
    lines = []
    for name, label in FIELD_NAMES.items():
        if fields.get(name) not in (None, ""):
            value = LEVEL_NAMES[fields[name]] if name == "to_level" else fields[name]
            lines.append(f"{label}：{value}")
    return "\n".join(lines)


def _work_by_person(events: Sequence[TicketEventItem]) -> list[tuple[str, str]]:
    minutes: dict[str, int] = {}
    for event in events:
        if worked := event.fields.get("minutes_worked"):
            minutes[event.actor] = minutes.get(event.actor, 0) + worked
    return [(person, f"{total} 分钟") for person, total in minutes.items()]


def _clock(name: str, clock: Clock, zone: ZoneInfo) -> tuple[str, ...]:
    hours, seconds = divmod(clock.used_seconds, 3600)
    return (
        name,
        clock.target,
        CLOCK_NAMES[clock.state],
        _moment(clock.started_at, zone),
        _moment(clock.due_at, zone),
        _moment(clock.met_at, zone),
        f"{hours}:{seconds // 60:02}",
    )


def _confirmation(events: Sequence[TicketEventItem], zone: ZoneInfo) -> str:
    last = next((event for event in reversed(events) if event.action in _CONFIRMATIONS), None)
    if last is None:
        return "尚无客户的确认"
    reason = f"：{last.fields['reason']}" if last.fields.get("reason") else ""
    return f"{_CONFIRMATIONS[last.action]}（{_moment(last.at, zone)}，{last.actor}）{reason}"


def _satisfaction(score: int | None) -> str:
    return f"{score} 分（满分 5 分）" if score is not None else "未评价"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else _NOT_SAID
