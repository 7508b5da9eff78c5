"""What holds for every page: narrow screens, names for assistive technology, contrast, nothing from elsewhere."""

import pytest

from tests.kb_service.web.conftest import Visitor

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

PAGES = {
    "welcome": "/",
    "hits": "/?q=客户报修后多久必须响应",
    "explained": "/?q=PPR-9087&explain=1&on=2026-02-03",
    "unbroken query": f"/?q={'PPR9087' * 40}",
    "nothing found": "/?q=请假&kind=regulation&on=1990-01-01",
    "citation": "/documents/regulations/support-team-rules?version=2025#c1312-1437",
    "tables": "/documents/manuals/butt-welder-hz315",
    "commands": "/documents/manuals/vpn-client#c384-722",
    "superseded": "/documents/regulations/service-level?version=2024",
    "compared": "/documents/regulations/service-level?version=2026&compare=2024",
    "clause": "/documents/regulations/support-team-rules#art_15",
    "another day": "/?q=技术支持服务级别 响应时间&on=2025-06-01",
    "ticket": "/documents/TK-2026-2003",
    "queue": "/tickets?group=全部",
    "no ticket": "/tickets/T999999",
}
# The contrast of each text with what is behind it, by the formula of WCAG 2.1, "contrast ratio".
LOW_CONTRAST = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility({ opacityProperty: true })) continue;
    const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 20)}`);
  }
  return found;
}"""
UNNAMED_CONTROLS = """() => [...document.querySelectorAll("a, button, input, select, summary, textarea")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute("aria-label") || node.innerText || "").trim() && !(node.labels || []).length)
  .map((node) => node.outerHTML)"""


def show(visitor: Visitor, name: str) -> None:
    visitor.tolerate("404 (Not Found)")
    visitor.open(PAGES[name])
    expect(visitor.find("[aria-busy=true]")).to_have_count(0)
    expect(visitor.find(".hit, .panel:visible, .line, .difference, .ticket-link").first).to_be_attached()


@pytest.mark.parametrize("name", PAGES)
def test_phone_needs_no_sideways_scrolling(phone_visitor: Visitor, name: str) -> None:
    show(phone_visitor, name)
    widths = "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    assert phone_visitor.page.evaluate(widths) == [390, 390, 390]


@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out_and_controls_have_names(visitor: Visitor, name: str) -> None:
    show(visitor, name)
    assert visitor.page.evaluate(LOW_CONTRAST) == []
    visitor.page.emulate_media(color_scheme="dark")
    assert visitor.page.evaluate(LOW_CONTRAST) == []
    assert visitor.page.evaluate(UNNAMED_CONTROLS) == []
    assert visitor.find("h1:visible").count() == 1
    expect(visitor.find("html")).to_have_attribute("lang", "zh-CN")


def test_first_tab_stop_leads_past_the_outline(visitor: Visitor) -> None:
    show(visitor, "citation")
    visitor.page.keyboard.press("Tab")
    expect(visitor.find(".skip")).to_be_focused()
    expect(visitor.find(".skip")).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#reader-text")).to_be_focused()
    expect(visitor.find("mark.cited").first).to_be_visible()


@pytest.mark.parametrize("name", ["hits", "citation"])
def test_pages_load_from_the_service_alone_and_within_their_policy(visitor: Visitor, name: str) -> None:
    show(visitor, name)
    assert {"document", "stylesheet", "script", "fetch"} <= {one.resource_type for one in visitor.requests}
    assert visitor.complaints() == []

    loaded = visitor.page.evaluate(
        """() => new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve(true);
          image.onerror = () => resolve(false);
          image.src = "https://elsewhere.example/pixel.png";
        })"""
    )
    assert loaded is False
    assert any("Content Security Policy" in complaint for complaint in visitor.complaints())
    visitor.tolerate("https://elsewhere.example/pixel.png")
