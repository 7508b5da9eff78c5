"""A real browser before a real service; whoever visits a page also notices what went wrong on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.conftest import RunningService

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Request, ViewportSize

_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_DESKTOP: ViewportSize = {"width": 1280, "height": 800}
_PHONE: ViewportSize = {"width": 390, "height": 844}
_TIMEOUT_MS = 20_000


class Visitor:
    """One person in a browser of their own, looking at the pages of the service."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page = context.new_page()
        self.page.set_default_timeout(_TIMEOUT_MS)
        self.requests: list[Request] = []
        self._tolerated: list[str] = []
        self._complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("pageerror", lambda error: self._complaints.append(f"uncaught: {error}"))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def search(self, query: str, **parameters: str) -> None:
        """Open the results of a search and wait for them."""
        self.open(f"/?{urlencode({'q': query, **parameters})}")
        self.hits.first.wait_for()

    def read(self, address: str) -> None:
        """Open a document and wait for its text."""
        self.open(address)
        self.find("#document").wait_for()

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def work_on(self, ticket: dict[str, Any], actor: str = "工程师老周") -> None:
        """Open a ticket's workspace, give a name and wait for what is suggested."""
        self.page.add_init_script(f"localStorage.getItem('kb.actor') ?? localStorage.setItem('kb.actor', '{actor}')")
        self.open(f"/tickets/{ticket['ticket_id']}")
        self.find("#suggestion[aria-busy=false] .solution").first.wait_for()
        self.find("#rules .rule").first.wait_for()

    @property
    def hits(self) -> Locator:
        return self.find("#results > .hit")

    @property
    def address(self) -> str:
        """Path, query and fragment of the page shown."""
        return self.page.url.removeprefix(self.url)

    def answer(self, pattern: str, body: Any, status: int = 200) -> None:
        """Answer the page's requests to ``pattern`` in the place of the service."""
        self.page.route(pattern, lambda route: route.fulfill(status=status, json=body))

    def tolerate(self, text: str) -> None:
        """The browser may complain about this: the test itself brings it about."""
        self._tolerated.append(text)

    def complaints(self) -> list[str]:
        """Console errors and warnings, uncaught errors, requests that left the origin or were kept from it."""
        foreign = [one.url for one in self.requests if not one.url.startswith(f"{self.url}/")]
        told = self._complaints + [f"foreign request: {url}" for url in foreign]
        return [one for one in told if not any(text in one for text in self._tolerated)]


VisitorMaker = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Not kept for the whole session: its event loop would be in the way of other tests."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    sync_api.expect.set_options(timeout=_TIMEOUT_MS)
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def new_visitor(browser: Browser, service: RunningService) -> Iterator[VisitorMaker]:
    """Makes visitors; at the end none of them may have anything to complain about."""
    visitors: list[Visitor] = []

    def make(*, phone: bool = False, **options: Any) -> Visitor:
        size = _PHONE if phone else _DESKTOP
        context = browser.new_context(viewport=size, has_touch=phone, is_mobile=phone, locale="zh-CN", **options)
        visitors.append(Visitor(context, service.url))
        return visitors[-1]

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints()]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


@pytest.fixture
def visitor(new_visitor: VisitorMaker) -> Visitor:
    """Someone at a desk."""
    return new_visitor()


@pytest.fixture
def phone_visitor(new_visitor: VisitorMaker) -> Visitor:
    """Someone with a phone in the hand."""
    return new_visitor(phone=True)


class Desk:
    """Records tickets and takes them on without a browser. Searches know nothing of tickets that are recorded here."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api

    def record(self, title: str, **more: Any) -> dict[str, Any]:
        body = {"title": title, "customer": "财务部", "channel": "电话", "actor": "客服小林", **more}
        return self._post("/v1/tickets", body)

    def act(self, ticket: dict[str, Any], action: str, **fields: Any) -> dict[str, Any]:
        body = {"action": action, "sequence": ticket["sequence"], "actor": "工程师老周", **fields}
        return self._post(f"/v1/tickets/{ticket['ticket_id']}/actions", body)

    def start(self, title: str, **more: Any) -> dict[str, Any]:
        """A ticket that is being worked on."""
        ticket = self.act(self.record(title, **more), "triage", category="报表", priority="P2")
        return self.act(self.act(ticket, "assign", assignee="工程师老周"), "start")

    def get(self, ticket: dict[str, Any], part: str = "") -> dict[str, Any]:
        body: dict[str, Any] = self._api.get(f"/v1/tickets/{ticket['ticket_id']}{part}").raise_for_status().json()
        return body

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._api.post(path, json=body).raise_for_status().json()
        return answer


@pytest.fixture
def desk(api: httpx.Client) -> Desk:
    return Desk(api)


@pytest.fixture(scope="session")
def api(service: RunningService) -> Iterator[httpx.Client]:
    """The JSON interface that the pages speak to, asked without them."""
    with httpx.Client(base_url=service.url) as client:
        yield client
