"""The reader as its users meet it: the cited text found again, the outline, versions, and what can go wrong."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.kb_service.web.conftest import Visitor, VisitorMaker

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

RULES = "/documents/regulations/support-team-rules"
SERVICE_LEVEL = "/documents/regulations/service-level"
TICKET = "/documents/TK-2026-2003"
DOCUMENTS = "**/v1/documents/**"
HEIGHT = 800


def fetch(api: httpx.Client, address: str, **parameters: str) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/v1{address}", params=parameters).raise_for_status().json()
    return body


def squeezed(text: str) -> str:
    """Without white space: the page lays out lines and blank lines by itself."""
    return "".join(text.split())


def marked(visitor: Visitor) -> str:
    return squeezed("".join(visitor.find("mark.cited").all_text_contents()))


def top_of(visitor: Visitor, selector: str) -> float:
    top: float = visitor.find(selector).first.evaluate("node => node.getBoundingClientRect().top")
    return top


def bar_bottom(visitor: Visitor) -> float:
    bottom: float = visitor.find("header.site").evaluate("node => node.getBoundingClientRect().bottom")
    return bottom


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("客户报修后多久必须响应", "regulation"),
        ("报了单多久有人理", "faq"),
        ("VPN-E807 服务器证书校验失败", "manual"),
        ("PPR-9087", "ticket"),
    ],
)
def test_citation_opens_exactly_the_cited_text(visitor: Visitor, api: httpx.Client, query: str, kind: str) -> None:
    answer = api.post("/v1/search", json={"query": query, "filters": {"kinds": [kind]}}).json()
    visitor.search(query, kind=kind)
    for rank in range(3):
        citation = answer["hits"][rank]["citation"]
        visitor.find(".hit-citation").nth(rank).click()
        expect(visitor.find("mark.cited").first).to_be_visible()
        assert visitor.address == citation["url"]
        text = fetch(api, f"/documents/{citation['document_id']}", version=citation["version"])["text"]
        assert marked(visitor) == squeezed(text[citation["start_char"] : citation["end_char"]])
        assert bar_bottom(visitor) <= top_of(visitor, "mark.cited") < HEIGHT * 0.7
        visitor.page.go_back()
        visitor.hits.first.wait_for()


def test_offsets_count_code_points(visitor: Visitor, api: httpx.Client) -> None:
    document = fetch(api, TICKET) | {"text": "😀𠮷\n登录😀报错𠮷野家\n完", "sections": []}
    visitor.answer(DOCUMENTS, document)
    visitor.read(f"{TICKET}#c5-9")
    assert visitor.find("mark.cited").all_text_contents() == ["😀报错𠮷"]


@pytest.mark.parametrize(
    "address",
    [
        RULES,
        SERVICE_LEVEL,
        TICKET,
        "/documents/regulations/engineering-department",
        "/documents/regulations/on-site-service",
        "/documents/manuals/butt-welder-hz315",
        "/documents/manuals/vpn-client",
        "/documents/faq-desk-003",
    ],
)
def test_whole_text_is_shown_once(visitor: Visitor, api: httpx.Client, address: str) -> None:
    visitor.read(address)
    shown = visitor.find("#reader-text").evaluate(
        "box => { box.querySelectorAll('.copy-section').forEach(button => button.remove()); return box.textContent; }"
    )
    assert squeezed(shown) == squeezed(fetch(api, address)["text"])


def test_table_rows_stand_in_columns(visitor: Visitor) -> None:
    visitor.read("/documents/manuals/vpn-client")
    codes = visitor.find(".table").filter(has_text="VPN-E801")
    names = codes.locator(".table-head > .cell").evaluate_all("cells => cells.map(cell => cell.dataset.name)")
    assert names == ["代码", "含义", "处理"]
    cells = codes.locator(".line-row").first.locator(".cell")
    assert cells.all_text_contents() == [
        "代码：VPN-E801；",
        "含义：网关域名解析失败；",
        "处理：换公共 DNS 试；酒店网络先在浏览器完成认证",
    ]
    lefts = [cells.nth(column).bounding_box() for column in range(3)]
    second_row = codes.locator(".line-row").nth(1).locator(".cell")
    for column, box in enumerate(lefts):
        below = second_row.nth(column).bounding_box()
        assert box is not None
        assert below is not None
        assert below["x"] == box["x"]
        assert below["y"] > box["y"]


def test_empty_cell_keeps_its_column(visitor: Visitor) -> None:
    visitor.read("/documents/regulations/engineering-department")
    row = visitor.find(".line-row").filter(has_text="考核项目：合计")
    assert row.locator(".cell").all_text_contents() == ["考核项目：合计；", "", "分值：100", ""]


def test_outline_leads_to_its_sections(visitor: Visitor, api: httpx.Client) -> None:
    sections = fetch(api, RULES)["sections"]
    visitor.read(RULES)
    links = visitor.find("#outline a")
    assert links.count() == len(sections)
    assert visitor.find("#outline > ol > li").count() == sum(section["parent"] is None for section in sections)

    wanted = next(section for section in sections if section["label"] == "第二章第五条")
    link = visitor.page.get_by_role("link", name=re.compile("^第五条"))
    link.click()
    expect(link).to_have_attribute("aria-current", "location")
    anchor = f"#s{wanted['index']}"
    assert visitor.address == f"{RULES}#{wanted['clause_id']}"
    assert bar_bottom(visitor) <= top_of(visitor, anchor) < HEIGHT / 4
    line = visitor.find(".line").filter(has=visitor.find(anchor))
    expect(line.locator("strong")).to_have_text("第五条")

    visitor.page.go_back()
    expect(visitor.find("#title")).to_be_in_viewport()


def test_outline_folds_away_on_a_phone(phone_visitor: Visitor) -> None:
    phone_visitor.read(RULES)
    link = phone_visitor.page.get_by_role("link", name="第二章 组织结构")
    expect(link).to_be_hidden()
    phone_visitor.find("#outline-box > summary").tap()
    link.tap()
    expect(link).to_be_hidden()
    expect(phone_visitor.find(".line-heading").filter(has_text="第二章 组织结构")).to_be_in_viewport()


def test_superseded_version_says_so(visitor: Visitor, api: httpx.Client) -> None:
    visitor.read(f"{SERVICE_LEVEL}?version=2024")
    banner = visitor.find("#banner")
    expect(banner).to_contain_text("已失效")
    expect(banner).to_contain_text("2025-12-31")
    expect(visitor.find("#effective")).to_have_text("2024-01-01 至 2025-12-31 有效")
    expect(visitor.find("#version")).to_have_value("2024")

    banner.get_by_role("link", name="2026 版").click()
    expect(banner).to_be_hidden()
    expect(visitor.find("#version")).to_have_value("2026")
    last_line = fetch(api, SERVICE_LEVEL, version="2026")["text"].rstrip().rsplit("\n", 1)[-1]
    expect(visitor.find("#reader-text")).to_contain_text(last_line)


def test_version_selector_switches_and_back_returns(visitor: Visitor) -> None:
    visitor.read(SERVICE_LEVEL)
    text = visitor.find("#reader-text")
    expect(visitor.find("#banner")).to_be_hidden()
    expect(text).not_to_contain_text("一般请求在 4 个工作小时内响应")
    visitor.find("#version").select_option("2024")
    expect(visitor.find("#banner")).to_be_visible()
    expect(text).to_contain_text("一般请求在 4 个工作小时内响应")
    assert visitor.address == f"{SERVICE_LEVEL}?version=2024"

    visitor.page.go_back()
    expect(visitor.find("#banner")).to_be_hidden()
    expect(visitor.find("#version")).to_have_value("2026")
    expect(text).not_to_contain_text("一般请求在 4 个工作小时内响应")


def test_bar_names_the_document_and_warns_while_its_head_is_out_of_sight(visitor: Visitor) -> None:
    visitor.read(f"{SERVICE_LEVEL}?version=2024#c330-360")
    name = visitor.find("#bar-title")
    expect(name).to_be_in_viewport()
    expect(name).to_have_text("已失效技术支持服务级别管理规定")
    visitor.page.keyboard.press("Home")
    expect(visitor.find("#banner")).to_be_in_viewport()
    expect(name).to_be_hidden()


def test_ticket_shows_its_attributes(visitor: Visitor) -> None:
    visitor.read(TICKET)
    shown = dict(
        zip(
            visitor.find("#attributes dt").all_inner_texts(),
            visitor.find("#attributes dd").all_inner_texts(),
            strict=True,
        )
    )
    assert shown == {
        "分类": "报表统计",
        "优先级": "P2",
        "渠道": "邮件",
        "处理层级": "二线",
        "受理时间": "2026-03-17 09:35",
        "解决时间": "2026-03-17 11:50",
    }
    expect(visitor.find("#kind")).to_have_text("工单")
    expect(visitor.find("#product")).to_have_text("衡川ERP")
    visitor.read(RULES)
    expect(visitor.find("#attributes")).to_be_hidden()


def test_copied_citation_leads_back_to_its_clause(new_visitor: VisitorMaker, api: httpx.Client) -> None:
    visitor = new_visitor(permissions=["clipboard-read", "clipboard-write"])
    section = next(one for one in fetch(api, RULES)["sections"] if one["label"] == "第三章第十五条")
    visitor.read(RULES)
    button = visitor.page.get_by_role("button", name="复制引用：第三章第十五条", exact=True)
    button.hover()
    button.click()
    expect(button).to_have_text("已复制")
    title, address = visitor.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert title == "《技术支持组规章制度》第三章第十五条"
    visitor.read(address.removeprefix(visitor.url))
    text = fetch(api, RULES)["text"]
    assert marked(visitor) == squeezed(text[section["start_char"] : section["end_char"]])


def test_range_outside_the_text_is_told(visitor: Visitor) -> None:
    visitor.read(f"{RULES}#c900000-900010")
    expect(visitor.find("#range-missing")).to_be_visible()
    assert marked(visitor) == ""


@pytest.mark.parametrize(
    "address", ["/documents/no-such-document", f"/documents/{quote('没有/这篇')}", "/documents/%E0"]
)
def test_unknown_document(visitor: Visitor, address: str) -> None:
    visitor.tolerate("404")
    visitor.open(address)
    expect(visitor.find("#error")).to_contain_text("没有找到这篇文档")
    expect(visitor.find("#retry")).to_be_hidden()
    expect(visitor.find("#document")).to_be_hidden()
    visitor.find("#back").click()
    expect(visitor.find("#query")).to_be_visible()


def test_unknown_version_leads_to_the_one_in_force(visitor: Visitor) -> None:
    visitor.tolerate("404")
    visitor.open(f"{SERVICE_LEVEL}?version=1999")
    expect(visitor.find("#error-detail")).to_contain_text("2026、2024")
    visitor.find("#current-version").click()
    expect(visitor.find("#version")).to_have_value("2026")
    expect(visitor.find("#error")).to_be_hidden()


def test_lost_connection_can_be_retried(visitor: Visitor) -> None:
    visitor.tolerate("net::ERR_FAILED")
    visitor.page.route(DOCUMENTS, lambda route: route.abort())
    visitor.open(f"{RULES}#c19-73")
    expect(visitor.find("#error")).to_contain_text("无法连接服务器")
    visitor.page.unroute(DOCUMENTS)
    visitor.find("#retry").click()
    expect(visitor.find("mark.cited").first).to_be_visible()
    expect(visitor.find("#error")).to_be_hidden()


def test_markup_in_a_document_is_shown_as_text(visitor: Visitor, api: httpx.Client) -> None:
    evil = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    section = {"index": 0, "parent": None, "level": 1, "marker": evil, "heading": evil, "label": evil}
    section |= {"clause_id": evil}
    finding = {"code": "missing-number", "message": evil, "label": evil, "line": 1}
    document = fetch(api, TICKET)
    document |= {"title": evil, "product": evil, "source": evil, "attributes": {"category": evil}, "text": evil}
    document |= {"sections": [section | {"start_char": 0, "end_char": len(evil)}], "in_force": False}
    document |= {"findings": [finding], "removed_count": evil, "pages": [{"page": evil, "start_char": 0}]}
    visitor.answer(DOCUMENTS, document)
    visitor.read(f"{TICKET}#c0-4")
    for selector in ("#title", "#product", "#attributes dd", "#reader-text h2", "#findings li"):
        expect(visitor.find(selector)).to_have_text(evil)
    expect(visitor.find("#outline a")).to_have_text(evil)
    assert visitor.find("main img, main script").count() == 0
    expect(visitor.page).to_have_title(f"{evil} - 技术支持知识库")
