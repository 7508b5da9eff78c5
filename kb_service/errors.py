"""Errors of the service, and how every error becomes an RFC 9457 answer.

::

    ServiceError
    ├── NotFoundError 404          DocumentNotFoundError, VersionNotFoundError, NotInForceError, ClauseNotFoundError
    ├── ForbiddenError 403
    ├── UnauthorizedError 401
    ├── ConflictError 409          IllegalActionError, StaleTicketError (kb_service.tickets.errors)
    ├── MissingFieldsError, ReusedKeyError, PeriodError, FuturePeriodError 422
    ├── BadSignatureError, StaleWebhookError 401, PayloadTooLargeError 413, UnreadablePayloadError 422
    │   (kb_service.integrations.errors)
    └── NotReadyError 503
"""

import re
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from ingest.errors import IngestError

PROBLEM_JSON = "application/problem+json"
_TYPE_PREFIX = "urn:kb-service:problem:"

_MOMENT = "应为带时区的时刻，如 2026-11-26T01:00:00Z 或 2026-11-26T09:00:00+08:00（在网址中 + 写作 %2B）"
_VALIDATION_MESSAGES = {
    "missing": "必须填写",
    "string_pattern_mismatch": "含有不允许的字符或格式不对",
    "datetime_from_date_parsing": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_type": _MOMENT,
    "timezone_aware": _MOMENT,
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "enum": "取值应为 {expected} 之一",
    "literal_error": "取值应为 {expected} 之一",
    "extra_forbidden": "是不认识的字段",
    "json_invalid": "不是合法的 JSON",
    "string_type": "应为文本",
    "list_type": "应为数组",
    "tuple_type": "应为数组",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "dict_type": "应为“名称: 值”",
    "model_type": "应为“名称: 值”",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_from_datetime_parsing": "应为 YYYY-MM-DD 格式的日期",
    "date_parsing": "应为 YYYY-MM-DD 格式的日期",
    "date_type": "应为 YYYY-MM-DD 格式的日期",
    "model_attributes_type": "应为 JSON 对象",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "url_parsing": "应为 http:// 或 https:// 开头的网址",
    "url_scheme": "应为 http:// 或 https:// 开头的网址",
}

_HTTP_MESSAGES = {
    HTTPStatus.BAD_REQUEST: ("请求不符合要求", "请求体读不了，应为 UTF-8 编码的 JSON"),
    HTTPStatus.NOT_FOUND: ("没有找到", "没有地址“{path}”。网页从 / 进入，接口见 /openapi.json"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("不支持的请求方法", "地址“{path}”不接受 {method}。接口见 /openapi.json"),
}
"""What the framework itself refuses: title and detail."""


class ServiceError(Exception):
    """Base of the service's errors.

    Attributes:
        status: the HTTP status that tells it.
        code: stable identifier, the end of the problem's ``type``.
        detail: what happened and what to do, in Chinese.
        members: further members of the problem, for programs to read.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "服务内部错误"

    def __init__(self, detail: str, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members or {}


class NotFoundError(ServiceError):
    status = HTTPStatus.NOT_FOUND
    code = "not-found"
    title = "没有找到"


class DocumentNotFoundError(NotFoundError):
    code = "document-not-found"

    def __init__(self, document_id: str) -> None:
        super().__init__(f"没有编号为“{document_id}”的文档。请核对编号，或用 kb documents list 查看全部文档")


class VersionNotFoundError(NotFoundError):
    code = "version-not-found"

    def __init__(self, document_id: str, version: str, known: str) -> None:
        super().__init__(f"文档“{document_id}”没有版本“{version}”。已有版本：{known}")


class NotInForceError(NotFoundError):
    code = "not-in-force"

    def __init__(self, document_id: str, day: date, known: str) -> None:
        super().__init__(f"文档“{document_id}”在 {day} 没有有效的版本。已有版本：{known}")


class ClauseNotFoundError(NotFoundError):
    code = "clause-not-found"

    def __init__(self, document_id: str, version: str, clause_id: str) -> None:
        super().__init__(
            f"文档“{document_id}”的版本“{version}”没有条款“{clause_id}”。全部条款见 /v1/documents/{document_id}/outline"
        )


class ForbiddenError(ServiceError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    title = "没有权限"


class UnauthorizedError(ServiceError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"
    title = "需要操作令牌"


class ConflictError(ServiceError):
    status = HTTPStatus.CONFLICT
    code = "conflict"
    title = "操作冲突"


class NotReadyError(ServiceError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "not-ready"
    title = "服务尚未就绪"


def problem(
    status: int, code: str, title: str, detail: str, instance: str, more: Mapping[str, Any] | None = None
) -> JSONResponse:
    """An ``application/problem+json`` answer; ``more`` are further members."""
    body = {"type": _TYPE_PREFIX + code, "title": title, "status": status, "detail": detail, "instance": instance}
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse({**body, **(more or {})}, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def add_error_handlers(app: FastAPI) -> None:
    """Have ``app`` answer every error as a problem."""

    @app.exception_handler(ServiceError)
    def on_service_error(request: Request, error: ServiceError) -> JSONResponse:
        return problem(error.status, error.code, error.title, error.detail, request.url.path, error.members)

    @app.exception_handler(IngestError)
    def on_ingest_error(request: Request, error: IngestError) -> JSONResponse:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return problem(status, error.code, "索引或模型不可用", str(error), request.url.path)

    @app.exception_handler(RequestValidationError)
    def on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_explain(item) for item in error.errors()]
        detail = "；".join(f"字段“{item['field']}”{item['message']}" for item in errors)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(status, "invalid-request", "请求不符合要求", detail, request.url.path, {"errors": errors})

    @app.exception_handler(HTTPException)
    def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        code = status.phrase.lower().replace(" ", "-")
        title, told = _HTTP_MESSAGES.get(status, ("请求没有被接受", "{method} {path}：{status}"))
        detail = told.format(method=request.method, path=request.url.path, status=status.phrase)
        return problem(status, code, title, detail, request.url.path)

    @app.exception_handler(Exception)
    def on_unexpected(request: Request, _: Exception) -> JSONResponse:
        # The traceback goes to the log; the caller learns nothing of the inside.
        return problem(
            500, "internal-error", "服务内部错误", "请稍后重试；若反复出现，请查看服务日志", request.url.path
        )


def _explain(item: Mapping[str, Any]) -> dict[str, str]:
    # The first part says where the field was looked for: body, query or path.
    place = [str(part) for part in item["loc"][1:]]
    return {"field": ".".join(place) or "请求体", "message": explain_validation(item)}


def explain_first(error: ValidationError) -> str:
    """The first thing that is wrong, after its place; the input stays out of it, parts of it are secrets."""
    first = error.errors(include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}：{explain_validation(first)}" if place else explain_validation(first)


def explain_validation(item: Mapping[str, Any]) -> str:
    """What is wrong with a field, from an item of pydantic's ``errors()``."""
    pattern = _VALIDATION_MESSAGES.get(item["type"])
    given = item.get("ctx", {})
    if "expected" in given:
        given = {**given, "expected": _choices(given["expected"])}
    return pattern.format_map(given) if pattern else str(item["msg"]).removeprefix("Value error, ")


def _choices(expected: str) -> str:
    """``'a', 'b' or 'c'``, members of an enumeration among them as ``<Name.A: 'a'>`` -> ``a、b、c``."""
    return "、".join(re.findall(r"'([^']*)'", expected)) or expected.replace(" or ", "、").replace(", ", "、")
