"""``/v1/integrations``: foreign systems' webhooks, and the deliveries that subscribers did not take."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from kb_service.dependencies import CurrentRuntime, get_principal
from kb_service.integrations.bodies import RawBody
from kb_service.integrations.models import DeadLetter, DeadLetterPage, WebhookAnswer
from kb_service.tickets.tables import HIGHEST_KEY

router = APIRouter(prefix="/v1/integrations", tags=["integrations"])

Key = Annotated[int, Path(ge=1, le=HIGHEST_KEY)]


@router.post(
    "/{name}/webhook",
    operation_id="receiveWebhook",
    summary="接收外部工单系统的 webhook，凭签名认证",
    responses={HTTPStatus.CREATED: {"model": WebhookAnswer, "description": "新登记了工单"}},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
def receive_webhook(
    name: str, request: Request, response: Response, body: RawBody, runtime: CurrentRuntime
) -> WebhookAnswer:
    answer, is_new = runtime.inbound.receive(name, request.headers, body)
    if is_new:
        response.status_code = status.HTTP_201_CREATED
    return answer


@router.get(
    "/dead-letters",
    operation_id="listDeadLetters",
    summary="订阅方始终没有接收的事件，最新的在前",
    dependencies=[Depends(get_principal)],
)
def list_dead_letters(
    runtime: CurrentRuntime,
    cursor: Annotated[int | None, Query(ge=1, le=HIGHEST_KEY, description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeadLetterPage:
    return runtime.outbound.list_dead_letters(cursor, limit)


@router.post(
    "/dead-letters/{key}/retry",
    operation_id="retryDeadLetter",
    summary="重新发送一封死信",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[Depends(get_principal)],
)
def retry_dead_letter(key: Key, runtime: CurrentRuntime) -> DeadLetter:
    return runtime.outbound.retry(key)
