"""The pages of articles, gaps and reports over a service of their own, from the first draft to the search's answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import RunningService
from tests.kb_service.web.conftest import Desk, Visitor
from tests.kb_service.web.test_pages import LOW_CONTRAST, UNNAMED_CONTROLS

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)><b>粗</b>"
WRITER, REVIEWER = "工程师甲", "工程师乙"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, new_data_dir: Callable[[Path], Path]) -> Iterator[RunningService]:
    """A serving process without any documents: what these tests publish is not in the way of others."""
    running = RunningService(new_data_dir(tmp_path_factory.mktemp("knowledge") / "data"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def api(service: RunningService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url) as client:
        yield client


def post(api: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(path, json=body).raise_for_status().json()
    return answer


def draft(api: httpx.Client, title: str, **more: Any) -> dict[str, Any]:
    return post(api, "/v1/articles", title=title, symptom=title, actor=WRITER, **more)


def act(api: httpx.Client, article: dict[str, Any], action: str, actor: str = WRITER, **more: Any) -> dict[str, Any]:
    body = {"action": action, "sequence": article["sequence"], "actor": actor, **more}
    return post(api, f"/v1/articles/{article['article_id']}/actions", **body)


def sign_in(visitor: Visitor, name: str = WRITER) -> None:
    """Have the name at the top of each page, until another one is typed there."""
    visitor.page.add_init_script(f"localStorage.getItem('kb.actor') ?? localStorage.setItem('kb.actor', '{name}')")


def edit(visitor: Visitor, article: dict[str, Any]) -> None:
    visitor.open(f"/articles/{article['article_id']}")
    visitor.find("#article").wait_for()


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


def test_from_the_draft_to_the_answer_and_the_archive(visitor: Visitor) -> None:
    visitor.tolerate("403 (Forbidden)")
    sign_in(visitor)
    visitor.open("/articles")
    visitor.find("#new-article").click()
    visitor.find("#new-title-field").fill("扫码枪读不出条码")
    visitor.find("#new-symptom").fill("扫码枪滴一声，屏幕上没有字")
    visitor.find("#new-submit").click()
    state = visitor.find("#state")
    expect(state).to_have_text("草稿")
    visitor.find("#text-solution").fill("换一个接口\n扫一遍手册上的复位码")
    expect(visitor.find("#preview .preview-steps li")).to_have_text(["换一个接口", "扫一遍手册上的复位码"])
    visitor.find("#save").click()
    expect(visitor.find("#save-hint")).to_have_text("已保存")
    visitor.find("#text-cause").fill("扫码枪的接口设成了串口")
    take_step(visitor, "提交审核")  # what is typed goes with it
    expect(state).to_have_text("审核中")
    expect(visitor.find("#text-cause")).to_have_js_property("readOnly", True)

    take_step(visitor, "发布")
    expect(visitor.find("#action-form .problem")).to_contain_text("请另一位同事审核")
    visitor.find("#actor").fill(REVIEWER)
    visitor.find(".action-fields [type=submit]").click()
    expect(state).to_have_text("已发布")
    expect(visitor.find("#found")).to_have_text("可被检索到")
    expect(visitor.find("#attributes")).to_contain_text(f"审核{REVIEWER}")
    heads = visitor.find(".event-head strong")
    expect(heads).to_have_text(["发布", "提交审核", "修改", "修改", "起草"])

    address = visitor.address
    visitor.find("#reader-link").click()
    expect(visitor.find("#reader-text")).to_contain_text("扫一遍手册上的复位码")
    visitor.search("扫码枪没反应，读不出条码")
    expect(visitor.hits.first).to_contain_text("扫码枪读不出条码")

    visitor.open(address)
    take_step(visitor, "标记问题", 问题="outdated", 说明="新型号没有复位码")
    expect(visitor.find("#flags")).to_contain_text("过时：新型号没有复位码")
    visitor.open("/articles?view=review")
    expect(visitor.find(".block-title").first).to_contain_text("使用者标记了问题")
    visitor.page.get_by_role("link", name="扫码枪读不出条码").first.click()
    take_step(visitor, "归档", 归档的理由="设备已经报废")
    expect(state).to_have_text("已归档")
    visitor.open("/?q=扫码枪读不出条码")
    expect(visitor.find("#empty")).to_be_visible()


def test_of_two_who_write_at_once_neither_loses_anything(visitor: Visitor, api: httpx.Client) -> None:
    visitor.tolerate("409 (Conflict)")
    sign_in(visitor)
    article = draft(api, "两人同时改", cause="旧原因")
    edit(visitor, article)
    visitor.find("#text-cause").fill("我的原因")
    act(api, article, "edit", REVIEWER, cause="对方的原因", solution="对方的办法")
    visitor.find("#save").click()
    expect(visitor.find("#content-problem")).to_contain_text("这篇文章刚被别人改过，你的操作没有执行")
    visitor.find("#content-problem").get_by_role("button", name="载入最新").click()
    expect(visitor.find("#text-solution")).to_have_value("对方的办法")
    expect(visitor.find("#text-cause")).to_have_value("我的原因")
    expect(visitor.find("[data-clash=cause]")).to_contain_text("对方的原因")
    visitor.find("#save").click()
    expect(visitor.find("#save-hint")).to_have_text("已保存")
    expect(visitor.find("[data-clash]")).to_have_count(0)
    saved = api.get(f"/v1/articles/{article['article_id']}").json()
    assert (saved["cause"], saved["solution"]) == ("我的原因", "对方的办法")


def test_what_is_masked_on_saving_is_shown_so(visitor: Visitor, api: httpx.Client, desk: Desk) -> None:
    sign_in(visitor)
    ticket = desk.start("条码打印错位", customer="青山机械有限公司")
    ticket = desk.act(ticket, "resolve", cause="纸张设置", solution="校准纸张", minutes_worked=10)
    edit(visitor, post(api, "/v1/articles", ticket_id=ticket["ticket_id"], actor=WRITER))
    visitor.find("#text-cause").fill("青山机械换了纸")
    visitor.find("#save").click()
    expect(visitor.find("#text-cause")).to_have_value("[客户]换了纸")
    expect(visitor.find("#save")).to_be_disabled()
    expect(visitor.find("[data-clash]")).to_have_count(0)
    expect(visitor.find("#attributes")).to_contain_text(f"来自工单{ticket['ticket_id']}")


def test_a_revision_leaves_the_published_text_in_sight(visitor: Visitor, api: httpx.Client) -> None:
    sign_in(visitor)
    article = act(api, draft(api, "门禁卡刷不开", solution="重新授权"), "submit")
    edit(visitor, act(api, article, "publish", REVIEWER))
    visitor.find("#text-solution").fill("重新授权后等五分钟")
    visitor.find("#save").click()
    expect(visitor.find("#state")).to_have_text("审核中")
    visitor.find("#published summary").click()
    expect(visitor.find("#published-text")).to_contain_text("重新授权")
    expect(visitor.find("#published-text")).not_to_contain_text("五分钟")
    take_step(visitor, "退回", 退回的理由="说清为什么要等")
    expect(visitor.find("#state")).to_have_text("草稿")
    expect(visitor.find(".event").first).to_contain_text("说清为什么要等")


def test_an_article_is_drafted_from_a_solved_ticket(visitor: Visitor, desk: Desk) -> None:
    sign_in(visitor)
    ticket = desk.start("磅秤读数乱跳")
    visitor.open(f"/tickets/{ticket['ticket_id']}")
    expect(visitor.find("#problem-report")).to_have_attribute("href", f"/v1/tickets/{ticket['ticket_id']}/report.docx")
    expect(visitor.find("#draft-article")).to_be_hidden()
    desk.act(ticket, "resolve", cause="接地不良", solution="重做接地", minutes_worked=30)
    visitor.page.reload()
    visitor.find("#draft-article").click()
    expect(visitor.find("#title")).to_have_text("磅秤读数乱跳")
    expect(visitor.find("#text-solution")).to_have_value("重做接地")
    article = visitor.address

    visitor.open(f"/tickets/{ticket['ticket_id']}")
    expect(visitor.find("#open-article")).to_have_attribute("href", article)
    expect(visitor.find("#draft-article")).to_be_hidden()
    visitor.tolerate("409 (Conflict)")
    visitor.open("/articles")
    visitor.find("#new-article").click()
    visitor.find("#new-ticket-id").fill(ticket["ticket_id"])
    visitor.find("#new-submit").click()
    expect(visitor.find("#new-problem")).to_contain_text("已写成文章")
    visitor.find("#new-problem a").click()
    expect(visitor.find("#text-solution")).to_have_value("重做接地")


def published(api: httpx.Client, title: str, solution: str) -> dict[str, Any]:
    article = act(api, draft(api, title, solution=solution), "submit")
    return act(api, article, "publish", REVIEWER)


def judge(api: httpx.Client, title: str, article: dict[str, Any], outcome: str, **more: str) -> None:
    suggestion = post(api, "/v1/suggestions", title=title, external_id="INC-31")
    body = {"document_id": article["document_id"], "outcome": outcome, "actor": WRITER, **more}
    post(api, f"/v1/suggestions/{suggestion['suggestion_id']}/feedback", **body)


def test_a_changed_solution_is_offered_to_its_article(visitor: Visitor, api: httpx.Client, desk: Desk) -> None:
    sign_in(visitor)
    title = "投影仪画面偏黄"
    article = published(api, title, "重新插拔信号线")
    judge(api, title, article, "edited", text="重新插拔信号线，再把色温改为标准")
    visitor.open(f"/tickets/{desk.start(title)['ticket_id']}")
    card = visitor.page.locator(".solution", has_text="重新插拔信号线").first
    card.locator("summary").click()
    card.get_by_role("button", name="照此修改").click()
    expect(card.get_by_label("修改后的办法")).to_have_value("重新插拔信号线，再把色温改为标准")

    visitor.open("/articles?view=review")
    edited = visitor.page.get_by_role("table", name="使用者改了办法才采用")
    edited.get_by_role("link", name=title).click()
    expect(visitor.find("#edits")).to_contain_text("INC-31")
    visitor.find("#edits").get_by_role("button", name="填入解决办法").click()
    expect(visitor.find("#text-solution")).to_have_value("重新插拔信号线，再把色温改为标准")
    visitor.find("#save").click()
    expect(visitor.find("#state")).to_have_text("审核中")
    act(api, api.get(f"/v1/articles/{article['article_id']}").json(), "publish", REVIEWER)
    visitor.page.reload()
    expect(visitor.find("#state")).to_have_text("已发布")
    expect(visitor.find("#edits")).to_be_hidden()


def test_what_a_newer_solution_contradicts_is_listed_beside_it(visitor: Visitor, api: httpx.Client) -> None:
    title = "会议平板触摸没有反应"
    old = published(api, title, "用酒精擦屏幕")
    judge(api, title, old, "rejected", reason="擦了还是没反应")
    new = published(api, f"{title}，重启后正常几分钟", "升级触摸框固件")
    judge(api, title, new, "adopted")
    visitor.open("/articles?view=review")
    item = visitor.page.locator(".contradicted", has_text="1 次未能解决")
    expect(item).to_contain_text("INC-31 已否决：擦了还是没反应")
    expect(item.locator("h4 a")).to_have_attribute("href", f"/articles/{old['article_id']}")
    item.locator("h4 a").click()
    expect(visitor.find("#contradiction")).to_contain_text("擦了还是没反应")
    visitor.find("#contradiction").get_by_role("link", name="重启后正常几分钟").click()
    expect(visitor.find("#reader-text")).to_contain_text("升级触摸框固件")


def test_a_gap_becomes_a_draft_and_another_is_dismissed(visitor: Visitor, api: httpx.Client) -> None:
    sign_in(visitor)
    for query in ("蓝牙耳机连不上电脑怎么办", "电脑连不上蓝牙耳机", "年会在哪里开"):
        post(api, "/v1/search", query=query)
    visitor.open("/gaps")
    card = visitor.page.locator(".gap", has_text="年会在哪里开")
    card.get_by_role("button", name="忽略").click()
    card.get_by_label("忽略的理由").fill("与技术支持无关")
    card.locator("[type=submit]").click()
    expect(card).to_have_count(0)
    card = visitor.page.locator(".gap", has_text="蓝牙耳机")
    expect(card.locator(".gap-count")).to_have_text("2 次")
    expect(card.locator(".gap-examples li")).to_have_text(["电脑连不上蓝牙耳机"])
    card.get_by_role("button", name="起草文章").click()
    expect(visitor.find("#title")).to_have_text("蓝牙耳机连不上电脑怎么办")
    visitor.open("/gaps?view=drafted")
    expect(visitor.find(".gap-outcome")).to_contain_text(f"{WRITER}起草了")
    visitor.open("/gaps?view=dismissed")
    expect(visitor.find(".gap-outcome")).to_contain_text("与技术支持无关")
    visitor.find(".gap").get_by_role("button", name="取消忽略").click()
    expect(visitor.find("#empty-title")).to_have_text("没有忽略的缺口")


def test_a_report_shows_its_figures(visitor: Visitor, desk: Desk, api: httpx.Client) -> None:
    product = f"报表产品 {MARKUP}"
    for minutes in (20, 70):
        ticket = desk.act(desk.start("算得清", product=product), "respond", text="已接手")
        desk.act(ticket, "resolve", cause="缓存", solution="清缓存", minutes_worked=minutes)
    desk.record("还没办", product=product)
    visitor.open("/reports")
    row = visitor.page.get_by_role("region", name="按产品").locator("tr", has_text=product)
    solved_in = re.compile(" 分$")
    expect(row.locator("td")).to_have_text(["3", "0", "3", "100.0%", "2", "100.0%", solved_in, "—", "—", "1.5 小时"])

    period = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"
    report = api.get(f"/v1/reports/{period}").json()
    tile = visitor.find('[data-name="volume.created"]')
    expect(tile.locator(".tile-value")).to_have_text(str(report["figures"]["volume"]["created"]))
    expect(tile.locator(".tile-change")).to_have_text(f"比上期 +{report['figures']['volume']['created']}")
    expect(visitor.find(".plot")).to_have_count(3)
    drawn = [float(bar.get_attribute("height") or 0) for bar in visitor.find(".plot .series-created").all()]
    assert len(drawn) == len(report["trend"])
    assert [height > 0 for height in drawn] == [point["created"] > 0 for point in report["trend"]]
    visitor.find(".trend summary").click()
    expect(visitor.find(".trend tbody tr")).to_have_count(len(report["trend"]))
    expect(visitor.find(".trend tbody tr").last).to_contain_text(report["trend"][-1]["last_day"])
    assert visitor.find("#report img, #report b").count() == 0
    for link in ("#workbook", "#working-time"):
        answer = api.get(visitor.find(link).get_attribute("href") or "")
        assert answer.status_code == httpx.codes.OK
        assert "attachment" in answer.headers["content-disposition"]

    definition = next(one["text"] for one in report["definitions"] if one["name"] == "volume.created")
    tile.get_by_role("button", name="新建工单的口径").click()
    expect(tile.locator(".tile-definition")).to_have_text(definition)
    tile.get_by_role("button", name="新建工单的口径").click()
    expect(tile.locator(".tile-definition")).to_be_hidden()

    visitor.find("#previous").click()
    expect(visitor.find('[data-name="volume.created"] .tile-value')).to_have_text("0")
    visitor.find("#lengths").get_by_role("button", name="季报").click()
    expect(visitor.find("#title")).to_contain_text("季度统计")
    visitor.page.go_back()
    visitor.page.go_back()
    expect(tile.locator(".tile-value")).to_have_text(str(report["figures"]["volume"]["created"]))
    expect(visitor.find("#next")).to_be_disabled()


def test_a_printed_report_loses_no_column(visitor: Visitor, desk: Desk) -> None:
    desk.record("打印出来", product="产品名称比较长的衡川能源管理平台")
    visitor.page.set_viewport_size({"width": 703, "height": 1000})  # A4 upright between margins of 12 mm
    visitor.page.emulate_media(media="print")
    visitor.open("/reports")
    visitor.page.get_by_role("region", name="按产品").locator(".figures").wait_for()
    widths = "nodes => nodes.map((node) => [node.scrollWidth, node.parentElement.clientWidth])"
    for wanted, given in visitor.find("#report .figures").evaluate_all(widths):
        assert wanted <= given
    expect(visitor.find("#workbook")).to_be_hidden()


def test_a_period_that_is_none_is_not_asked_for(visitor: Visitor) -> None:
    visitor.open("/reports?period=../../tickets")
    expect(visitor.find(".tile").first).to_be_visible()
    visitor.tolerate("422")
    visitor.tolerate("400")
    visitor.open("/reports?period=2999-01")
    expect(visitor.find("#error-detail")).to_contain_text("2999-01")


def test_texts_are_shown_as_written(visitor: Visitor, api: httpx.Client) -> None:
    sign_in(visitor)
    article = draft(api, f"标题 {MARKUP}", solution=MARKUP, product=MARKUP)
    visitor.open("/articles?view=draft")
    expect(visitor.find(".articles tbody tr").first).to_contain_text(MARKUP)
    assert visitor.find("#articles img, #articles b").count() == 0
    edit(visitor, article)
    expect(visitor.find("#title")).to_have_text(f"标题 {MARKUP}")
    expect(visitor.find("#preview")).to_contain_text(MARKUP)
    assert visitor.find("#article img, #article b").count() == 0


def test_an_article_that_does_not_exist_is_said_so(visitor: Visitor) -> None:
    visitor.tolerate("404 (Not Found)")
    visitor.open("/articles/A999999")
    expect(visitor.find("#error-detail")).to_contain_text("没有编号为“A999999”的知识文章。请核对编号")


def test_the_pages_fit_a_phone_and_are_legible(phone_visitor: Visitor, api: httpx.Client) -> None:
    title = "很长的标题" * 20
    article = draft(api, title, solution="PPR9087" * 40, product="很长的产品名" * 10)
    post(api, "/v1/search", query="没人知道的事" * 12)
    sign_in(phone_visitor)
    number = article["article_id"]
    for path in (
        "/articles",
        "/articles?view=review",
        f"/articles/{number}",
        "/gaps",
        "/gaps?view=tickets",
        "/reports",
    ):
        phone_visitor.open(path)
        expect(phone_visitor.find("[aria-busy=true]")).to_have_count(0)
        widths = "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
        assert phone_visitor.page.evaluate(widths) == [390, 390, 390], path
        for scheme in ("light", "dark"):
            phone_visitor.page.emulate_media(color_scheme=scheme)
            assert phone_visitor.page.evaluate(LOW_CONTRAST) == [], path
        assert phone_visitor.page.evaluate(UNNAMED_CONTROLS) == [], path
        assert phone_visitor.find("h1:visible").count() == 1, path
