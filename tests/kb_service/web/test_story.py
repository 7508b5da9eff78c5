"""The whole story in the browser, on both databases: from a webhook to an article that others find."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.conftest import CORPUS, RunningService
from tests.kb_service.conftest import new_postgres_database
from tests.kb_service.story_texts import SECRET, SYMPTOM, TEXTS, sign_delivery
from tests.kb_service.web.conftest import Visitor
from tests.kb_service.web.test_ticket_page import take_step

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = pytest.mark.browser


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path, corpus_data_dir: Path) -> Iterator[RunningService]:
    """A service of the story's own, with a portal that sends it tickets."""
    folder = tmp_path / "data"
    folder.mkdir()
    # The texts' vectors are there already.
    shutil.copytree(corpus_data_dir / "embeddings", folder / "embeddings")
    (folder / "models").symlink_to((corpus_data_dir / "models").resolve(), target_is_directory=True)
    configuration = tmp_path / "integrations.yaml"
    connections = [{"name": "portal", "system": "generic", "secret": SECRET}]
    configuration.write_text(yaml.safe_dump({"connections": connections}), encoding="utf-8")
    environment = {"KB_INTEGRATIONS": str(configuration)}
    if request.param == "postgresql":
        environment["KB_DATABASE_URL"] = new_postgres_database(request.getfixturevalue("postgres_url"))
    running = RunningService(folder, environment)
    ingested = running.run("ingest", *(str(CORPUS / name) for name in TEXTS))
    assert ingested.returncode == 0, ingested.stdout + ingested.stderr
    yield running
    running.stop()


def receive(service: RunningService, kind: str, **ticket: str) -> str:
    """What the customer's own system tells; the ticket's id here."""
    body, headers = sign_delivery(kind, f"msg_{uuid.uuid4().hex}", **ticket)
    answer = httpx.post(f"{service.url}/v1/integrations/portal/webhook", content=body, headers=headers)
    return str(answer.raise_for_status().json()["ticket_id"])


def call_oneself(visitor: Visitor, name: str) -> None:
    visitor.find("#actor").fill(name)
    visitor.find("#actor").press("Tab")


def test_from_a_webhook_to_an_article_that_is_found(visitor: Visitor, service: RunningService) -> None:
    ticket_id = receive(
        service,
        "created",
        title="应付账龄表打不开",
        description=SYMPTOM,
        customer="衡川重工",
        channel="在线",
        product="衡川ERP",
    )
    visitor.open("/tickets")
    visitor.page.get_by_role("link", name="应付账龄表打不开").first.click()
    visitor.find("#suggestion[aria-busy=false] .solution").first.wait_for()
    call_oneself(visitor, "客服小林")
    state = visitor.find("#state")
    take_step(visitor, "分类定级", 分类="报表统计", 优先级="P2")
    take_step(visitor, "分派", 处理人="工程师老周")
    call_oneself(visitor, "工程师老周")
    take_step(visitor, "开始处理")

    # A suggestion is rejected, and the escalation says so by itself.
    first = visitor.find(".solution").first
    expect(first).to_contain_text("PPR-9087")
    first.get_by_role("button", name="否决").click()
    first.get_by_label("否决的理由").fill("视图都是有效的")
    first.get_by_label("否决的理由").press("Enter")
    expect(first.locator(".solution-state")).to_have_text("已否决：视图都是有效的")
    visitor.find("#actions").get_by_role("button", name="升级").click()
    form = visitor.find(".action-fields")
    form.get_by_label("升级到几线").select_option(label="二线")
    form.get_by_label("原因").first.fill("须登录报表服务器")
    assert "视图都是有效的" in form.get_by_label("已试过什么").input_value()
    form.get_by_role("button", name="升级").click()
    expect(state).to_have_text("已升级")
    expect(visitor.find("#rules .rule").first).to_be_visible()
    call_oneself(visitor, "工程师老吴")
    take_step(visitor, "分派", 处理人="工程师老吴")
    take_step(visitor, "开始处理")

    # Another one is adopted, answered to the customer and resolves it, for a while.
    second = visitor.find(".solution").nth(1)
    second.get_by_role("button", name="采用", exact=True).click()
    expect(second.locator(".solution-state")).to_have_text("已采用")
    visitor.find("#respond").click()
    expect(visitor.find(".event").first).to_contain_text("回复客户")
    visitor.find("#fill-resolve").click()
    form = visitor.find(".action-fields")
    form.get_by_label("原因分析").fill("数据集缺列")
    form.get_by_label("用时").fill("40")
    form.get_by_role("button", name="解决").click()
    expect(state).to_have_text("已解决")
    take_step(visitor, "客户确认，关闭")
    expect(state).to_have_text("已关闭")
    assert receive(service, "reopened") == ticket_id
    visitor.page.reload()
    expect(state).to_have_text("已重开")
    expect(visitor.find(".solution").nth(1).locator(".solution-state")).to_have_text("用后仍未解决")
    take_step(visitor, "开始处理")
    take_step(visitor, "解决", 原因分析="报表服务器时钟快了九分钟", 解决办法="校准时钟\n重启 hc-report", 用时="30")
    assert receive(service, "closed") == ticket_id
    visitor.page.reload()
    expect(state).to_have_text("已关闭")

    # What was learnt becomes an article that another one reviews and everybody finds.
    visitor.find("#draft-article").click()
    expect(state).to_have_text("草稿")
    expect(visitor.find("#text-solution")).to_have_value("校准时钟\n重启 hc-report")
    take_step(visitor, "提交审核")
    expect(state).to_have_text("审核中")
    call_oneself(visitor, "组长")
    take_step(visitor, "发布")
    expect(visitor.find("#found")).to_have_text("可被检索到")
    visitor.search("报表服务器时钟快了九分钟")
    expect(visitor.hits.first).to_contain_text("应付账龄表打不开")
    visitor.open("/reports")
    expect(visitor.find('[data-name="volume.created"] .tile-value')).to_have_text("1")
