"""What each system's webhooks are read as, and whose signature is believed."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.datastructures import Headers

from kb_service.integrations.changes import Happening, InboundChange
from kb_service.integrations.errors import BadSignatureError, StaleWebhookError, UnreadablePayloadError
from kb_service.integrations.systems.registry import SYSTEMS
from tests.kb_service.integrations.sending_systems import PAYLOADS, SECRETS, load_payload, sign, to_body

H = Happening
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FIRST_PAYLOADS = [(system, f"{system}_created") for system in SYSTEMS]


def read(name: str, **changed: Any) -> InboundChange:
    system = name.split("_")[0]
    payload = {**load_payload(name), **changed}
    return SYSTEMS[system].read(Headers(sign(system, to_body(payload), NOW)), payload)  # type: ignore[index]


def verify(system: Any, headers: dict[str, str], body: bytes, now: datetime = NOW) -> None:
    SYSTEMS[system].verify(Headers(headers), body, SECRETS[system], now, SYSTEMS[system].tolerance_seconds)


@pytest.mark.parametrize(
    ("name", "external_id", "happening", "text", "who"),
    [
        (
            "zammad_created",
            "81",
            H.CREATED,
            "从 ERP 打印凭证，提示\n找不到模板\n。\n昨天还正常 & 没改过设置。",
            "小禾 林",
        ),
        ("zammad_replied", "81", H.CUSTOMER_REPLIED, "重启之后还是不行，温度 <5℃ 的机房也试了", "小禾 林"),
        ("zammad_note", "81", H.OTHER, "模板服务器已重启", "明 周"),
        ("zammad_closed", "81", H.CLOSED, "", "明 周"),
        ("zammad_reopened", "81", H.REOPENED, "又出现了同样的提示", "小禾 林"),
        ("chatwoot_created", "26", H.CREATED, "VPN 连上就断，错误 809", "林小禾"),
        ("chatwoot_replied", "26", H.CUSTOMER_REPLIED, "换了手机热点也一样", "林小禾"),
        ("chatwoot_answered", "26", H.OTHER, "请重启拨号服务再试", "周明"),
        ("chatwoot_resolved", "26", H.CLOSED, "", ""),
        ("chatwoot_reopened", "26", H.REOPENED, "", ""),
        ("jira_created", "ITS-18", H.CREATED, "部门新设岗位，需要维护审批流程。", "林小禾"),
        ("jira_commented", "ITS-18", H.CUSTOMER_REPLIED, "补充：工号 H1024\n谢谢", "林小禾"),
        ("jira_closed", "ITS-18", H.CLOSED, "", "周明"),
        ("jira_reopened", "ITS-18", H.REOPENED, "", "林小禾"),
        ("glpi_created", "312", H.CREATED, "三楼 301 会议室\n投屏时黑屏", "林小禾"),
        ("glpi_followup", "312", H.CUSTOMER_REPLIED, "换线之后仍黑屏", "林小禾"),
        ("glpi_followup_alone", "312", H.OTHER, "已更换 HDMI 线", ""),
        ("glpi_solved", "312", H.OTHER, "", ""),
        ("glpi_closed", "312", H.CLOSED, "", ""),
        ("znuny_created", "455", H.CREATED, "GW200 网关从早上起离线，指示灯红色常亮。", None),
        ("znuny_replied", "455", H.CUSTOMER_REPLIED, "断电重启过，仍离线。", None),
        ("znuny_closed", "455", H.CLOSED, "", ""),
        ("znuny_reopened", "455", H.REOPENED, "", ""),
        ("generic_created", "R-1001", H.CREATED, "自昨天下午起，外部来信都收不到。", "林小禾"),
        ("generic_replied", "R-1001", H.CUSTOMER_REPLIED, "发件人说收到退信 550", "林小禾"),
        ("generic_closed", "R-1001", H.CLOSED, "", "林小禾"),
        ("generic_reopened", "R-1001", H.REOPENED, "又收不到了", "林小禾"),
    ],
)
def test_payloads_are_read(name: str, external_id: str, happening: H, text: str, who: str | None) -> None:
    change = read(name)
    assert (change.external_id, change.happening, change.description) == (external_id, happening, text)
    assert change.who == (who if who is not None else "林小禾 <lin.xiaohe@hengchuan.example>")
    assert change.delivery_id
    assert change.at is not None
    assert change.at.tzinfo is not None
    assert datetime(2026, 11, 25, 1, tzinfo=UTC) <= change.at < datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_every_recorded_payload_is_read_by_a_test() -> None:
    text = test_payloads_are_read.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {case[0] for case in text}


@pytest.mark.parametrize(
    ("name", "title", "customer", "channel", "product", "category"),
    [
        ("zammad_created", "打印凭证提示找不到模板", "衡川重工", "邮件", None, "打印与外设"),
        ("chatwoot_created", "VPN 连上就断，错误 809", "林小禾", "在线", None, None),
        ("jira_created", "申请开通 OA 流程管理员权限", "林小禾", "Jira", "信息服务台", "服务请求"),
        ("glpi_created", "会议室终端黑屏", "林小禾", "服务台", None, "会议终端"),
        ("znuny_created", "GW200 网关离线", "衡川重工", "邮件", "现场网关", "网络组"),
        ("generic_created", "邮箱收不到外部邮件", "衡川重工", "自助台", "企业邮箱", "邮件"),
    ],
)
def test_a_new_ticket_says_who_wants_what(
    name: str, title: str, customer: str, channel: str, product: str | None, category: str | None
) -> None:
    change = read(name)
    assert (change.title, change.customer, change.channel) == (title, customer, channel)
    assert (change.product, change.category) == (product, category)
    assert change.at == datetime(2026, 11, 25, 1, tzinfo=UTC).replace(
        microsecond=change.at.microsecond if change.at else 0
    )


def test_an_event_that_is_not_followed_is_read_as_nothing() -> None:
    contact = read("chatwoot_created", event="contact_updated")
    assert (contact.happening, contact.description) == (H.OTHER, "")
    second = read("jira_commented", webhookEvent="comment_created")
    assert (second.happening, second.description) == (H.OTHER, "")


def test_a_private_message_is_no_reply_of_the_customer() -> None:
    assert read("chatwoot_replied", private=True).happening is H.OTHER
    assert read("chatwoot_replied", message_type="activity", content="周明 关闭了会话").description == ""


@pytest.mark.parametrize(
    ("name", "changed", "field"),
    [
        ("zammad_created", {"ticket": {"id": 1}}, "ticket.title"),
        ("zammad_created", {"ticket": None}, "ticket"),
        ("chatwoot_created", {"id": "abc"}, "id"),
        ("chatwoot_replied", {"conversation": None}, "conversation"),
        ("jira_created", {"issue": {"key": "A-1"}}, "issue.fields"),
        ("jira_created", {"timestamp": "昨天"}, "timestamp"),
        ("glpi_created", {"item": []}, "item"),
        ("glpi_followup", {"item": {"itemtype": "Ticket", "items_id": 1, "id": 2}}, "item.content"),
        ("znuny_created", {"Event": {}}, "Event.Event"),
        ("generic_created", {"type": "vanished"}, "type"),
        ("generic_created", {"data": {"ticket": {"id": "1", "customer": "衡川"}}}, "data.ticket.title"),
        ("generic_created", {"data": {"ticket": {"title": "x"}}}, "data.ticket.id"),
        ("generic_created", {"timestamp": 1e300}, "timestamp"),
    ],
)
def test_a_missing_field_is_named(name: str, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(UnreadablePayloadError) as caught:
        read(name, **changed)
    assert caught.value.members["field"] == field
    assert field in caught.value.detail


@pytest.mark.parametrize(("system", "name"), FIRST_PAYLOADS)
def test_signed_webhooks_are_believed_and_others_are_not(system: Any, name: str) -> None:
    body = to_body(load_payload(name))
    headers = sign(system, body, NOW)
    verify(system, headers, body)
    signature = next(key for key in headers if "signature" in key or key == "authorization")
    for wrong in ("", "sha1=", headers[signature][:-4] + "0000", headers[signature] + "é", "v1,"):
        with pytest.raises(BadSignatureError):
            verify(system, {**headers, signature: wrong}, body)
    with pytest.raises(BadSignatureError):
        verify(system, {key: value for key, value in headers.items() if key != signature}, body)
    if system != "znuny":
        for changed in (body + b" ", b"", b"\xff\xfe"):
            with pytest.raises(BadSignatureError):
                verify(system, headers, changed)


@pytest.mark.parametrize("system", ["chatwoot", "glpi", "generic"])
def test_a_signed_time_must_be_near(system: Any) -> None:
    body, tolerance = b"{}", timedelta(seconds=SYSTEMS[system].tolerance_seconds)
    headers = sign(system, body, NOW)
    verify(system, headers, body, NOW + tolerance)
    for moment in (NOW + tolerance + timedelta(seconds=1), NOW - tolerance - timedelta(seconds=1)):
        with pytest.raises(StaleWebhookError, match="clock_tolerance_seconds"):
            verify(system, headers, body, moment)
    time_header = next(key for key in headers if "timestamp" in key)
    # A time that was put in afterwards does not fit the signature.
    for forged in (str(int(headers[time_header]) + 9), "", "soon", "9" * 30, "-1"):
        with pytest.raises(BadSignatureError):
            verify(system, {**headers, time_header: forged}, body)


def test_atlassian_s_own_example_of_a_signature() -> None:
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    SYSTEMS["jira"].verify(
        Headers({"X-Hub-Signature": signature}), b"Hello World!", "It's a Secret to Everybody", NOW, 300
    )
    with pytest.raises(BadSignatureError):
        SYSTEMS["jira"].verify(
            Headers({"X-Hub-Signature": signature}), b"Hello World?", "It's a Secret to Everybody", NOW, 300
        )


def test_a_key_that_is_being_changed_signs_along() -> None:
    body = to_body(load_payload("generic_created"))
    headers = sign("generic", body, NOW)
    headers["webhook-signature"] = "v1,b2xk v1a,x " + headers["webhook-signature"]
    verify("generic", headers, body)
    headers["webhook-signature"] = "v1,b2xk v1a,x"
    with pytest.raises(BadSignatureError):
        verify("generic", headers, body)


def test_znuny_may_break_its_header_into_lines() -> None:
    encoded = base64.b64encode(SECRETS["znuny"].encode()).decode()
    verify("znuny", {"authorization": f"Basic {encoded[:20]}\n {encoded[20:]}\n"}, b"{}")
    with pytest.raises(BadSignatureError):
        verify("znuny", {"authorization": f"Basic {encoded[:20]}"}, b"{}")


def test_retries_have_the_same_delivery_id_and_other_events_another() -> None:
    first, again = read("znuny_replied"), read("znuny_replied", Extra=1)
    assert first.delivery_id == again.delivery_id != read("znuny_created").delivery_id
    assert read("znuny_closed").delivery_id != read("znuny_reopened").delivery_id
    assert read("glpi_created").delivery_id == read("glpi_created").delivery_id != read("glpi_closed").delivery_id
