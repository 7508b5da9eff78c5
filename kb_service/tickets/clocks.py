"""The promises of a ticket, told from its history: due when, met or not, stopped or running."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kb_service.tickets.calendar import WorkingCalendar
from kb_service.tickets.history import TicketEvent, advance
from kb_service.tickets.lifecycle import FINAL_STATES, Action, TicketKind, TicketState

WARNING_SHARE = 0.8
"""Share of a target that has to be used up for a warning."""

_BEGIN = (Action.CREATE, Action.REOPEN)
_FULFILLED = frozenset({TicketState.RESOLVED, TicketState.CLOSED, TicketState.SCHEME_READY, TicketState.QUOTED})
"""The solution is there, or the scheme of a presales request: what follows is the customer's time."""
_PROPOSING = (Action.SUBMIT_PROPOSAL, Action.SUBMIT_SCHEME)
_STANDING_STILL = FINAL_STATES | _FULFILLED | {TicketState.WAITING_FOR_CUSTOMER}


class ClockName(StrEnum):
    RESPONSE = "response"
    PROPOSAL = "proposal"
    RESOLUTION = "resolution"


class ClockState(StrEnum):
    RUNNING = "running"
    WARNING = "warning"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"


@dataclass(frozen=True)
class SLATarget:
    """``amount`` of working time, or of time on end."""

    amount: timedelta
    in_working_time: bool


@dataclass(frozen=True)
class SLAStatus:
    """One promise at one moment.

    Attributes:
        due_at: None while the clock stands still: it depends on when it goes on. What was due at an earlier stop
            stays due then.
        met_at: when it was fulfilled; kept, late or not.
        used: time that counts, up to ``met_at`` or the moment asked for.
        state: ``void`` where the ticket ended without anybody having to fulfil it.
    """

    target: SLATarget
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    used: timedelta


@dataclass(frozen=True)
class _Span:
    """A stretch of time that counts; without an ``end`` it goes on."""

    start: datetime
    end: datetime | None


def response_status(
    kind: TicketKind, events: Sequence[TicketEvent], target: SLATarget, calendar: WorkingCalendar, now: datetime
) -> SLAStatus:
    """The engineer's own first word to the customer. Waiting for the customer does not stop this clock.

    A reopened ticket asks for a word anew, from the moment it was reopened.
    """
    begun = next(index for index, event in reversed(list(enumerate(events))) if event.action in _BEGIN)
    start = events[begun].at
    met_at = next((event.at for event in events[begun:] if event.action is Action.RESPOND), None)
    timeline = _timeline(kind, events)
    ended = entered_at(timeline) if met_at is None and timeline[-1][1] in FINAL_STATES else None
    return _status([_Span(start, met_at or ended)], target, calendar, now, met_at=met_at, ended=ended)


def proposal_status(
    kind: TicketKind, events: Sequence[TicketEvent], target: SLATarget, calendar: WorkingCalendar, now: datetime
) -> SLAStatus:
    """A presales request's first proposal, from the creation on, less the time spent waiting for the customer.

    The rules count from the day the material is there; who lacks some asks for it, and waits. Whoever submits the whole
    scheme at once owes no proposal any more.
    """
    timeline = _timeline(kind, events)
    made = next((index for index, event in enumerate(events) if event.action in _PROPOSING), None)
    if made is not None:
        *before, last = _running(timeline[: made + 1])
        met_at = events[made].at
        return _status([*before, _Span(last.start, met_at)], target, calendar, now, met_at=met_at, ended=None)
    ended = entered_at(timeline) if timeline[-1][1] in FINAL_STATES else None
    return _status(list(_running(timeline)), target, calendar, now, met_at=None, ended=ended)


