"""``/v1/tickets``."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response, status
from pydantic import AwareDatetime

from kb_service.dependencies import CurrentRuntime, get_principal
from kb_service.tickets.lifecycle import TicketKind, TicketState
from kb_service.tickets.models import NO_NUL, ActionRequest, Ticket, TicketHistory, TicketPage, TicketRequest
from kb_service.tickets.tables import LONGEST_NAME
from kb_service.tickets.workflow import Workflow, build_workflow

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], dependencies=[Depends(get_principal)])

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=LONGEST_NAME, description="同一键的同一请求只执行一次，重发得到该工单的现状"),
]


@router.post("", operation_id="createTicket", summary="登记工单", status_code=status.HTTP_201_CREATED)
def create_ticket(
    request: TicketRequest, response: Response, runtime: CurrentRuntime, idempotency_key: IdempotencyKey = None
) -> Ticket:
    ticket = runtime.tickets.create(request, idempotency_key)
    response.headers["Location"] = f"/v1/tickets/{ticket.ticket_id}"
    return ticket


@router.get("", operation_id="listTickets", summary="工单队列，最新的在前")
def list_tickets(
    runtime: CurrentRuntime,
    state: Annotated[list[TicketState] | None, Query()] = None,
    kind: Annotated[list[TicketKind] | None, Query()] = None,
    assignee: Annotated[str | None, Query(max_length=LONGEST_NAME, pattern=NO_NUL)] = None,
    due_before: Annotated[
        AwareDatetime | None, Query(ge=_EARLIEST, le=_LATEST, description="只看此刻之前须响应或解决的")
    ] = None,
    follow_up: Annotated[bool, Query(description="只看待回访或待复查低分的")] = False,
    cursor: Annotated[str | None, Query(pattern=r"^T[1-9]\d{0,9}$", description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TicketPage:
    return runtime.tickets.list(
        states=state or (),
        kinds=kind or (),
        assignee=assignee,
        due_before=due_before,
        follow_up=follow_up,
        cursor=cursor,
        limit=limit,
    )


@router.get("/workflow", operation_id="getTicketWorkflow", summary="工单流程：各步骤的名称与字段")
def get_workflow() -> Workflow:
    return build_workflow()


@router.get("/{ticket_id}", operation_id="getTicket", summary="一张工单")
def get_ticket(ticket_id: str, runtime: CurrentRuntime) -> Ticket:
    return runtime.tickets.get(ticket_id)


@router.get("/{ticket_id}/events", operation_id="getTicketHistory", summary="工单的全部经过")
def get_ticket_history(ticket_id: str, runtime: CurrentRuntime) -> TicketHistory:
    return runtime.tickets.history(ticket_id)


@router.post("/{ticket_id}/actions", operation_id="actOnTicket", summary="流程的一步：分派、升级、解决、关闭…")
def act_on_ticket(
    ticket_id: str, request: ActionRequest, runtime: CurrentRuntime, idempotency_key: IdempotencyKey = None
) -> Ticket:
    return runtime.tickets.act(ticket_id, request, idempotency_key)
