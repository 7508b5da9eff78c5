"""What the reader page tells of the source: clauses and paragraphs, what is missing, what was left out, pages."""

from typing import Any

import httpx
import pytest

from tests.kb_service.web.conftest import Visitor, VisitorMaker
from tests.kb_service.web.test_reader_page import RULES, bar_bottom, fetch, squeezed, top_of

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

DOCUMENT = f"**/v1{RULES}"
OUTLINE = f"**/v1{RULES}/outline?*"
FINDING = {"code": "missing-number", "message": "第七条之前缺少第六条", "label": "第二章第七条", "line": 9}


def open_with(visitor: Visitor, api: httpx.Client, **changes: Any) -> None:
    """Open the regulation as if the interface had said this of it."""
    visitor.answer(DOCUMENT, fetch(api, RULES) | changes)
    visitor.read(RULES)


def test_a_clause_id_in_the_address_leads_to_the_clause(visitor: Visitor) -> None:
    visitor.read(f"{RULES}#art_15")
    line = visitor.find(".line").filter(has_text="第十五条 ")
    expect(line).to_be_in_viewport()
    assert bar_bottom(visitor) <= top_of(visitor, '.line:has-text("第十五条 ")') < 200
    expect(visitor.find('#outline a[aria-current="location"]')).to_contain_text("第十五条")
    expect(visitor.find("#range-missing")).to_be_hidden()
    visitor.read(f"{RULES}#art_15__para_2")
    expect(visitor.find(".line").filter(has_text="记录分两步完成")).to_be_in_viewport()


def test_an_unknown_clause_id_is_told(visitor: Visitor) -> None:
    visitor.read(f"{RULES}#art_999")
    expect(visitor.find("#range-missing")).to_be_visible()


def test_paragraphs_are_folded_under_their_article(visitor: Visitor) -> None:
    visitor.read(RULES)
    article = visitor.find("#outline li").filter(has=visitor.page.locator("> .foldable > a", has_text="第十五条"))
    paragraph = article.get_by_role("link", name="第二款")
    expect(paragraph).to_be_hidden()
    fold = article.locator(".fold").first
    expect(fold).to_have_text("4 款")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")
    paragraph.click()
    assert visitor.address == f"{RULES}#art_15__para_2"
    expect(paragraph).to_have_attribute("aria-current", "location")
    fold.click()
    expect(paragraph).to_be_hidden()


def test_a_paragraph_is_cited_by_its_article(new_visitor: VisitorMaker) -> None:
    visitor = new_visitor(permissions=["clipboard-read", "clipboard-write"])
    visitor.read(RULES)
    button = visitor.page.get_by_role("button", name="复制引用：第三章第十五条第二款", exact=True)
    button.hover()
    button.click()
    expect(button).to_have_text("已复制")
    title = visitor.page.evaluate("navigator.clipboard.readText()").split("\n")[0]
    assert title == "《技术支持组规章制度》第三章第十五条第二款"


def test_what_is_missing_is_noted_and_leads_to_its_place(visitor: Visitor, api: httpx.Client) -> None:
    open_with(visitor, api, findings=[FINDING])
    note = visitor.find("#findings")
    expect(note).to_contain_text("第七条之前缺少第六条（第二章第七条）")
    note.get_by_role("link", name="第二章第七条").click()
    assert visitor.address == f"{RULES}#art_7"
    expect(visitor.find(".line").filter(has_text="第七条 ")).to_be_in_viewport()


def test_many_findings_are_folded(visitor: Visitor, api: httpx.Client) -> None:
    open_with(visitor, api, findings=[FINDING] * 5)
    summary = visitor.find("#findings summary")
    expect(summary).to_have_text("原文可能有 5 处问题")
    expect(visitor.find("#findings li").first).to_be_hidden()
    summary.click()
    expect(visitor.find("#findings li")).to_have_count(5)


def test_nothing_to_note_shows_nothing(visitor: Visitor) -> None:
    visitor.read(RULES)
    expect(visitor.find("#findings")).to_be_hidden()
    expect(visitor.find("#removed")).to_be_hidden()
    assert visitor.find(".page-mark").count() == 0


def test_what_was_left_out_is_fetched_when_asked_for(visitor: Visitor, api: httpx.Client) -> None:
    evil = "<script>document.title='hacked'</script>\n第二行"
    removed = [
        {"reason": "boilerplate", "text": evil, "line": 3, "page": None},
        {"reason": "page-footer", "text": "内部资料", "line": None, "page": 2},
    ]
    visitor.answer(OUTLINE, fetch(api, f"{RULES}/outline") | {"removed": removed})
    open_with(visitor, api, removed_count=2)
    box = visitor.find("#removed")
    expect(box.locator("summary")).to_have_text("已略去的内容 2 处")
    assert not [one for one in visitor.requests if "/outline?" in one.url]
    box.locator("summary").click()
    items = box.locator("li")
    expect(items).to_have_count(2)
    expect(items.nth(0).locator(".removed-reason")).to_have_text("网站或导出附带的文字 · 第 3 行")
    assert items.nth(0).locator("pre").text_content() == evil
    expect(items.nth(1)).to_contain_text("页眉页脚 · 第 2 页")
    assert visitor.find("main script").count() == 0


def test_left_out_text_that_cannot_be_fetched_is_told_and_tried_again(visitor: Visitor, api: httpx.Client) -> None:
    visitor.tolerate("net::ERR_FAILED")
    visitor.page.route(OUTLINE, lambda route: route.abort())
    open_with(visitor, api, removed_count=1)
    box = visitor.find("#removed")
    box.locator("summary").click()
    expect(box.locator("li")).to_contain_text("请检查网络连接")
    visitor.page.unroute(OUTLINE)
    box.locator("summary").click()
    box.locator("summary").click()
    expect(box.locator("li")).to_have_count(0)


def test_pages_stand_in_the_margin_and_are_no_part_of_the_text(visitor: Visitor, api: httpx.Client) -> None:
    text = fetch(api, RULES)["text"]
    second = text.index("第八条 ")
    open_with(visitor, api, pages=[{"page": 1, "start_char": 0}, {"page": 2, "start_char": second}])
    marks = visitor.find(".page-mark")
    assert [mark.get_attribute("aria-label") for mark in marks.all()] == ["第 1 页", "第 2 页"]
    following = marks.nth(1).evaluate("mark => mark.nextElementSibling.textContent")
    assert "第八条" in following
    whole = visitor.find("#reader-text").evaluate(
        "box => { box.querySelectorAll('.copy-section').forEach(button => button.remove()); return box.textContent; }"
    )
    assert squeezed(whole) == squeezed(text)
    content = marks.nth(1).evaluate("mark => getComputedStyle(mark, '::before').content")
    assert "2" in content
