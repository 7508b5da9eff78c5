"""What routes ask for: the runtime, the principal, the operator."""

import hmac
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kb_service.access.principal import LOOPBACK, Principal
from kb_service.errors import ForbiddenError, UnauthorizedError
from kb_service.runtime import Runtime
from kb_service.settings import is_loopback

_bearer = HTTPBearer(auto_error=False, description="数据目录 service.json 中的操作令牌")


def get_runtime(request: Request) -> Runtime:
    return cast(Runtime, request.app.state.runtime)


CurrentRuntime = Annotated[Runtime, Depends(get_runtime)]


def get_principal(request: Request) -> Principal:
    """Whoever asks from this machine may see all; nobody else may see anything while there are no accounts.

    A page of another site may not send anything either. The address asked for has to be this machine's too: a foreign
    page whose name was made to point here (DNS rebinding) would otherwise ask in the reader's place.
    """
    asked = request.url.hostname or ""
    if request.client is None or not is_loopback(request.client.host) or not is_loopback(asked):
        raise ForbiddenError("尚未启用账号，只接受来自本机、发往本机地址的访问")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        # A page of another site, open in a browser on this machine.
        raise ForbiddenError("不接受其他网站的页面发来的请求")
    return LOOPBACK


CurrentPrincipal = Annotated[Principal, Depends(get_principal)]


def require_operator(
    request: Request,
    _: CurrentPrincipal,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Only those who can read the token in the data folder may change what is in the index."""
    expected: str | None = request.app.state.operator_token
    given = credentials.credentials if credentials else ""
    if expected is None or not hmac.compare_digest(given.encode(), expected.encode()):
        raise UnauthorizedError("该操作需要数据目录中的操作令牌；请在服务器本机使用 kb 命令")
