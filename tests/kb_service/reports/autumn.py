"""Six tickets of one autumn, written out so that every figure can be worked out by hand.

Working hours 8:30-12:00 and 13:30-18:00, eight a day; response within 2 working hours (P1: 15 minutes), resolution
within 48 hours (presales: 5 working days). The holidays of 2026 are 1 to 7 October.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb_service.tickets.lifecycle import Action, TicketKind, find_transition
from kb_service.tickets.models import ActionRequest, Ticket, TicketRequest
from kb_service.tickets.service import TicketService
from tests.kb_service.conftest import Clock
from tests.kb_service.tickets.histories import FIELDS

A = Action
JIA, YI, LIN = "工程师甲", "工程师乙", "林小禾"
ZONE = ZoneInfo("Asia/Shanghai")


class Story:
    """A ticket that is taken from step to step; moments are local ones of 2026, like ``11-05 09:00``."""

    def __init__(self, tickets: TicketService, clock: Clock, at: str, **request: Any) -> None:
        self._tickets, self._clock = tickets, clock
        self._set(at)
        defaults = {"title": "打印机不出纸", "customer": "财务部", "channel": "电话", "actor": "小林"}
        self.ticket: Ticket = tickets.create(TicketRequest(**{**defaults, **request}))

    def __call__(self, at: str, action: Action, actor: str = JIA, **fields: Any) -> "Story":
        self._set(at)
        transition = find_transition(self.ticket.kind, self.ticket.state, action)
        needed = {name: FIELDS[name] for name in transition.required} if transition else {}
        request = ActionRequest(action=action, sequence=self.ticket.sequence, actor=actor, **(needed | fields))
        self.ticket = self._tickets.act(self.ticket.ticket_id, request)
        return self

    def _set(self, at: str) -> None:
        seconds = at if at.count(":") == 2 else f"{at}:00"
        self._clock.moment = datetime.strptime(f"2026-{seconds}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)


def tell_autumn(tickets: TicketService, clock: Clock) -> dict[str, str]:
    """Record the tickets; return their ids by letter."""

    def begin(at: str, category: str, assignee: str, priority: str = "P3", **request: Any) -> Story:
        story = Story(tickets, clock, at, **request)
        story(at, A.TRIAGE, category=category, priority=priority)
        return story(at, A.ASSIGN, assignee=assignee)

    # Over the holidays: answered after 0.5 + 1 working hours, solved after 184.5 hours.
    a = begin("09-30 17:30", "打印", JIA, product="ERP")
    a("10-08 09:30", A.RESPOND)("10-08 09:30", A.START)("10-08 10:00", A.RESOLVE, minutes_worked=30)
    a("10-08 11:00", A.CONFIRM)("10-09 09:00", A.RATE, LIN, satisfaction=5)
    # The last second of October; answered on Monday after just 2 working hours, came back after three days.
    b = begin("10-31 23:59:59", "打印", JIA, product="ERP")
    b("11-02 10:30", A.RESPOND)("11-02 10:30", A.START)("11-02 12:00", A.RESOLVE, minutes_worked=20)
    b("11-02 14:00", A.CONFIRM)("11-05 09:00", A.REOPEN)("11-05 10:00", A.RESPOND)("11-05 10:00", A.START)
    b("11-05 11:00", A.ESCALATE)("11-05 11:00", A.ASSIGN, assignee=YI)("11-05 11:00", A.START, YI)
    b("11-06 09:00", A.RESOLVE, YI, minutes_worked=45)("11-06 10:00", A.CONFIRM)(
        "11-06 11:00", A.RATE, LIN, satisfaction=3
    )
    # The first second of November; given up before anybody had to answer.
    c = begin("11-01 00:00", "网络", YI, product="OA", channel="邮件")
    c("11-02 09:00", A.CANCEL)
    # Forgotten.
    d = begin("11-03 09:00", "打印", JIA, product="ERP", kind=TicketKind.QUESTION)
    # Urgent and answered too late; two days of waiting for the customer; closed in the last minute of November.
    e = begin("11-10 10:00", "网络", JIA, "P1", channel="在线")
    e("11-10 10:20", A.RESPOND, minutes_worked=10)("11-10 10:20", A.START)("11-10 11:00", A.ASK_CUSTOMER)
    e("11-12 11:00", A.CUSTOMER_REPLIED)("11-12 12:00", A.RESOLVE, minutes_worked=60)
    e("11-30 23:59", A.CLOSE_UNREACHABLE)("12-01 00:00", A.RATE, LIN, satisfaction=4)
    # A scheme after two working days, which the customer still has.
    f = begin("11-16 09:00", "网络", YI, product="OA", kind=TicketKind.PRESALES_REQUEST)
    f("11-16 09:30", A.RESPOND, YI)("11-16 09:30", A.START, YI)("11-18 09:00", A.SUBMIT_SCHEME, YI, minutes_worked=120)
    return {name: story.ticket.ticket_id for name, story in zip("abcdef", (a, b, c, d, e, f), strict=True)}
