"""Runs the service: takes the data folder, warms up, registers, answers until told to stop."""

import logging
import signal
import socket
import sys
from types import FrameType

import uvicorn

from ingest.errors import IngestError
from kb_service.app import build_app
from kb_service.errors import ForbiddenError
from kb_service.integrations.background import delivering
from kb_service.operations.registration import Registration, withdraw
from kb_service.runtime import Runtime
from kb_service.settings import is_loopback

_BACKLOG = 128


class PortInUseError(IngestError):
    code = "port-in-use"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"无法监听 {host}:{port}，端口可能已被占用", "请用 --port 或环境变量 PORT 换一个端口")


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        ForbiddenError: ``host`` can be reached from other machines, and there are no accounts yet.
        PortInUseError
    """
    if not is_loopback(host):
        raise ForbiddenError(f"尚未启用账号，不能监听 {host}；请使用 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortInUseError(host, port) from error
    return listener


def listening_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(runtime: Runtime, listener: socket.socket) -> None:
    """Serve an opened, warmed-up runtime until the process is asked to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    registration = Registration.create(listening_url(listener))
    app = build_app(runtime, registration.token)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    data_dir = runtime.settings.data_dir
    # uvicorn shuts down on a signal and then raises it once more, which is to end in the cleaning up below.
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, _exit)
    registration.write(data_dir)
    try:
        with delivering(runtime.outbound, runtime.clock_alerts, runtime.now):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        withdraw(data_dir)
        runtime.close()


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
