"""Two versions side by side, clause by clause, on the reader page."""

import httpx
import pytest

from tests.kb_service.web.conftest import Visitor
from tests.kb_service.web.test_reader_page import SERVICE_LEVEL, fetch, squeezed

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

COMPARED = f"{SERVICE_LEVEL}?version=2026&compare=2024"


def test_the_difference_is_shown_clause_by_clause(visitor: Visitor, api: httpx.Client) -> None:
    difference = fetch(api, f"{SERVICE_LEVEL}/diff", **{"from": "2024", "to": "2026"})
    visitor.read(COMPARED)
    changed = [one for one in difference["clauses"] if one["change"] != "unchanged"]
    shown = visitor.find("#reader-text > .difference")
    expect(shown).to_have_count(len(changed))
    for section, one in zip(shown.all(), changed, strict=True):
        assert section.get_attribute("data-change") == one["change"]
        for tag, op in (("del", "deleted"), ("ins", "inserted")):
            told = "".join(piece["text"] for piece in one["pieces"] if piece["op"] == op)
            assert squeezed("".join(section.locator(tag).all_text_contents())) == squeezed(told)
    assert shown.locator("del").first.evaluate("one => getComputedStyle(one).textDecorationLine") == "line-through"
    assert shown.locator("ins").first.evaluate("one => getComputedStyle(one).textDecorationLine") == "underline"
    expect(visitor.find(".comparison-summary")).to_contain_text("2024 版 → 2026 版")
    expect(visitor.find(".comparison-summary")).to_contain_text(f"新增 {difference['counts']['added']} 条")


def test_unchanged_clauses_are_folded_with_their_number(visitor: Visitor) -> None:
    visitor.read(f"{SERVICE_LEVEL}?version=2026&compare=2026")
    folded = visitor.find("#reader-text > details.unchanged")
    expect(folded).to_have_count(1)
    expect(visitor.find(".comparison-summary")).to_contain_text("两个版本的文字完全相同")
    clause = folded.locator(".difference").nth(2)
    expect(clause).to_be_hidden()
    folded.locator("summary").click()
    expect(clause).to_be_visible()


def test_choosing_a_version_to_compare_with_and_going_back(visitor: Visitor) -> None:
    visitor.read(SERVICE_LEVEL)
    chooser = visitor.find("#compare")
    expect(visitor.find("#outline-box")).to_be_visible()
    chooser.select_option("2024")
    expect(visitor.find("#reader-text > .difference").first).to_be_visible()
    expect(visitor.find("#outline-box")).to_be_hidden()
    assert visitor.address == COMPARED

    chooser.select_option("")
    expect(visitor.find(".line").first).to_be_visible()
    expect(visitor.find(".difference")).to_have_count(0)
    visitor.page.go_back()
    expect(visitor.find("#reader-text > .difference").first).to_be_visible()
    expect(chooser).to_have_value("2024")
    visitor.page.go_back()
    expect(visitor.find("#outline-box")).to_be_visible()
    expect(chooser).to_have_value("")


def test_a_clause_of_the_difference_leads_to_its_place_in_the_version(visitor: Visitor) -> None:
    visitor.read(COMPARED)
    visitor.find('.difference[data-change="changed"]').get_by_role("link", name="第4.1条").click()
    expect(visitor.find(".difference")).to_have_count(0)
    assert visitor.address == f"{SERVICE_LEVEL}?version=2026#cl_4.1"
    expect(visitor.find(".line-heading").filter(has_text="4.1 响应时间")).to_be_in_viewport()


def test_a_document_of_one_version_offers_no_comparison(visitor: Visitor) -> None:
    visitor.read("/documents/regulations/support-team-rules")
    expect(visitor.find("#compare-field")).to_be_hidden()


def test_an_unknown_version_to_compare_with_is_told(visitor: Visitor) -> None:
    visitor.tolerate("404")
    visitor.open(f"{SERVICE_LEVEL}?compare=1999")
    expect(visitor.find("#error-detail")).to_contain_text("2026、2024")
    visitor.find("#current-version").click()
    expect(visitor.find(".line").first).to_be_visible()


def test_markup_in_a_difference_is_shown_as_text(visitor: Visitor, api: httpx.Client) -> None:
    evil = "<img src=x onerror=\"document.title='hacked'\">"
    difference = fetch(api, f"{SERVICE_LEVEL}/diff", **{"from": "2024"})
    [clause] = [one for one in difference["clauses"] if one["after"] and one["after"]["label"] == "第4.1条"]
    clause["after"] |= {"label": evil, "clause_id": evil}
    clause["pieces"] = [{"op": "inserted", "text": evil}]
    visitor.answer("**/diff?*", difference | {"clauses": [clause], "from_version": evil})
    visitor.read(COMPARED)
    expect(visitor.find(".difference ins")).to_have_text(evil)
    expect(visitor.find(".difference-head a")).to_have_text(evil)
    assert visitor.find("main img").count() == 0
