"""The web application: routes, errors and headers put together."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from kb_service import health
from kb_service.articles import routes as articles
from kb_service.errors import PROBLEM_JSON, add_error_handlers
from kb_service.gaps import routes as gaps
from kb_service.integrations import dify_routes
from kb_service.integrations import routes as integrations
from kb_service.knowledge import routes as knowledge
from kb_service.operations import routes as operations
from kb_service.reports import routes as reports
from kb_service.runtime import Runtime
from kb_service.search import routes as search
from kb_service.suggestions import routes as suggestions
from kb_service.tickets import routes as tickets
from kb_service.web import routes as web

_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {PROBLEM_JSON: {"schema": _PROBLEM_SCHEMA}}}
    for status, text in {
        401: "需要操作令牌",
        403: "没有权限",
        404: "没有找到",
        409: "操作冲突",
        413: "请求体过大",
        422: "请求不符合要求",
        503: "服务尚未就绪",
    }.items()
}


def build_app(runtime: Runtime, operator_token: str | None = None) -> FastAPI:
    """The application over an opened runtime; without a token, nobody can change the index through it."""
    app = FastAPI(
        title="kb-service",
        version="0.1.0",
        summary="技术支持知识库：检索、引用与原文",
        responses=_PROBLEMS,
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.state.operator_token = operator_token
    add_error_handlers(app)
    rooms = (
        *(health, search, knowledge, articles, gaps, suggestions, tickets, reports),
        *(integrations, dify_routes, operations, web),
    )
    for room in rooms:
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=web.STATIC), name="static")

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = web.CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        # Pages and their modules belong together: a browser must not mix those of two releases.
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return app
