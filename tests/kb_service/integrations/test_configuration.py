"""The file of connections and subscriptions: what it may say, and what is told of one that cannot be used."""

import base64
from pathlib import Path
from typing import Any

import pytest

from kb_service.integrations.configuration import Integrations
from kb_service.integrations.errors import ConnectionNotFoundError, IntegrationsError

KEY = "whsec_" + base64.b64encode(b"\x05" * 24).decode()
ZAMMAD = {"name": "helpdesk", "system": "zammad", "secret": "a-long-enough-secret"}
ERP = {"name": "erp", "url": "https://erp.hengchuan.example/hooks", "secret": KEY}


def test_a_file_that_says_all(tmp_path: Path) -> None:
    path = tmp_path / "integrations.yaml"
    path.write_text(
        f"""
connections:
  - {{name: helpdesk, system: zammad, secret: a-long-enough-secret}}
  - {{name: portal, system: generic, secret: {KEY}, clock_tolerance_seconds: 60}}
subscriptions:
  - {{name: erp, url: "https://erp.hengchuan.example/hooks", secret: {KEY}, events: [ticket.created, ticket.closed]}}
dify: {{api_key: a-long-enough-api-key, clearance: 2, departments: [技术部]}}
""",
        encoding="utf-8",
    )
    read = Integrations.load(path)
    assert read.get_connection("helpdesk").system == "zammad"
    assert read.get_connection("portal").clock_tolerance_seconds == 60
    assert read.subscriptions[0].events == {"ticket.created", "ticket.closed"}
    assert read.dify is not None
    assert read.dify.departments == {"技术部"}
    with pytest.raises(ConnectionNotFoundError, match="KB_INTEGRATIONS"):
        read.get_connection("nobody")


def test_without_a_file_nothing_is_connected() -> None:
    assert Integrations.load(None) == Integrations()


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"connection": []}, "connection：是不认识的字段"),
        ({"connections": [{**ZAMMAD, "secret": "short"}]}, "connections.0.secret：至少 16 个字符"),
        ({"connections": [{**ZAMMAD, "system": "redmine"}]}, "connections.0.system：取值应为 zammad、"),
        ({"connections": [{**ZAMMAD, "name": "Help Desk"}]}, "connections.0.name：含有不允许的字符或格式不对"),
        ({"connections": [{"name": "x", "system": "jira"}]}, "connections.0.secret：必须填写"),
        ({"connections": [ZAMMAD, ZAMMAD]}, "名称“helpdesk”用了两次"),
        ({"connections": [{**ZAMMAD, "system": "generic"}]}, "secret 应为 whsec_ 加"),
        ({"connections": [{**ZAMMAD, "system": "generic", "secret": "whsec_dG9vIHNob3J0"}]}, "24 个以上随机字节"),
        ({"connections": [{**ZAMMAD, "system": "znuny"}]}, "用户名:密码"),
        ({"connections": [{**ZAMMAD, "clock_tolerance_seconds": 0}]}, "clock_tolerance_seconds"),
        ({"subscriptions": [{**ERP, "url": "ftp://erp"}]}, "subscriptions.0.url：应为 http:// 或 https:// 开头的网址"),
        ({"subscriptions": [{**ERP, "secret": "whsec_" + "?" * 40}]}, "secret 应为 whsec_ 加"),
        (
            {"subscriptions": [{**ERP, "events": ["ticket.vanished"]}]},
            "没有事件“ticket.vanished”。可用：ticket.created",
        ),
        ({"dify": {"api_key": "short"}}, "dify.api_key：至少 16 个字符"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(stated: dict[str, Any], told: str) -> None:
    with pytest.raises(IntegrationsError) as caught:
        Integrations.build(stated)
    assert told in caught.value.detail


def test_secrets_are_not_told(tmp_path: Path) -> None:
    with pytest.raises(IntegrationsError) as caught:
        Integrations.build({"connections": [{**ZAMMAD, "system": "generic"}]})
    assert ZAMMAD["secret"] not in caught.value.detail
    path = tmp_path / "integrations.yaml"
    path.write_text("dify: {api_key: a-long-enough-secret\nconnections: [", encoding="utf-8")
    with pytest.raises(IntegrationsError, match="第 2 行") as broken:
        Integrations.load(path)
    assert "a-long-enough-secret" not in broken.value.detail
    assert "a-long-enough-secret" not in repr(Integrations.build({"connections": [ZAMMAD], "subscriptions": [ERP]}))


@pytest.mark.parametrize("text", ["- 一", "12", "", "\x00"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "integrations.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IntegrationsError, match=r"integrations\.yaml"):
        Integrations.load(path)
    with pytest.raises(IntegrationsError, match="读不了"):
        Integrations.load(tmp_path / "no-such.yaml")
