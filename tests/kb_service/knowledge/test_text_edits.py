"""What was struck out and put in, and that both wordings can be read back from the pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.knowledge.text_edits import Op, build_pieces


def shown(before: str, after: str) -> str:
    signs = {Op.EQUAL: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "[+{}+]"}
    return "".join(signs[piece.op].format(piece.text) for piece in build_pieces(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("甲乙丙。", "甲乙丙。", "甲乙丙。"),
        ("", "甲。", "[+甲。+]"),
        ("甲。", "", "[-甲。-]"),
        ("一般请求在4个工作小时内响应。", "一般请求在2个工作小时内响应。", "一般请求在[-4-][+2+]个工作小时内响应。"),
        ("方案提供后 72 小时内处理。", "方案提供后 48 小时内处理。", "方案提供后 [-72-][+48+] 小时内处理。"),
        ("由组长登记。", "由组长或者值班员登记。", "由组长[+或者值班员+]登记。"),
        ("先登记。再分派。后关闭。", "先登记。后关闭。", "先登记。[-再分派。-]后关闭。"),
        ("型号 PPR-9087 停用。", "型号 PPR-9088 停用。", "型号 [-PPR-9087-][+PPR-9088+] 停用。"),
        ("员工应当按时到岗。", "设备每季度校准一次。", "[-员工应当按时到岗。-][+设备每季度校准一次。+]"),
        # One character that happens to stay is no comfort to the reader.
        ("报告送交部门的经理审批，逾期作废。", "报告送交分管的总监审批，逾期作废。", None),
    ],
)
def test_edits_read_like_a_clean_markup(before: str, after: str, expected: str | None) -> None:
    expected = expected or "报告送交[-部门的经理-][+分管的总监+]审批，逾期作废。"
    assert shown(before, after) == expected


_TEXTS = st.text(st.sampled_from("甲乙丙丁的12 ab。；\n，第条"), max_size=60)


@given(_TEXTS, _TEXTS)
def test_both_wordings_can_be_read_back(before: str, after: str) -> None:
    pieces = build_pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.op is not Op.INSERTED) == before
    assert "".join(piece.text for piece in pieces if piece.op is not Op.DELETED) == after
    assert all(piece.text for piece in pieces)
    assert all(left.op is not right.op for left, right in pairwise(pieces))
    assert (Op.INSERTED, Op.DELETED) not in [(left.op, right.op) for left, right in pairwise(pieces)]


def test_a_long_rewritten_text_is_still_answered() -> None:
    before = "".join(f"第{number}句说的是甲。" for number in range(3000))
    after = "".join(f"{number}号条目写的是乙，" for number in range(3000))
    pieces = build_pieces(before, after)
    assert [piece.op for piece in pieces] == [Op.DELETED, Op.INSERTED]
