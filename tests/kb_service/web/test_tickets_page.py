"""The queue as its users meet it: clocks, narrowing, paging, keeping its place, and recording a ticket."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.kb_service.web.conftest import Desk, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Route

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

NOW = datetime.fromisoformat("2026-11-26T09:00:00+08:00")
LIST = "**/v1/tickets?*"
MARKUP = "<img src=x onerror=alert(1)><b>粗</b>"


def ids(visitor: Visitor) -> list[str | None]:
    expect(visitor.find("#queue")).to_have_attribute("aria-busy", "false")
    return [row.get_attribute("data-ticket-id") for row in visitor.find("#rows tr").all()]


def clock(state: str, **minutes: float) -> dict[str, Any]:
    """A clock that is due in so many minutes."""
    due = (NOW + timedelta(**minutes)).isoformat() if minutes else None
    met = NOW.isoformat() if state in {"met", "missed"} else None
    started = NOW.isoformat()
    return {
        "target": "2 工作小时",
        "state": state,
        "started_at": started,
        "due_at": due,
        "met_at": met,
        "used_seconds": 0,
    }


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (clock("running", minutes=80.5), "剩 1 小时 20 分"),
        (clock("running", hours=51), "剩 2 天 3 小时"),
        (clock("running", hours=47), "剩 47 小时"),
        (clock("warning", seconds=30), "剩不到 1 分"),
        (clock("breached", minutes=-35), "已超 35 分"),
        (clock("breached", seconds=-5), "刚超时"),
        (clock("paused"), "暂停"),
        (clock("met", minutes=5), "按时"),
        (clock("missed", minutes=-5), "超时完成"),
        (clock("void", minutes=5), "不再计时"),
    ],
)
def test_a_clock_says_what_is_left(visitor: Visitor, desk: Desk, told: dict[str, Any], words: str) -> None:
    ticket = {**desk.record("计时"), "response": told}
    visitor.answer(LIST, {"tickets": [ticket], "next_cursor": None})
    visitor.page.clock.set_fixed_time(NOW)
    visitor.open("/tickets")
    badge = visitor.find(".cell-response .clock")
    expect(badge).to_have_text(words)
    expect(badge).to_have_class(f"clock clock-{told['state']}")
    expect(badge).to_have_attribute("title", re.compile("^响应时限 2 工作小时"))


def test_a_row_tells_where_a_ticket_stands(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("看得见的一行", product="衡川ERP")
    ticket = desk.act(ticket, "ask_customer", text="请发截图")
    visitor.open("/tickets")
    row = visitor.find(f'tr[data-ticket-id="{ticket["ticket_id"]}"]')
    expect(row.locator("td")).to_contain_text(
        [ticket["ticket_id"], "看得见的一行", "财务部", "衡川ERP", "等待客户", "P2", "工程师老周", "", "暂停"]
    )
    row.locator(".cell-customer").click(force=True)  # the title's link lies over the whole row
    expect(visitor.page).to_have_url(f"{visitor.url}/tickets/{ticket['ticket_id']}")
    visitor.page.get_by_role("link", name="返回队列").click()
    expect(row).to_be_visible()


def test_groups_assignee_and_due_narrow_the_queue(visitor: Visitor, desk: Desk) -> None:
    begun = desk.act(desk.start("在处理"), "assign", assignee="筛选甲")
    assigned, begun = begun, desk.act(desk.act(desk.start("在处理"), "assign", assignee="筛选甲"), "start")
    cancelled = desk.act(desk.act(desk.start("不要了"), "assign", assignee="筛选甲"), "cancel", reason="重复")

    visitor.open("/tickets")
    visitor.find("#actor").fill("筛选甲")
    visitor.find("#mine").click()
    expect(visitor.find("#mine")).to_have_attribute("aria-pressed", "true")
    assert ids(visitor) == [begun["ticket_id"], assigned["ticket_id"]]
    for group, expected in (("处理中", [begun]), ("待处理", [assigned]), ("全部", [cancelled, begun, assigned])):
        visitor.page.get_by_role("button", name=group, exact=True).click()
        expect(visitor.find("#rows tr")).to_have_count(len(expected))
        assert ids(visitor) == [one["ticket_id"] for one in expected]
        assert parse_qs(urlsplit(visitor.page.url).query) == {"group": [group], "assignee": ["筛选甲"]}

    visitor.page.go_back()
    expect(visitor.find("#rows tr")).to_have_count(1)
    expect(visitor.page.get_by_role("button", name="待处理")).to_have_attribute("aria-pressed", "true")

    with visitor.page.expect_request(LIST) as asked:
        visitor.find("#due").check()
    due = parse_qs(urlsplit(asked.value.url).query)["due_before"][0]
    assert timedelta(hours=3) < datetime.fromisoformat(due) - datetime.now().astimezone() < timedelta(hours=5)

    visitor.find("#assignee").fill("没有这个人")
    visitor.find("#assignee").press("Enter")
    expect(visitor.find("#empty")).to_be_visible()
    visitor.find("#clear-filters").click()
    expect(visitor.find("#rows tr").first).to_be_visible()
    expect(visitor.find("#assignee")).to_have_value("")


def test_closed_tickets_wait_for_their_follow_up(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.act(desk.start("待回访的单"), "resolve", cause="松动", solution="插紧", minutes_worked=5)
    ticket = desk.act(ticket, "confirm")
    visitor.open("/tickets")
    visitor.page.get_by_role("button", name="待回访", exact=True).click()
    row = visitor.find(f'#rows tr[data-ticket-id="{ticket["ticket_id"]}"]')
    expect(row.locator(".follow-up")).to_contain_text("回访 剩 ")
    desk.act(ticket, "rate", actor="林小禾", satisfaction=5)
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name="待回访", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(row).to_have_count(0)


def test_pages_lead_to_older_tickets_and_back(visitor: Visitor, desk: Desk) -> None:
    pages = {
        None: (desk.record("新的"), "T20"),
        "T20": (desk.record("旧的"), "T10"),
        "T10": (desk.record("最旧"), None),
    }

    def give(route: "Route") -> None:
        ticket, following = pages[parse_qs(urlsplit(route.request.url).query).get("cursor", [None])[0]]
        route.fulfill(json={"tickets": [ticket], "next_cursor": following})

    visitor.page.route(LIST, give)
    visitor.open("/tickets")
    link = visitor.find(".ticket-link")
    older, newer = visitor.find("#older"), visitor.find("#newer")
    expect(link).to_have_text("新的")
    expect(newer).to_be_disabled()
    for title in ("旧的", "最旧"):
        older.click()
        expect(link).to_have_text(title)
    expect(older).to_be_disabled()
    visitor.page.reload()
    expect(link).to_have_text("最旧")
    for title in ("旧的", "新的"):
        newer.click()
        expect(link).to_have_text(title)
    assert visitor.address == "/tickets"


def test_the_queue_renews_itself_and_keeps_the_place(visitor: Visitor, desk: Desk) -> None:
    first = desk.act(desk.start("先来的"), "assign", assignee="刷新甲")
    visitor.page.clock.install()
    visitor.open("/tickets?assignee=刷新甲")
    link = visitor.find(f'tr[data-ticket-id="{first["ticket_id"]}"] .ticket-link')
    link.focus()
    second = desk.act(desk.start("后到的"), "assign", assignee="刷新甲")
    desk.act(first, "start")
    visitor.page.clock.run_for(31_000)
    expect(visitor.find("#rows tr")).to_have_count(2)
    assert ids(visitor) == [second["ticket_id"], first["ticket_id"]]
    expect(visitor.find(f'tr[data-ticket-id="{first["ticket_id"]}"] .state')).to_have_text("处理中")
    expect(link).to_be_focused()

    visitor.tolerate("503")
    visitor.answer(LIST, {"title": "服务尚未就绪", "detail": "正在重建索引"}, status=503)
    visitor.page.clock.run_for(31_000)
    expect(visitor.find("#refreshed")).to_contain_text("正在重建索引")
    expect(visitor.find("#rows tr")).to_have_count(2)


def test_a_queue_that_cannot_be_read_says_why_and_tries_again(visitor: Visitor) -> None:
    visitor.tolerate("503")
    visitor.answer(LIST, {"title": "服务尚未就绪", "detail": "正在重建索引"}, status=503)
    visitor.open("/tickets")
    expect(visitor.find("#error")).to_contain_text("正在重建索引")
    visitor.page.unroute(LIST)
    visitor.find("#retry").click()
    expect(visitor.find("#error")).to_be_hidden()


def test_a_ticket_is_recorded_and_shown_as_written(visitor: Visitor, desk: Desk) -> None:
    visitor.open("/tickets")
    expect(visitor.find("#queue")).to_have_attribute("aria-busy", "false")
    visitor.page.keyboard.press("n")
    expect(visitor.find("#new-title-field")).to_be_focused()
    visitor.find("#new-title-field").fill(f"打不开 {MARKUP}")
    visitor.page.get_by_label("客户", exact=True).fill("财务部 <i>王</i>")
    visitor.page.get_by_label("渠道").fill("邮件")
    visitor.page.get_by_label("情况说明（选填）").fill("第一行\n<script>alert(1)</script>")
    visitor.page.get_by_label("登记人").fill("客服小林")
    visitor.find("#new-kind").select_option(label="咨询")
    visitor.find("#new-submit").click()

    expect(visitor.find("#title")).to_have_text(f"打不开 {MARKUP}")
    recorded = desk.get({"ticket_id": visitor.address.rpartition("/")[2]})
    assert (recorded["kind"], recorded["channel"], recorded["product"]) == ("question", "邮件", None)
    assert visitor.find("#description").inner_text() == "第一行\n<script>alert(1)</script>"
    expect(visitor.find("#history .event")).to_contain_text("客服小林")
    assert visitor.find("main img, main b, main i, main script").count() == 4  # the bars of the skeleton
    expect(visitor.find("#actor")).to_have_value("客服小林")

    visitor.open("/tickets")
    expect(visitor.find(".ticket-link").first).to_have_text(f"打不开 {MARKUP}")
    assert visitor.find("#rows img, #rows b, #rows i").count() == 0


def test_what_is_wrong_with_a_new_ticket_is_said_in_its_form(visitor: Visitor) -> None:
    visitor.open("/tickets")
    expect(visitor.find("#queue")).to_have_attribute("aria-busy", "false")
    visitor.page.get_by_role("button", name="登记工单").click()
    visitor.find("#new-submit").click()
    assert visitor.find("#new-title-field").evaluate("node => node.validity.valueMissing")
    for box in ("customer", "channel", "actor"):
        visitor.find(f"#new-{box}").fill("某")
    visitor.find("#new-title-field").fill("   ")  # blanks are no title
    visitor.find("#new-submit").click()
    expect(visitor.find("#new-title-field")).to_be_focused()
    assert visitor.find("#new-title-field").evaluate("node => node.validity.valueMissing")
    assert visitor.find("#new-problem").is_hidden()
    for box in ("title-field", "customer", "channel", "actor"):
        visitor.find(f"#new-{box}").fill("某")
    visitor.tolerate("422")
    visitor.answer("**/v1/tickets", {"title": "请求不符合要求", "detail": "字段“渠道”最多 32 个字符"}, status=422)
    visitor.find("#new-submit").click()
    expect(visitor.find("#new-problem")).to_have_text("没有登记：字段“渠道”最多 32 个字符")
    expect(visitor.find("#new-title-field")).to_have_value("某")
    visitor.page.keyboard.press("Escape")
    expect(visitor.find("#new-dialog")).to_be_hidden()
    expect(visitor.find("#new-ticket")).to_be_focused()


def test_a_ticket_whose_number_the_caller_knows_is_opened_by_it(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record("只记得单号")
    for typed in (ticket["ticket_id"], ticket["ticket_id"].lower(), f" {ticket['ticket_id'][1:]} "):
        visitor.open("/tickets")
        expect(visitor.find("#queue")).to_have_attribute("aria-busy", "false")
        visitor.page.get_by_label("单号", exact=True).fill(typed)
        visitor.page.keyboard.press("Enter")
        expect(visitor.find("#title")).to_have_text("只记得单号")


def test_a_long_title_leaves_room_for_the_other_tickets(visitor: Visitor, desk: Desk) -> None:
    title = "月末结账时系统特别慢，" * 40
    desk.record(title)
    visitor.open("/tickets")
    link = visitor.find(".ticket-link").first
    expect(link).to_have_attribute("title", title)
    assert link.evaluate("node => node.clientHeight < 3 * parseFloat(getComputedStyle(node).lineHeight)")


def test_keys_move_through_the_queue(visitor: Visitor, desk: Desk) -> None:
    desk.record("按键一")
    newest = desk.record("按键二")
    visitor.open("/tickets")
    expect(visitor.find(".ticket-link").first).to_have_text("按键二")
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        visitor.page.keyboard.press(key)
        expect(visitor.find(".ticket-link").nth(at)).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(f"{visitor.url}/tickets/{newest['ticket_id']}")


def test_the_pages_are_reached_from_each_other(visitor: Visitor) -> None:
    visitor.open("/documents/faq-desk-003")
    navigation = visitor.page.get_by_role("navigation", name="主导航")
    expect(navigation.locator("[aria-current]")).to_have_text("检索")
    navigation.get_by_role("link", name="工单").click()
    expect(navigation.locator("[aria-current=page]")).to_have_text("工单")
    navigation.get_by_role("link", name="检索").click()
    expect(visitor.find("#query")).to_be_focused()
