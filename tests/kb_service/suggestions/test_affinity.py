"""What a past ticket has in common with this one beyond what the search saw."""

from math import exp, log

import pytest

from kb_service.suggestions.affinity import BRIDGE, OWN, find_affinities

PAST = {"paper": "打印机卡纸", "spool": "打印服务停止", "vpn": "VPN 连不上"}


def test_by_hand() -> None:
    # 打印 is in two of three past tickets, 印机 and 卡纸 in one, 坏了 in none; pairs: 打印 印机 机卡 卡纸 纸坏 坏了.
    def rarity(holders: int) -> float:
        return log(1 + (3 - holders + 0.5) / (holders + 0.5))

    whole = rarity(2) + 3 * rarity(1) + 2 * rarity(0)
    found = find_affinities("打印机卡纸坏了", PAST, [])
    assert found["paper"] == pytest.approx(OWN * (rarity(2) + 3 * rarity(1)) / whole)
    assert found["spool"] == pytest.approx(OWN * rarity(2) / whole)
    assert found["vpn"] == 0


def test_the_same_words_are_as_near_as_can_be() -> None:
    assert find_affinities("打印机卡纸", PAST, [])["paper"] == pytest.approx(OWN)


def test_a_text_that_explains_both_brings_them_together() -> None:
    bridge = "屏幕全黑：多为显卡驱动损坏"
    past = {"driver": "显卡驱动损坏，重装", "cable": "线缆松动"}
    assert find_affinities("屏幕全黑", past, []) == {"driver": 0, "cable": 0}
    found = find_affinities("屏幕全黑", past, [(1.0, bridge)])
    assert found["driver"] > 0
    assert found["cable"] == 0


def test_the_better_text_speaks_louder() -> None:
    past = {"a": "甲乙丙", "b": "丁戊己"}
    found = find_affinities("x", past, [(1.0, "丁戊己"), (1.5, "甲乙丙")])
    low = exp(-4 * 0.5)
    assert found == pytest.approx({"a": BRIDGE / (1 + low), "b": BRIDGE * low / (1 + low)})


def test_of_many_texts_the_best_four_speak() -> None:
    past = {"a": "甲乙丙"}
    assert find_affinities("x", past, [*((1.0, "无关") for _ in range(4)), (0.9, "甲乙丙")]) == {"a": 0}


def test_width_and_case_do_not_matter() -> None:
    assert find_affinities("ｖｐｎ", PAST, [])["vpn"] == pytest.approx(find_affinities("VPN", PAST, [])["vpn"])
    assert find_affinities("vpn", PAST, [])["vpn"] == pytest.approx(OWN)


@pytest.mark.parametrize("query", ["", "？", "打"])
def test_a_query_without_words_has_nothing_in_common(query: str) -> None:
    assert find_affinities(query, PAST, []) == dict.fromkeys(PAST, 0)


def test_nothing_to_compare() -> None:
    assert find_affinities("打印机", {}, [(1.0, "打印机")]) == {}
