"""The files behind the pages, asked for without a browser."""

import re
from pathlib import Path

import httpx
import pytest

from kb_service.web.routes import CONTENT_SECURITY_POLICY, STATIC

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".html": "text/html", ".svg": "image/svg+xml"}
ASSETS = sorted(path.name for path in STATIC.iterdir())
PAGES = [name for name in ASSETS if name.endswith(".html")]
MODULES = [name for name in ASSETS if name.endswith(".js")]


def read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASSETS)
def test_asset_is_served_as_what_it_is(api: httpx.Client, name: str) -> None:
    answer = api.get(f"/static/{name}")
    assert answer.status_code == httpx.codes.OK
    assert answer.content == (STATIC / name).read_bytes()
    assert answer.headers["content-type"].startswith(MEDIA_TYPES[Path(name).suffix])
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/documents/faq-desk-003",
        "/documents/a/b/c?version=1",
        "/tickets",
        "/tickets/T1",
        "/articles",
        "/articles/A1",
        "/gaps",
        "/reports",
    ],
)
def test_page_carries_its_policy(api: httpx.Client, address: str) -> None:
    answer = api.get(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-cache"


def test_icon_is_where_browsers_look_for_it(api: httpx.Client) -> None:
    assert api.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_unknown_asset_is_not_found(api: httpx.Client) -> None:
    assert api.get("/static/no-such-file.js").status_code == httpx.codes.NOT_FOUND
    assert api.get("/static/%2e%2e/routes.py").status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("page", PAGES)
def test_page_names_only_assets_that_exist_and_nothing_inline(page: str) -> None:
    text = read(page)
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
    assert named
    assert set(named) <= set(ASSETS)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)


@pytest.mark.parametrize("name", ASSETS)
def test_asset_names_no_other_host(name: str) -> None:
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", read(name).replace("http://www.w3.org/2000/svg", ""))


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_what_its_neighbours_export(name: str) -> None:
    for names, module in re.findall(r'import \{([^}]+)\} from "\./([^"]+)";', read(name)):
        exported = set(re.findall(r"export (?:async )?(?:function|const|class) (\w+)", read(module)))
        assert {one.strip() for one in names.rstrip().rstrip(",").split(",")} <= exported


@pytest.mark.parametrize("name", MODULES)
def test_module_never_parses_text_as_markup(name: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", read(name))
