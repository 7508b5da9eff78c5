"""Neither customers nor people get from a ticket into an article."""

import pytest

from kb_service.articles.anonymizing import anonymized


@pytest.mark.parametrize(
    ("text", "customers", "expected"),
    [
        ("星河精工有限公司的打印机", ["星河精工有限公司"], "[客户]的打印机"),
        ("星河精工的打印机", ["星河精工有限公司"], "[客户]的打印机"),
        ("ACME与acme", ["Acme"], "[客户]与[客户]"),
        # A stem of two letters may be any word.
        ("联想电脑", ["联想公司"], "联想电脑"),
        ("甲方与乙方(北京)公司", ["乙方(北京)公司"], "甲方与[客户]"),
        ("请致电 13812345678", [], "请致电 [电话]"),
        ("寄到邮箱 a.b@example.com", [], "寄到邮箱 [邮箱]"),
    ],
)
def test_names_and_numbers_are_masked(text: str, customers: list[str], expected: str) -> None:
    fields = anonymized({"symptom": text, "reason": text, "product": "星河精工有限公司"}, customers)
    assert fields == {"symptom": expected, "reason": expected, "product": "星河精工有限公司"}


def test_what_is_no_text_stays() -> None:
    assert anonymized({"cause": None, "source_tickets": ["T1"]}, ["T1"]) == {"cause": None, "source_tickets": ["T1"]}
