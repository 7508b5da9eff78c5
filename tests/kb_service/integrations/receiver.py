"""A subscriber on this machine: a real HTTP server that notes what it gets and answers as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """``statuses`` are used up first; then comes ``status``. ``refuse`` are event types answered with 500."""

    secret: str
    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[tuple[str, str]]:
        """Ticket and type of each request, in the order they came."""
        bodies = [json.loads(body) for _, _, _, body in self.requests]
        return [(body["data"]["ticket_id"], body["type"]) for body in bodies]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, _, headers, _ in self.requests]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        self.requests.append((method, path, headers, body))
        if self.statuses:
            return self.statuses.pop(0)
        return 500 if json.loads(body)["type"] in self.refuse else self.status

    def check_signature(self, headers: dict[str, str], body: bytes) -> None:
        """By Standard Webhooks' own library, with the header's time as now."""
        signed = Webhook(self.secret)
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert headers["webhook-signature"] == signed.sign(headers["webhook-id"], moment, body.decode())


@contextmanager
def receiving(secret: str) -> Iterator[Receiver]:
    receiver = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            status = receiver.answer("POST", self.path, headers, body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            receiver.requests.append(("GET", self.path, {}, b"{}"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
