"""Codes, addresses and clause numbers: found whole, under one key, by their parts - and not where there are none."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.identifiers import Identifier, IdentifierKind, iter_identifiers
from ingest.tokenizer import fold

CODE, ADDRESS = IdentifierKind.CODE, IdentifierKind.ADDRESS
CLAUSE, VERSION = IdentifierKind.CLAUSE, IdentifierKind.VERSION


def found_in(text: str) -> list[Identifier]:
    return list(iter_identifiers(fold(text)))


@pytest.mark.parametrize(
    ("text", "kind", "key", "parts"),
    [
        ("ORA-12541", CODE, "ora12541", ("ora", "12541")),
        ("0x80070005", CODE, "0x80070005", ("80070005",)),
        ("192.168.1.1", ADDRESS, "192.168.1.1", ()),
        ("192.168.1.1:1521", ADDRESS, "192.168.1.1", ("192.168.1.1:1521", "1521")),
        ("10.20.0.0/16", ADDRESS, "10.20.0.0", ("10.20.0.0/16", "16")),
        ("DN160", CODE, "dn160", ("dn", "160")),
        ("Φ160-250", CODE, "φ160250", ("φ160", "250", "160")),
        ("KB5034441", CODE, "kb5034441", ("kb", "5034441")),
        ("VPN809", CODE, "vpn809", ("vpn", "809")),
        ("VPN-E601", CODE, "vpne601", ("vpn", "e601", "601")),
        ("HL-2260D", CODE, "hl2260d", ("hl", "2260d", "2260")),
        ("S5735-24T", CODE, "s573524t", ("s5735", "24t", "5735", "24")),
        ("TK-2025-1003", CODE, "tk20251003", ("tk", "2025", "1003")),
        ("28P01", CODE, "28p01", ("28", "01")),
        ("v2.3.1", VERSION, "2.3.1", ()),
        ("第4.12条", CLAUSE, "第4.12条", ()),
        ("第二十四条之一", CLAUSE, "第24条之1", ()),
        ("第三章", CLAUSE, "第3章", ()),
    ],
)
def test_one_identifier(text: str, kind: IdentifierKind, key: str, parts: tuple[str, ...]) -> None:
    for before, after in (("", ""), ("报错", "怎么办"), ("（", "）。"), ("a ", " b")):
        [identifier] = found_in(before + text + after)
        assert (identifier.kind, identifier.key, identifier.parts) == (kind, key, parts)
        assert (identifier.start, identifier.end) == (len(before), len(before) + len(text))
        # 第四条 stands in every regulation, 第4.12条 in few.
        assert identifier.decisive == (kind in (CODE, ADDRESS) or text == "第4.12条")


@pytest.mark.parametrize(
    ("writings", "key"),
    [
        (("PPR-9087", "ppr 9087", "PPR_9087", "PPR9087", "ＰＰＲ－９０８７", "PPR—9087"), "ppr9087"),
        (("ORA-12541", "ora 12541", "ORA12541"), "ora12541"),
        (("第十五条", "第15条", "第 15 条", "第１５条", "第　１５　条", "第一五条"), "第15条"),
        (("第二十四条之一", "第24条之1", "第 24 条之一"), "第24条之1"),
        (("192.168.1.1", "192.168.1.1:1521", "１９２.168.1.1", "192.168.1.1：1521"), "192.168.1.1"),
        (("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"), "00:1a:2b:3c:4d:5e"),
        (("Φ160-250", "φ160—250", "Φ 160-250"), "φ160250"),
        (("v2.3", "2.3"), "2.3"),
        (("MEET-1415", "MEET 1415", "meet: 1415"), "meet1415"),
    ],
)
def test_writings_of_one_identifier_share_a_key(writings: tuple[str, ...], key: str) -> None:
    assert {text: [item.key for item in found_in(text)] for text in writings} == {text: [key] for text in writings}


@pytest.mark.parametrize(
    ("one", "other"),
    [("第二十四条", "第二十四条之一"), ("第15条", "第15章"), ("PPR-9087", "PPR-9088"), ("第4.1条", "第4.12条")],
)
def test_different_identifiers_have_different_keys(one: str, other: str) -> None:
    assert found_in(one)[0].key != found_in(other)[0].key


def test_a_query_may_name_several() -> None:
    found = found_in("MySQL ERROR 1045，主机10.0.0.8:3306，见第十五条第二款")
    assert [(item.text, item.key) for item in found] == [
        ("error 1045", "error1045"),
        ("10.0.0.8:3306", "10.0.0.8"),
        ("第十五条", "第15条"),
        ("第二款", "第2款"),
    ]


def test_identifiers_may_touch() -> None:
    assert [item.key for item in found_in("第15条Φ160第3款")] == ["第15条", "φ160", "第3款"]


def test_status_code_of_a_bounced_mail() -> None:
    assert [item.key for item in found_in("退信 550 5.7.1 SPF fail")] == ["5.7.1"]


@pytest.mark.parametrize(
    "text",
    [
        *("服务器连接不上怎么办", "员工请假须提前申请", "一次性解决十个问题", "第二天", "第三次", "第一", "条款"),
        *("2007年2月7日", "2天内制做出建议书", "每周五天，每天8小时", "9:00-18:30", "1/4", "COM 口", "Windows 系统"),
        *("the printer is offline", "e-mail", "一线-二线", ""),
    ],
)
def test_plain_text_has_none(text: str) -> None:
    assert found_in(text) == []


@pytest.mark.parametrize("text", ["1.6管材", "0.5元/M", "涨了2.5倍"])
def test_a_figure_decides_nothing(text: str) -> None:
    assert not any(item.decisive for item in found_in(text))


@pytest.mark.parametrize("text", ["XPPR-9087号", "192.168.1.1.5", "0x", "1921.168.1.1"])
def test_a_piece_of_something_longer_is_not_taken_for_it(text: str) -> None:
    assert not {"ppr9087", "192.168.1.1", "0x"} & {item.key for item in found_in(text)}


_PIECES = st.sampled_from(
    [
        *("PPR-9087", "ppr 9087", "0x8007", "192.168.1.1", ":1521", "/16", "DN160", "Φ160-250", "第15条", "第十五条"),
        *(
            "之一",
            "第4.12条",
            "5.7.1",
            "v2.3",
            "28P01",
            "error ",
            "1045",
            "-",
            "_",
            ".",
            " ",
            "的",
            "故障",
            "　",
            "１２",
        ),
        *("00:1A:2B:3C:4D:5E", "第", "条", "a", "Z9", "İ", "ß", "—"),
    ]
)


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_offsets_are_right_and_nothing_overlaps(text: str) -> None:
    folded = fold(text)
    found = list(iter_identifiers(folded))
    assert all(before.end <= after.start for before, after in pairwise(found))
    for item in found:
        assert item.start < item.end
        assert folded[item.start : item.end] == item.text
        assert item.key
        assert item.key not in item.parts
        assert len(set(item.parts)) == len(item.parts)


@given(st.integers(1, 9999), st.sampled_from("编章节条款项"))
def test_clause_keys_do_not_depend_on_width_or_space(number: int, unit: str) -> None:
    full_width = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    writings = (f"第{number}{unit}", f"第 {number} {unit}", f"第{full_width}{unit}")
    assert {item.key for text in writings for item in found_in(text)} == {f"第{number}{unit}"}