def resolution_status(
    kind: TicketKind, events: Sequence[TicketEvent], target: SLATarget, calendar: WorkingCalendar, now: datetime
) -> SLAStatus:
    """From the creation to the solution, less the time spent waiting for the customer or standing as resolved.

    The rules count from the day a scheme is given to the customer; counting from the creation is stricter, and holds
    for tickets that get none.
    """
    timeline = _timeline(kind, events)
    spans = list(_running(timeline))
    last = timeline[-1][1]
    # The last span ends where the ticket was resolved, however much later it is closed.
    met_at = spans[-1].end if last in _FULFILLED else None
    ended = entered_at(timeline) if last in FINAL_STATES and last not in _FULFILLED else None
    return _status(spans, target, calendar, now, met_at=met_at, ended=ended)


def find_next_change(status: SLAStatus, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """When time alone changes the state next, judged at ``now``: a running clock warns, a warning one is breached."""
    if status.state is ClockState.WARNING:
        return status.due_at
    if status.state is not ClockState.RUNNING:
        return None
    left = WARNING_SHARE * status.target.amount - status.used
    return calendar.add(now, left) if status.target.in_working_time else now + left


def closed_at(kind: TicketKind, events: Iterable[TicketEvent]) -> datetime | None:
    """When a closed ticket was closed; None where it is not."""
    timeline = _timeline(kind, events)
    return entered_at(timeline) if timeline[-1][1] is TicketState.CLOSED else None


def entered_at(timeline: Sequence[tuple[datetime, TicketState]]) -> datetime:
    """When the last state was entered: comments and ratings may have followed."""
    entered, last = timeline[-1]
    for at, state in reversed(timeline):
        if state is not last:
            break
        entered = at
    return entered


def _timeline(kind: TicketKind, events: Iterable[TicketEvent]) -> list[tuple[datetime, TicketState]]:
    """The state after each event, with its moment."""
    standing, timeline = None, []
    for event in events:
        standing = advance(kind, standing, event)
        timeline.append((event.at, standing.state))
    return timeline


def _running(timeline: Iterable[tuple[datetime, TicketState]]) -> Iterator[_Span]:
    begun: datetime | None = None
    for at, state in timeline:
        if state in _STANDING_STILL and begun is not None:
            yield _Span(begun, at)
            begun = None
        elif state not in _STANDING_STILL and begun is None:
            begun = at
    if begun is not None:
        yield _Span(begun, None)


def _status(
    spans: Sequence[_Span],
    target: SLATarget,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    met_at: datetime | None,
    ended: datetime | None,
) -> SLAStatus:
    def counted(span: _Span) -> timedelta:
        end = span.end or max(now, span.start)
        return calendar.working_time(span.start, end) if target.in_working_time else end - span.start

    used = sum((counted(span) for span in spans), timedelta())
    paused = met_at is None and ended is None and spans[-1].end is not None
    due_at = _due_at(spans, [counted(span) for span in spans], target, calendar)
    if paused and used <= target.amount:
        return SLAStatus(target, ClockState.PAUSED, spans[0].start, None, None, used)
    return SLAStatus(target, _state(used, target, met_at, ended), spans[0].start, due_at, met_at, used)


def _due_at(
    spans: Sequence[_Span], counted: Sequence[timedelta], target: SLATarget, calendar: WorkingCalendar
) -> datetime:
    """The moment at which the target is used up, in the stretch where that is, or in the last if it went on."""
    left = target.amount
    for span, length in zip(spans, counted, strict=True):
        if length >= left or span is spans[-1]:
            break
        left -= length
    return calendar.add(span.start, left) if target.in_working_time else span.start + left


def _state(used: timedelta, target: SLATarget, met_at: datetime | None, ended: datetime | None) -> ClockState:
    if met_at is not None:
        return ClockState.MET if used <= target.amount else ClockState.MISSED
    if used > target.amount:
        return ClockState.BREACHED
    if ended is not None:
        return ClockState.VOID
    return ClockState.WARNING if used >= WARNING_SHARE * target.amount else ClockState.RUNNING
