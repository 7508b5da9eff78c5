"""``/v1/integrations/dify``: register ``…/v1/integrations/dify`` in Dify, which adds ``/retrieval`` itself."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from kb_service.dependencies import CurrentRuntime
from kb_service.integrations.bodies import RawBody
from kb_service.integrations.dify import REQUEST_SCHEMA, DifyError, RetrievalAnswer

router = APIRouter(prefix="/v1/integrations/dify", tags=["integrations"])


@router.post(
    "/retrieval",
    operation_id="difyRetrieval",
    summary="Dify 外部知识库检索，凭 API Key",
    response_model=RetrievalAnswer,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": REQUEST_SCHEMA}}},
)
def retrieve(request: Request, body: RawBody, runtime: CurrentRuntime) -> RetrievalAnswer | Response:
    try:
        return runtime.dify.retrieve(request.headers.get("authorization"), body)
    except DifyError as error:
        headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
        content = {"error_code": error.code, "error_msg": error.message}
        return JSONResponse(content, status_code=error.status, headers=headers)
