"""What is suggested for a ticket: adopted, changed, rejected with a reason, and where that leads."""

from typing import Any

import httpx
import pytest

from tests.kb_service.web.conftest import Desk, Visitor, VisitorMaker

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

TROUBLE = {"title": "应付账龄表打不开，提示 PPR-9087", "product": "衡川ERP"}
SUGGEST = "**/v1/tickets/*/suggestions"
BASIS = "\n\n依据："


def suggested(visitor: Visitor, ticket: dict[str, Any]) -> dict[str, Any]:
    """Open the workspace; what the service suggested there."""
    with visitor.page.expect_response(SUGGEST) as answered:
        visitor.work_on(ticket)
    body: dict[str, Any] = answered.value.json()
    return body


def record(api: httpx.Client, suggestion: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/v1/suggestions/{suggestion['suggestion_id']}").raise_for_status().json()
    return body


def states(api: httpx.Client, suggestion: dict[str, Any]) -> list[str]:
    return [one["state"] for one in record(api, suggestion)["solutions"]]


def test_solutions_are_quoted_and_cited(visitor: Visitor, desk: Desk) -> None:
    suggestion = suggested(visitor, desk.start(**TROUBLE))
    assert len(suggestion["solutions"]) >= 3
    for shown, solution in zip(visitor.find(".solution").all(), suggestion["solutions"], strict=True):
        assert shown.locator(".solution-title").inner_text() == solution["title"]
        assert shown.locator(".solution-text").text_content() == solution["solution"]
        link = shown.locator(".solution-citation a")
        assert link.inner_text() == solution["citation"]["label"]
        assert link.get_attribute("href") == solution["citation"]["url"]


def test_one_is_rejected_one_adopted_and_the_ticket_resolved_with_it(
    visitor: Visitor, desk: Desk, api: httpx.Client
) -> None:
    ticket = desk.start(**TROUBLE)
    suggestion = suggested(visitor, ticket)
    adopted, rejected = suggestion["solutions"][:2]
    second = visitor.find(".solution").nth(1)
    second.get_by_role("button", name="否决").click()
    reason = second.get_by_label("否决的理由")
    expect(reason).to_be_focused()
    expect(second.locator("form [type=submit]")).to_be_in_viewport(ratio=1)
    reason.fill("   ")
    reason.press("Enter")  # blanks are no reason
    assert reason.evaluate("node => node.validity.valueMissing")
    reason.fill("不是升级引起的")
    reason.press("Enter")
    expect(second.locator(".solution-state")).to_have_text("已否决：不是升级引起的")
    expect(visitor.find(".event").first).to_contain_text(f"《{rejected['title']}》")
    expect(visitor.find(".event").first).to_contain_text("不是升级引起的")

    first = visitor.find(".solution").first
    first.get_by_role("button", name="采用", exact=True).click()
    expect(first.locator(".solution-state")).to_have_text("已采用")
    expected = f"{adopted['solution'].strip()}{BASIS}{adopted['citation']['label']}"
    expect(visitor.find("#draft")).to_have_value(expected)
    assert states(api, suggestion)[:2] == ["adopted", "rejected"]

    visitor.find("#respond").click()
    expect(visitor.find(".event").first).to_contain_text("回复客户")
    visitor.find("#fill-resolve").click()
    form = visitor.find(".action-fields")
    expect(form.get_by_label("解决办法")).to_have_value(expected)
    form.get_by_label("原因分析").fill("视图失效")
    form.get_by_label("用时").fill("30")
    form.get_by_role("button", name="解决").click()
    expect(visitor.find("#state")).to_have_text("已解决")
    assert desk.get(ticket)["solution"] == expected
    assert states(api, suggestion)[:2] == ["resolved_with", "rejected"]

    visitor.page.reload()
    expect(visitor.find(".solution").first.locator(".solution-state")).to_have_text("已用它解决")
    expect(visitor.find(".solution").nth(1).locator(".solution-state")).to_have_text("已否决：不是升级引起的")


def test_a_changed_solution_is_adopted_as_changed(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    suggestion = suggested(visitor, desk.start(**TROUBLE))
    card = visitor.find(".solution").first
    card.get_by_role("button", name="修改后采用").click()
    box = card.get_by_label("修改后的办法")
    expect(box).to_have_value(suggestion["solutions"][0]["solution"])
    box.fill("只重新编译视图，不动表")
    card.get_by_role("button", name="采用修改稿").click()
    expect(card.locator(".solution-state")).to_have_text("修改后采用")
    label = suggestion["solutions"][0]["citation"]["label"]
    expect(visitor.find("#draft")).to_have_value(f"只重新编译视图，不动表{BASIS}{label}")
    assert record(api, suggestion)["outcomes"][-1]["text"] == "只重新编译视图，不动表"

    other = suggestion["solutions"][1]
    visitor.find(".solution").nth(1).get_by_role("button", name="采用", exact=True).click()
    both = f"只重新编译视图，不动表\n\n{other['solution'].strip()}{BASIS}{label}；{other['citation']['label']}"
    expect(visitor.find("#draft")).to_have_value(both)


def test_the_last_suggestion_goes_on_in_every_browser(visitor: Visitor, new_visitor: VisitorMaker, desk: Desk) -> None:
    ticket = desk.start(**TROUBLE)
    suggested(visitor, ticket)
    visitor.find(".solution").first.get_by_role("button", name="采用", exact=True).click()
    expect(visitor.find(".solution-state").first).to_have_text("已采用")
    texts = visitor.find(".solution-text").all_text_contents()
    colleague = new_visitor()
    colleague.work_on(ticket)
    expect(colleague.find(".solution-state").first).to_have_text("已采用")
    assert colleague.find(".solution-text").all_text_contents() == texts
    expect(colleague.find("#classification")).to_contain_text("按相近工单归类，把握")
    expect(colleague.find("#suggestion-status")).to_contain_text("今天")
    assert not [one for one in colleague.requests if one.method == "POST"]
    with colleague.page.expect_response(SUGGEST):
        colleague.find("#suggest-again").click()


def test_a_ticket_whose_words_have_changed_gets_another(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    ticket = desk.start(**TROUBLE)
    address = f"/v1/tickets/{ticket['ticket_id']}/suggestions"
    api.post(address).raise_for_status()
    last = api.get(address).raise_for_status().json()
    last["suggestions"][0]["current"] = False
    visitor.answer(f"{SUGGEST}?limit=1", last)
    assert suggested(visitor, ticket)["suggestion_id"] != last["suggestions"][0]["suggestion_id"]


def test_a_solution_that_was_withdrawn_is_not_adopted(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    ticket = desk.start(**TROUBLE)
    address = f"/v1/tickets/{ticket['ticket_id']}/suggestions"
    api.post(address).raise_for_status()
    last = api.get(address).raise_for_status().json()
    last["suggestions"][0]["solutions"][0].update(solution=None, citation=None)
    visitor.answer(f"{SUGGEST}?limit=1", last)
    visitor.work_on(ticket)
    card = visitor.find(".solution").first
    expect(card).to_contain_text("原文已经修改或撤下")
    expect(card.get_by_role("button")).to_have_text(["否决"])


def test_an_escalation_says_what_was_tried(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start(**TROUBLE)
    first, second = suggested(visitor, ticket)["solutions"][:2]
    visitor.find(".solution").first.get_by_role("button", name="采用", exact=True).click()
    expect(visitor.find(".solution-state").first).to_have_text("已采用")
    card = visitor.find(".solution").nth(1)
    card.get_by_role("button", name="否决").click()
    card.get_by_role("button", name="现象不同").click()
    expect(card.locator(".solution-state")).to_have_text("已否决：现象不同")

    visitor.find("#actions").get_by_role("button", name="升级").click()
    tried = f"采用《{first['title']}》，未能解决\n否决《{second['title']}》：现象不同"
    expect(visitor.find("#field-tried")).to_have_value(tried)
    visitor.find("#field-to_level").select_option(label="二线")
    visitor.find(".action-fields").get_by_label("原因").first.fill("一线查不出")
    visitor.find(".action-fields [type=submit]").click()
    expect(visitor.find("#state")).to_have_text("已升级")
    expect(visitor.find('.event[data-action="escalate"] li')).to_have_count(2)


def test_a_classification_is_filled_in_with_one_click(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record(title="登录不上，报表也看不了", product="衡川ERP")
    classification = suggested(visitor, ticket)["classification"]
    visitor.find("#fill-triage").click()
    expect(visitor.find("#field-category")).to_have_value(classification["category"])
    expect(visitor.find("#field-priority")).to_have_value(classification["priority"])
    other = classification["categories"][1]["category"]
    visitor.find(f'.other-categories [data-category="{other}"]').click()
    expect(visitor.find("#field-category")).to_have_value(other)
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#state")).to_have_text("已分类")
    expect(visitor.find("#fill-triage")).to_be_visible()


def test_reading_a_citation_is_noted(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    suggestion = suggested(visitor, desk.start(**TROUBLE))
    with visitor.page.expect_response("**/feedback"), visitor.context.expect_page() as opened:
        visitor.find(".solution-citation a").first.click()
    opened.value.locator("mark.cited").first.wait_for()
    assert states(api, suggestion)[0] == "opened"


def test_rules_follow_the_ticket(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    ticket = desk.start(**TROUBLE)
    visitor.work_on(ticket)
    rules = api.get(f"/v1/tickets/{ticket['ticket_id']}/rules").raise_for_status().json()["rules"]
    first = visitor.find(".rule").first
    assert rules[0]["name"] in first.locator("h4").inner_text()
    assert first.locator(".rule-text").inner_text() == rules[0]["text"]
    assert first.locator(".solution-citation a").get_attribute("href") == rules[0]["citation"]["url"]
    assert visitor.find(".rule h4").count() == len(rules)
    expect(visitor.find("#rules")).to_contain_text("尚未响应客户")
    visitor.find("#draft").fill("已接手")
    visitor.find("#respond").click()
    expect(visitor.find("#rules")).not_to_contain_text("尚未响应客户")


def test_open_tickets_alike_are_listed(visitor: Visitor, desk: Desk) -> None:
    title = "无线投屏在三号会议室连不上"
    earlier = desk.record(title)
    # A ticket is known as one to be alike after something was suggested for it.
    suggested(visitor, earlier)
    visitor.work_on(desk.record(title))
    link = visitor.find(".duplicate a").filter(has_text=title).first
    expect(link).to_have_attribute("href", f"/tickets/{earlier['ticket_id']}")


def test_a_ticket_alike_is_marked_as_the_same_with_one_click(visitor: Visitor, desk: Desk) -> None:
    title = "会议平板的白板笔迹不同步"
    earlier = desk.record(title)
    suggested(visitor, earlier)
    ticket = desk.record(title)
    visitor.work_on(ticket)
    duplicate = visitor.find(f'.duplicate[data-ticket-id="{earlier["ticket_id"]}"]')
    duplicate.get_by_role("button", name="标为重复").click()
    expect(duplicate).to_contain_text("重复于")
    expect(duplicate.get_by_role("button")).to_have_count(0)
    expect(visitor.find("#links .linked-ticket")).to_have_text(f"{earlier['ticket_id']} {title}")
    assert [(one["relation"], one["ticket_id"]) for one in desk.get(ticket)["links"]] == [
        ("duplicate_of", earlier["ticket_id"])
    ]
    visitor.find("#links").get_by_role("button", name="解除").click()
    expect(duplicate.get_by_role("button", name="标为重复")).to_be_visible()
    assert desk.get(earlier)["links"] == []


def test_an_ended_ticket_asks_for_suggestions_on_demand(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.act(desk.start(**TROUBLE), "cancel", reason="重复")
    visitor.open(f"/tickets/{ticket['ticket_id']}")
    expect(visitor.find("#suggestion-status")).to_have_text("工单已经结束，需要时可以重新查找")
    assert not [one for one in visitor.requests if one.method == "POST"]
    visitor.find("#suggest-again").click()
    expect(visitor.find(".solution").first).to_be_visible()


def test_what_keeps_suggestions_away_is_said_in_their_place(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start(**TROUBLE)
    visitor.tolerate("503")
    visitor.answer(SUGGEST, {"title": "索引或模型不可用", "detail": "索引正在重建"}, status=503)
    visitor.open(f"/tickets/{ticket['ticket_id']}")
    expect(visitor.find("#suggestion-problem")).to_contain_text("建议没有取到：索引正在重建")
    expect(visitor.find("#title")).to_have_text(TROUBLE["title"])
    visitor.page.unroute(SUGGEST)
    visitor.find("#suggest-again").click()
    expect(visitor.find(".solution").first).to_be_visible()
    expect(visitor.find("#suggestion-problem")).to_be_empty()
