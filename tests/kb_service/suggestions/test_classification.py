"""A vote of the nearest resolved tickets, counted by hand."""

from math import exp

import pytest

from kb_service.suggestions.classification import Voter, classify
from kb_service.suggestions.models import Classification


def voter(score: float, product: str | None = None, **attributes: str) -> Voter:
    return Voter(score, product, attributes)


def test_nobody_to_ask() -> None:
    nothing = Classification(category=None, priority=None, group=None, confidence=0.0)
    assert classify([], None) == nothing
    assert classify([voter(1.0)], "衡川ERP") == nothing


def test_each_attribute_is_voted_on_by_itself() -> None:
    found = classify(
        [
            voter(2.0, category="打印", priority="P3"),
            voter(2.0, category="打印", line="二线"),
            voter(2.0, category="网络", priority="P2", line="一线"),
            voter(2.0, priority="P2", line="一线"),
        ],
        None,
    )
    assert (found.category, found.priority, found.group) == ("打印", "P2", "一线")
    assert found.confidence == pytest.approx(2 / 3, abs=1e-4)


def test_the_nearer_weighs_more() -> None:
    found = classify([voter(3.0, category="打印"), *[voter(2.5, category="网络")] * 7], None)
    far = exp(-4 * 0.5)
    assert found.category == "打印"
    assert found.confidence == pytest.approx(1 / (1 + 7 * far), abs=1e-4)
    assert classify([voter(3.0, category="打印"), *[voter(2.9, category="网络")] * 2], None).category == "网络"


def test_the_same_product_counts_twice() -> None:
    voters = [voter(2.0, "A", category="打印"), voter(2.0, "B", category="网络"), voter(2.0, "C", category="邮箱")]
    assert classify(voters, "B").category == "网络"
    assert classify(voters, "B").confidence == pytest.approx(0.5)
    assert classify(voters, None).confidence == pytest.approx(1 / 3, abs=1e-4)


def test_the_first_eight_vote() -> None:
    voters = [*[voter(1.0, category="打印")] * 4, *[voter(1.0, category="网络")] * 4]
    tied = classify(voters, None)
    assert classify([*voters, *[voter(1.0, category="打印")] * 9], None) == tied
    assert tied.confidence == pytest.approx(0.5)


def test_a_tie_is_broken_the_same_way_whatever_the_order() -> None:
    voters = [voter(1.0, category="甲"), voter(1.0, category="乙")]
    assert classify(voters, None) == classify(voters[::-1], None)
