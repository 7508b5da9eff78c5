"""A vote of the nearest resolved tickets, counted by hand."""

from math import exp

import pytest

from kb_service.suggestions.classification import Voter, classify
from kb_service.suggestions.models import Classification


def far(_name: str) -> float:
    """No category's name is near to the ticket."""
    return 0.0


def believed(vote: float, *others: float) -> object:
    """What is believed of a category with that many votes beside others."""
    return pytest.approx(0.92 * vote**0.5 / sum(one**0.5 for one in (vote, *others)), abs=1e-4)


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
    assert found.confidence == believed(2, 1)


def test_the_nearer_weighs_more() -> None:
    found = classify([voter(3.0, category="打印"), *[voter(2.5, category="网络")] * 7], None, far)
    vote = exp(-4 * 0.5)
    assert found.category == "打印"
    assert found.confidence == believed(1, 7 * vote)
    assert classify([voter(3.0, category="打印"), *[voter(2.9, category="网络")] * 2], None, far).category == "网络"


def test_the_same_product_counts_twice() -> None:
    voters = [voter(2.0, "A", category="打印"), voter(2.0, "B", category="网络"), voter(2.0, "C", category="邮箱")]
    assert classify(voters, "B", far).category == "网络"
    assert classify(voters, "B", far).confidence == believed(2, 1, 1)
    assert classify(voters, None, far).confidence == believed(1, 1, 1)


def test_the_first_eight_vote() -> None:
    voters = [*[voter(1.0, category="打印")] * 4, *[voter(1.0, category="网络")] * 4]
    tied = classify(voters, None, far)
    assert classify([*voters, *[voter(1.0, category="打印")] * 9], None, far) == tied
    assert tied.confidence == believed(4, 4)


def test_a_tie_is_broken_the_same_way_whatever_the_order() -> None:
    voters = [voter(1.0, category="甲"), voter(1.0, category="乙")]
    assert classify(voters, None, far) == classify(voters[::-1], None, far)


def test_three_categories_are_offered_the_most_voted_first() -> None:
    voters = [voter(2.0, category=name) for name in ("甲", "甲", "甲", "乙", "乙", "丙", "丁")]
    found = classify(voters, None, far)
    assert [(vote.category, vote.confidence) for vote in found.categories] == [
        ("甲", believed(3, 2, 1, 1)),
        ("乙", believed(2, 3, 1, 1)),
        ("丙", believed(1, 3, 2, 1)),
    ]


def test_a_name_near_to_the_ticket_outweighs_a_vote() -> None:
    voters = [*[voter(2.0, category="终端系统")] * 3, *[voter(2.0, category="打印输出")] * 2]
    near = {"打印输出": 0.2, "终端系统": 0.0}
    found = classify(voters, None, near.__getitem__)
    votes = {"终端系统": 3.0, "打印输出": 2 * exp(6 * 0.2)}
    assert found.category == "打印输出"
    assert found.confidence == believed(votes["打印输出"], votes["终端系统"])


def test_even_where_all_agree_another_category_is_possible() -> None:
    assert classify([voter(2.0, category="打印")] * 8, None, far).confidence == pytest.approx(0.92)
