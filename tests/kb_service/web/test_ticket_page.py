"""The workspace as its users meet it: from the first step to the rating, and what others do meanwhile."""

import pytest

from tests.kb_service.web.conftest import Desk, Visitor
from tests.kb_service.web.test_pages import LOW_CONTRAST, UNNAMED_CONTROLS

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)><b>粗</b>"


def take_step(visitor: Visitor, name: str, **fields: str) -> None:
    """Press a step's button, fill in its fields by their labels and carry it out."""
    visitor.find("#actions").get_by_role("button", name=name, exact=True).click()
    form = visitor.find(".action-fields")
    for label, value in fields.items():
        control = form.get_by_label(label)
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.get_by_role("button", name=name, exact=True).click()
    expect(form).to_be_hidden()


def test_from_the_call_to_the_rating(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record("凭证打印提示找不到模板", product="衡川ERP")
    visitor.work_on(ticket)
    state = visitor.find("#state")
    expect(state).to_have_text("新建")
    take_step(visitor, "分类定级", 分类="打印", 优先级="P3")
    expect(state).to_have_text("已分类")
    take_step(visitor, "分派")
    expect(visitor.find("#attributes")).to_contain_text("处理人工程师老周")
    take_step(visitor, "开始处理")
    expect(state).to_have_text("处理中")
    visitor.find("#draft").fill("已接手，正在看模板分配")
    visitor.find("#respond").click()
    expect(visitor.find("#response .clock")).to_have_text("按时")
    take_step(visitor, "解决", 原因分析="没有绑定模板", 解决办法="在模板分配中绑定", 用时="20")
    take_step(visitor, "客户确认，关闭")
    expect(visitor.find("#attributes .follow-up")).to_contain_text("回访 剩 ")
    visitor.find("#actor").fill("林小禾")
    take_step(visitor, "满意度评分", 满意度="5")
    expect(visitor.find("#attributes .follow-up")).to_have_count(0)
    expect(visitor.find("#attributes")).to_contain_text("满意度5 分")

    assert (desk.get(ticket)["state"], desk.get(ticket)["minutes_worked"]) == ("closed", 20)
    heads = visitor.find(".event-head strong")
    expect(heads).to_have_text(
        ["满意度评分", "客户确认，关闭", "解决", "回复客户", "开始处理", "分派", "分类定级", "登记"]
    )
    event = visitor.find('.event[data-action="resolve"]')
    expect(event).to_contain_text("没有绑定模板")
    expect(event).to_contain_text("用时 20 分钟")
    expect(event).to_contain_text("工程师老周 · 今天")


def test_who_handled_a_ticket_does_not_ask_how_it_was_liked(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.act(desk.start("回访不能自己做"), "resolve", cause="松动", solution="插紧", minutes_worked=5)
    visitor.open(f"/tickets/{desk.act(ticket, 'confirm')['ticket_id']}")
    visitor.find("#actor").fill("工程师老周")
    visitor.tolerate("403")
    visitor.find("#actions").get_by_role("button", name="满意度评分").click()
    form = visitor.find(".action-fields")
    form.get_by_label("满意度").fill("2")
    form.get_by_role("button", name="满意度评分").click()
    expect(form.get_by_role("alert")).to_contain_text("“工程师老周”是这张工单的处理人")
    visitor.find("#actor").fill("林小禾")
    form.get_by_role("button", name="满意度评分").click()
    expect(visitor.find("#attributes .follow-up")).to_contain_text("复查 剩 ")
    take_step(visitor, "低分复查", 低分的原因="上门晚了", 改进措施="改派本地工程师，已电话告知")
    expect(visitor.find("#attributes .follow-up")).to_have_count(0)


def test_steps_are_those_that_the_ticket_allows(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record("申请开通查询权限", kind="service_request")
    visitor.work_on(desk.act(ticket, "triage", category="权限", priority="P4"))
    names = visitor.find("#actions button")
    expect(names).to_have_text(["提请审批", "分类定级", "调整优先级", "取消工单"])
    take_step(visitor, "提请审批", 原因="新入职")
    expect(names).to_have_text(["批准", "调整优先级", "驳回", "取消工单"])
    visitor.find("#actions").get_by_role("button", name="驳回").click()
    submit = visitor.find(".action-fields [type=submit]")
    submit.click()
    assert visitor.find("#field-reason").evaluate("node => node.validity.valueMissing")
    visitor.page.keyboard.press("Escape")
    expect(visitor.find(".action-fields")).to_have_count(0)
    expect(visitor.page.get_by_role("button", name="驳回")).to_be_focused()


def test_a_presales_request_shows_what_is_due_for_the_first_proposal(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("网关选型", kind="presales_request")
    visitor.open("/tickets?group=处理中&assignee=工程师老周")
    row = visitor.find(f'#rows tr[data-ticket-id="{ticket["ticket_id"]}"]')
    expect(row.locator(".cell-resolution")).to_contain_text("建议书 剩 ")
    visitor.work_on(ticket)
    expect(visitor.find("#proposal")).to_contain_text("初步建议书剩 ")
    take_step(visitor, "提交初步建议书", 初步建议书="GW200 两台，双机热备")
    expect(visitor.find("#proposal .clock")).to_have_text("按时")
    expect(visitor.find("#state")).to_have_text("处理中")
    expect(visitor.find("#resolution")).to_contain_text("方案剩 ")


def test_linked_tickets_are_one_click_away(visitor: Visitor, desk: Desk) -> None:
    cause, ticket = desk.record("核心交换机重启"), desk.record("三楼上不了网")
    visitor.work_on(ticket)
    visitor.find("#add-link").click()
    form = visitor.find(".action-fields")
    form.get_by_label("本工单").select_option("起因于")
    form.get_by_label("另一张工单的单号").fill("T999999")
    form.get_by_role("button", name="关联工单").click()
    expect(form.get_by_role("alert")).to_contain_text("没有编号为“T999999”的工单")
    visitor.tolerate("409")
    form.get_by_label("另一张工单的单号").fill(cause["ticket_id"][1:])  # as people say it
    form.get_by_role("button", name="关联工单").click()
    expect(form).to_be_hidden()
    expect(visitor.find("#links li")).to_contain_text(f"起因于{cause['ticket_id']} 核心交换机重启")
    expect(visitor.find('.event[data-action="link"]')).to_contain_text(f"起因于{cause['ticket_id']} 核心交换机重启")
    visitor.find("#links .linked-ticket").click()
    expect(visitor.find("#title")).to_have_text("核心交换机重启")
    expect(visitor.find("#links li")).to_contain_text(f"引起了{ticket['ticket_id']} 三楼上不了网")


def test_without_a_name_nothing_is_done(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record("没有操作人")
    visitor.work_on(ticket, actor="")
    visitor.find("#comment").fill("先看看")
    visitor.find("#comment-submit").click()
    expect(visitor.find("#comment-problem")).to_contain_text("请先在页面右上角填写你的姓名")
    expect(visitor.find("#actor")).to_be_focused()
    visitor.page.keyboard.type("工程师老周")
    visitor.find("#comment-submit").click()
    expect(visitor.find(".event").first).to_contain_text("先看看")
    expect(visitor.find("#comment")).to_have_value("")
    assert visitor.page.evaluate("localStorage.getItem('kb.actor')") == "工程师老周"


def test_what_others_did_meanwhile_is_told_and_nothing_typed_is_lost(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("两个人同时改")
    visitor.work_on(ticket)
    visitor.tolerate("409 (Conflict)")
    visitor.find("#actions").get_by_role("button", name="升级").click()
    form = visitor.find(".action-fields")
    form.get_by_label("升级到几线").select_option(label="二线")
    form.get_by_label("原因").first.fill("需要看日志")
    form.get_by_label("已试过什么").fill("重启过")
    desk.act(ticket, "comment", text="我也在看")
    form.get_by_role("button", name="升级").click()
    expect(form.locator(".problem")).to_contain_text("刚被别人改过，你的操作没有执行")
    assert desk.get(ticket)["state"] == "in_progress"

    form.get_by_role("button", name="载入最新").click()
    expect(visitor.find(".event").first).to_contain_text("我也在看")
    expect(form.locator(".problem")).to_have_count(0)
    expect(form.get_by_label("已试过什么")).to_have_value("重启过")
    form.get_by_role("button", name="升级").click()
    expect(visitor.find("#state")).to_have_text("已升级")
    expect(visitor.find("#attributes")).to_contain_text("（二线）")


def test_a_step_that_is_no_longer_allowed_is_put_away(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("别人先解决了")
    visitor.work_on(ticket)
    visitor.tolerate("409 (Conflict)")
    visitor.find("#actions").get_by_role("button", name="请客户补充").click()
    visitor.find("#field-text").fill("请发日志")
    desk.act(ticket, "resolve", cause="缓存", solution="清缓存", minutes_worked=5)
    visitor.find(".action-fields [type=submit]").click()
    visitor.page.get_by_role("button", name="载入最新").click()
    expect(visitor.find("#action-form")).to_contain_text("工单现在的状态已不能“请客户补充”")
    expect(visitor.find("#state")).to_have_text("已解决")


def test_a_change_by_others_is_noticed_by_itself(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("悄悄变了")
    visitor.page.clock.install()
    visitor.work_on(ticket)
    visitor.page.clock.run_for(31_000)
    expect(visitor.find("#changed")).to_be_hidden()
    desk.act(ticket, "comment", text="补一句")
    visitor.page.clock.run_for(31_000)
    expect(visitor.find("#changed")).to_be_visible()
    visitor.find("#load-changed").click()
    expect(visitor.find(".event").first).to_contain_text("补一句")
    expect(visitor.find("#changed")).to_be_hidden()


def test_texts_are_shown_as_written(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start(f"报表打不开 {MARKUP}", description=MARKUP, customer=MARKUP, product="衡川ERP")
    desk.act(ticket, "comment", text=MARKUP, actor=MARKUP)
    visitor.work_on(ticket)
    expect(visitor.find("#title")).to_have_text(f"报表打不开 {MARKUP}")
    expect(visitor.find(".event").first).to_contain_text(MARKUP)
    expect(visitor.find("#attributes")).to_contain_text(MARKUP)
    assert visitor.find("#ticket img, #ticket b").count() == 0


def test_a_ticket_that_does_not_exist_is_said_so(visitor: Visitor) -> None:
    visitor.tolerate("404 (Not Found)")
    for name in ("T999999", "没有", "%E0%A4%A"):
        visitor.open(f"/tickets/{name}")
        expect(visitor.find("#error-detail")).to_be_visible()
    visitor.open("/tickets/T999999")
    expect(visitor.find("#error-detail")).to_contain_text("没有编号为“T999999”的工单。请核对单号")


def test_a_draft_outlives_the_page(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.record("草稿还在")
    visitor.work_on(ticket)
    expect(visitor.find("#respond")).to_be_disabled()
    visitor.find("#draft").fill("写到一半")
    expect(visitor.find("#respond")).to_be_enabled()
    expect(visitor.find("#fill-resolve")).to_be_disabled()
    visitor.page.reload()
    expect(visitor.find("#draft")).to_have_value("写到一半")
    visitor.find("#clear-draft").click()
    expect(visitor.find("#draft")).to_have_value("")


def test_the_workspace_is_legible_and_named(visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("报表打不开，提示 PPR-9087", product="衡川ERP")
    visitor.work_on(ticket)
    visitor.find("#actions").get_by_role("button", name="解决").click()
    visitor.find(".solution").first.get_by_role("button", name="否决").click()
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        assert visitor.page.evaluate(LOW_CONTRAST) == []
    assert visitor.page.evaluate(UNNAMED_CONTROLS) == []
    assert visitor.find("h1:visible").count() == 1


def test_the_workspace_fits_a_phone(phone_visitor: Visitor, desk: Desk) -> None:
    ticket = desk.start("报表打不开" * 20, customer="很长的客户名称" * 10, product="衡川ERP")
    phone_visitor.work_on(ticket)
    phone_visitor.find("#actions").get_by_role("button", name="解决").click()
    widths = "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    assert phone_visitor.page.evaluate(widths) == [390, 390, 390]
