"""A vote of the nearest resolved tickets, counted by hand."""

from math import exp

import pytest

from kb_service.suggestions.classification import Voter, classify
from kb_service.suggestions.models import Classification


def far(_name: str) -> float:
    """No category's name is near to the ticket."""
    return 0.0


def voter(score: float, product: str | None = None, **attributes: str) -> Voter:
    return Voter(score, product, attributes)


def test_nobody_to_ask() -> None:
    nothing = Classification(category=None, priority=None, group=None, confidence=0.0, categories=[])
    assert classify([], None, far) == nothing
    assert classify([voter(1.0)], "衡川ERP", far) == nothing


def test_each_attribute_is_voted_on_by_itself() -> None:
    found = classify(
        [
            voter(2.0, category="打印", priority="P3"),
            voter(2.0, category="打印", line="二线"),
            voter(2.0, category="网络", priority="P2", line="一线"),
            voter(2.0, priority="P2", line="一线"),
        ],
        None,
        far,
    )
    assert (found.category, found.priority, found.group) == ("打印", "P2", "一线")
    assert found.confidence == pytest.approx(2 / 3, abs=1e-4)


def test_the_nearer_weighs_more() -> None:
    found = classify([voter(3.0, category="打印"), *[voter(2.5, category="网络")] * 7], None, far)
    vote = exp(-4 * 0.5)
    assert found.category == "打印"
    assert found.confidence == pytest.approx(1 / (1 + 7 * vote), abs=1e-4)
    assert classify([voter(3.0, category="打印"), *[voter(2.9, category="网络")] * 2], None, far).category == "网络"


def test_the_same_product_counts_twice() -> None:
    voters = [voter(2.0, "A", category="打印"), voter(2.0, "B", category="网络"), voter(2.0, "C", category="邮箱")]
    assert classify(voters, "B", far).category == "网络"
    assert classify(voters, "B", far).confidence == pytest.approx(0.5)
    assert classify(voters, None, far).confidence == pytest.approx(1 / 3, abs=1e-4)


def test_the_first_eight_vote() -> None:
    voters = [*[voter(1.0, category="打印")] * 4, *[voter(1.0, category="网络")] * 4]
    tied = classify(voters, None, far)
    assert classify([*voters, *[voter(1.0, category="打印")] * 9], None, far) == tied
    assert tied.confidence == pytest.approx(0.5)


def test_a_tie_is_broken_the_same_way_whatever_the_order() -> None:
    voters = [voter(1.0, category="甲"), voter(1.0, category="乙")]
    assert classify(voters, None, far) == classify(voters[::-1], None, far)


def test_three_categories_are_offered_the_most_voted_first() -> None:
    voters = [voter(2.0, category=name) for name in ("甲", "甲", "甲", "乙", "乙", "丙", "丁")]
    found = classify(voters, None, far)
    assert [(vote.category, vote.confidence) for vote in found.categories] == [
        ("甲", pytest.approx(3 / 7, abs=1e-4)),
        ("乙", pytest.approx(2 / 7, abs=1e-4)),
        ("丙", pytest.approx(1 / 7, abs=1e-4)),
    ]


def test_a_name_near_to_the_ticket_outweighs_a_vote() -> None:
    voters = [*[voter(2.0, category="终端系统")] * 3, *[voter(2.0, category="打印输出")] * 2]
    near = {"打印输出": 0.2, "终端系统": 0.0}
    found = classify(voters, None, near.__getitem__)
    votes = {"终端系统": 3.0, "打印输出": 2 * exp(6 * 0.2)}
    assert found.category == "打印输出"
    assert found.confidence == pytest.approx(votes["打印输出"] / sum(votes.values()), abs=1e-4)
