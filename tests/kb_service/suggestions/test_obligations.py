"""Which obligations a ticket triggers, and what a file of them that cannot be used is told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kb_service.suggestions.cues import Cue, Reading
from kb_service.suggestions.errors import ObligationsError
from kb_service.suggestions.obligations import Obligation, Situation, load_obligations, triggered
from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import TicketKind, TicketState

ONE = {"name": "首次响应", "why": "要响应", "clauses": ["响应"]}


def holds(situation: Situation, **when: Any) -> bool:
    return bool(triggered([Obligation.model_validate({**ONE, "when": when})], situation))


@pytest.mark.parametrize(
    ("when", "fits", "fits_not"),
    [
        ({"kinds": ["question"]}, {"kind": TicketKind.QUESTION}, {}),
        ({"states": ["new", "triaged"]}, {"state": TicketState.TRIAGED}, {"state": TicketState.CLOSED}),
        ({"priorities": ["P1", "P2"]}, {"priority": "P2"}, {"priority": "P3"}),
        ({"priorities": ["P1"]}, {"priority": "P1"}, {"priority": None}),
        ({"priorities": ["unset"]}, {"priority": None}, {"priority": "P1"}),
        ({"response": ["warning"]}, {"response": ClockState.WARNING}, {"resolution": ClockState.WARNING}),
        ({"resolution": ["breached"]}, {"resolution": ClockState.BREACHED}, {"response": ClockState.BREACHED}),
        ({"channels": ["电话"]}, {"channel": "电话"}, {"channel": None}),
        ({"levels": [2, 3]}, {"level": 2}, {"level": 1}),
        ({"reopened": True}, {"reopened": 1}, {"reopened": 0}),
        ({"reopened": False}, {"reopened": 0}, {"reopened": 1}),
        ({"reopened": 2}, {"reopened": 2}, {"reopened": 1}),
        ({"reopened": 2}, {"reopened": 3}, {"reopened": 0}),
        ({"words": "触电|漏电"}, {"text": "机柜漏电"}, {"text": "断电"}),
        ({"words": "焊机"}, {"text": "焊机不热"}, {"text": "不热", "product": "热熔焊机"}),
        ({"about": "焊机"}, {"text": "不热", "product": "热熔焊机"}, {"text": "不热"}),
        ({"about": "焊机"}, {"text": "不热", "category": "焊机"}, {"text": "不热", "product": "网关"}),
        ({"about": "焊机", "words": "不热"}, {"text": "不热", "product": "焊机"}, {"text": "热", "product": "焊机"}),
        ({}, {}, None),
    ],
)
def test_a_condition(when: dict[str, Any], fits: dict[str, Any], fits_not: dict[str, Any] | None) -> None:
    assert holds(Situation(**fits), **when)
    if fits_not is not None:
        assert not holds(Situation(**fits_not), **when)


def test_all_that_is_given_has_to_hold() -> None:
    when = {"kinds": ["incident"], "priorities": ["P1"], "words": "停产"}
    assert holds(Situation(priority="P1", text="停产了"), **when)
    assert not holds(Situation(priority="P1", text="慢"), **when)
    assert not holds(Situation(priority="P2", text="停产了"), **when)


def load(tmp_path: Path, content: Any) -> list[Obligation]:
    path = tmp_path / "rules.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return load_obligations(path)


def order(tmp_path: Path, entries: list[dict[str, Any]], text: str = "") -> list[tuple[str, int]]:
    found = triggered(load(tmp_path, {"obligations": [{**ONE, **one} for one in entries]}), Situation(text=text))
    return [(one.obligation.name, one.weight) for one in found]


def test_the_heavier_come_first_else_as_they_stand(tmp_path: Path) -> None:
    entries = [{"name": "a", "weight": 3}, {"name": "b", "weight": 9}, {"name": "c", "weight": 3}, {"name": "d"}]
    assert order(tmp_path, entries) == [("b", 9), ("d", 5), ("a", 3), ("c", 3)]


def test_of_one_weight_what_the_words_ask_for_comes_first(tmp_path: Path) -> None:
    entries = [
        {"name": "a"},
        {"name": "b", "when": {"words": "停机"}},
        {"name": "c", "when": {"about": "停机"}},
        {"name": "d", "weight": 6},
    ]
    assert order(tmp_path, entries, "要停机") == [("d", 6), ("b", 5), ("c", 5), ("a", 5)]


def test_words_make_an_obligation_pressing_where_it_holds(tmp_path: Path) -> None:
    entries = [
        {"name": "a", "weight": 6},
        {"name": "b", "weight": 3, "pressing": {"weight": 8, "words": "停机"}},
        {"name": "c", "when": {"states": ["closed"]}, "pressing": {"weight": 9, "words": "停机"}},
    ]
    assert order(tmp_path, entries, "慢") == [("a", 6), ("b", 3)]
    assert order(tmp_path, entries, "要停机") == [("b", 8), ("a", 6)]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"when": {"kinds": ["joke"]}}, "obligations.1.when.kinds"),
        ({"when": {"word": "x"}}, "obligations.1.when.word"),
        ({"when": {"words": "("}}, "obligations.1.when.words"),
        ({"when": {"words": ["停机", "("]}}, "obligations.1.when.words"),
        ({"when": {"words": []}}, "obligations.1.when.words"),
        ({"when": {"about": 3}}, "obligations.1.when.about"),
        ({"when": {"reopened": 1.5}}, "obligations.1.when.reopened"),
        ({"pressing": {"weight": 8}}, "obligations.1.pressing.words"),
        ({"pressing": {"weight": 10, "words": "停机"}}, "obligations.1.pressing.weight"),
        ({"when": {"priorities": ["P9"]}}, "obligations.1.when.priorities"),
        ({"clauses": []}, "obligations.1.clauses"),
        ({"clauses": ["x", "["]}, "obligations.1.clauses.1"),
        ({"clauses": ["x*"]}, "“x\\*”什么都能匹配"),
        ({"weight": 10}, "obligations.1.weight"),
        ({"wheight": 1}, "obligations.1.wheight"),
        ({"why": None}, "obligations.1.why"),
        ({"name": "首次响应"}, "“首次响应”"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(ObligationsError, match=place) as caught:
        load(tmp_path, {"obligations": [ONE, {**ONE, "name": "另一条", **wrong}]})
    assert "rules.yaml" in caught.value.detail


@pytest.mark.parametrize("content", ["", "- a", "obligations: 3", "rules: []", "a: [", "obligations: [1]"])
def test_what_is_no_file_of_obligations(tmp_path: Path, content: str) -> None:
    with pytest.raises(ObligationsError, match=r"rules\.yaml"):
        load(tmp_path, content)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ObligationsError, match=r"missing\.yaml"):
        load_obligations(tmp_path / "missing.yaml")
    (tmp_path / "gbk.yaml").write_bytes("obligations: 首次响应".encode("gbk"))
    with pytest.raises(ObligationsError, match=r"gbk\.yaml"):
        load_obligations(tmp_path / "gbk.yaml")


def test_those_that_come_with_the_service() -> None:
    packaged = load_obligations()
    assert len(packaged) > 200
    assert len({one.name for one in packaged}) == len(packaged)


@pytest.fixture(scope="module")
def packaged() -> dict[str, Obligation]:
    return {one.name: one for one in load_obligations()}


def cues(one: Obligation) -> list[Cue]:
    return [cue for cue in (one.when.words, one.when.about, one.pressing and one.pressing.words) if cue is not None]


WORDINGS: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("obligation_wordings.yaml").read_text(encoding="utf-8")
)


def test_their_words_are_found_in_many_ways_of_saying_it(packaged: dict[str, Obligation]) -> None:
    unheard = [
        (name, wording)
        for name, wordings in WORDINGS.items()
        for wording in wordings
        if not any(Reading(wording).says(cue) for cue in cues(packaged[name]))
    ]
    assert unheard == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("设备遗失报告", "手机端找不到入口"),
        ("投诉登记，30 分钟内转副组长", "两台服务器时间差八秒"),
        ("投诉登记，30 分钟内转副组长", "满意度统计表打不开"),
        ("休假、离岗交接在办工单", "OA 请假单提交后没有反应"),
        ("可能丢数据、金额错误至少 P2", "账号登录提示密码不对"),
        ("等研发、等厂家不算暂停", "转圈卡在 99%"),
        ("疑似 P1：立即响应", "我的报表打不开，别人的正常"),
        ("停机、改数据先取得客户书面同意", "我重启过电脑没有用"),
        ("现场事故处置", "主机风扇声音很大"),
        ("不收费、不收礼", "应付模块审批权限"),
        ("升级前备齐资料", "ERP 升级后菜单变了"),
        ("级别有争议：从高、当天裁定", "系统升级后打印变慢"),
        ("现场事故处置", "手滑把整个文件夹删了"),
        ("现场事故处置", "手上还压着另一张单"),
        ("信息安全事件报告", "手滑把自己的文件夹删了"),
        ("上门前约定时间", "申请已批，还没指派人"),
        ("远程接入先取得客户授权", "VPN连上后访问内网很慢"),
        ("客户寄来的设备", "客户物流主管来电"),
        ("维护到期、保修期外先受理", "收费站的车道机黑屏"),
        ("收费由公司报价、签约、开票", "电子发票模块报错"),
        ("持续辱骂：提醒两次后可结束通话", "二线想打回去"),
        ("登高：安全带、扶梯", "井深三米"),
        ("备件：没用掉的退库", "坏板扔在后备箱"),
        ("财务、薪资、客户数据须会签", "客户在电话里说尽快"),
        ("突发疾病：2 小时内指定接手人", "医院急诊收费窗口打不开"),
        ("用户说错也不争辩，换个说法再试", "我和同事在会议室争起来了"),
        ("不得隐瞒、伪造：主动报告从轻", "补丁发布了客户不知道"),
        ("复现用的数据先脱敏", "有备用电话可以打"),
        ("做不完的：与客户商定完成时间", "堵车赶不到现场"),
        ("没讲过的版本不推给客户", "下沟去补焊口，没给我做交底"),
        ("休假、离岗交接在办工单", "还没人跟他说上话"),
        ("投诉登记，30 分钟内转副组长", "工地嫌冷却慢"),
        ("确认身份和知悉资格", "来信时间周五下午"),
        ("用电：持证操作、断电验电、监护", "财务部王丽，电话 13800001111"),
        ("现场安全", "财务部王丽，电话 13800001111"),
        ("用电：持证操作、断电验电、监护", "厂家热线 400-380-1200"),
        ("现场安全", "厂家热线 400 380 1200"),
    ],
)
def test_and_not_in_what_sounds_alike(packaged: dict[str, Obligation], name: str, text: str) -> None:
    assert not any(Reading(text).says(cue) for cue in cues(packaged[name]))
