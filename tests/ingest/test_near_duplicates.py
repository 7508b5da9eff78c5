"""Near-duplicates: what differs in form alone is equal, estimates are near the truth, candidates are not missed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.near_duplicates import (
    SIGNATURE_BYTES,
    THRESHOLD,
    bands,
    exact_similarity,
    signature,
    similarity,
)

PARAGRAPH = (
    "用户反映早上开机后无法连接公司虚拟专用网，客户端停在“正在验证”的界面，约两分钟后提示超时。检查发现本机时间比服务器慢了"
    "十一分钟，令牌因此失效。打开系统设置的时间与语言，启用自动同步后重新登录，连接恢复正常，观察半小时未再出现。"
)


def candidates(first: str, second: str) -> bool:
    return bool(set(bands(signature(first))) & set(bands(signature(second))))


def random_text(generator: random.Random, length: int) -> str:
    return "".join(chr(generator.randrange(0x4E00, 0x9000)) for _ in range(length))


def edited(generator: random.Random, text: str, edits: int) -> str:
    """``text`` with ``edits`` characters replaced, each in a place of its own."""
    chars = list(text)
    for place in generator.sample(range(len(chars)), edits):
        chars[place] = chr(generator.randrange(0x9000, 0x9F00))
    return "".join(chars)


def test_a_signature_is_compact_and_stays_the_same_for_ever() -> None:
    # Signatures are stored: a change here needs every stored one to be made again.
    made = signature(PARAGRAPH)
    assert len(made) == SIGNATURE_BYTES
    assert made[:16].hex() == "e9e9ad05a64e3300bee90706fa792f01"
    assert bands(made)[:2] == (6628222524653836663, 2114239070205299053)


def test_form_alone_makes_no_difference() -> None:
    other = PARAGRAPH.replace("，", ", ").replace("。", "。\n\n").replace("“", '"').replace("”", '"')
    assert signature(other) == signature(PARAGRAPH)
    assert signature("ＶＰＮ－８０９ Ｅｒｒｏｒ") == signature("vpn 809 error")


def test_one_changed_sentence_is_a_near_duplicate_and_another_subject_is_not() -> None:
    long = (
        PARAGRAPH
        + "该问题已记入知识库，一线人员可按此步骤处理；如仍失败，请转二线网络组并附上客户端日志与本机的系统时间截图。"
    )
    near = long.replace("十一分钟", "九分钟")
    other = "打印机提示缺纸但纸盒已满，取出纸盒后清洁搓纸轮并重新装入，再在面板上选择恢复打印，用户确认问题已解决。"
    assert candidates(long, near)
    assert similarity(signature(long), signature(near)) >= THRESHOLD
    assert exact_similarity(long, near) >= THRESHOLD
    assert not candidates(long, other)
    assert similarity(signature(long), signature(other)) < 0.1


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9, 0.97])
def test_estimates_are_near_the_truth(share: float) -> None:
    generator = random.Random(7)
    errors = []
    for _ in range(40):
        text = random_text(generator, 600)
        # Each edit takes away up to five of the shared shingles and adds as many.
        other = edited(generator, text, round(600 * (1 - share) / (1 + share) / 5))
        exact = exact_similarity(text, other)
        errors.append(similarity(signature(text), signature(other)) - exact)
    deviation = (share * (1 - share) / 128) ** 0.5
    assert abs(sum(errors) / len(errors)) < deviation
    assert max(map(abs, errors)) < 4.5 * deviation


def test_pairs_above_the_threshold_become_candidates_and_loose_ones_rarely_do() -> None:
    generator = random.Random(11)
    above = loose = 0
    for _ in range(200):
        text = random_text(generator, 400)
        above += candidates(text, edited(generator, text, 8))  # similarity about 0.82
        loose += candidates(text, edited(generator, text, 50))  # about 0.33
    assert above >= 190
    assert loose <= 10


def test_short_texts_match_only_when_equal_and_empty_ones_never() -> None:
    assert similarity(signature("请重启路由器"), signature("请重启 路由器。")) == 1.0
    assert candidates("请重启路由器", "请重启 路由器。")
    assert similarity(signature("请重启路由器后再试一次"), signature("请重启交换机后再试一次")) < 0.1
    assert exact_similarity("请重启路由器后再试一次", "请重启交换机后再试一次") == 0.0
    assert bands(signature("")) == bands(signature("……\n——")) == ()
    assert similarity(signature(""), signature("。")) == exact_similarity("", "") == 0.0


def test_a_text_of_many_batches_is_read_to_its_end() -> None:
    generator = random.Random(3)
    text = random_text(generator, 30_000)
    half = similarity(signature(text), signature(text[:15_000]))
    assert half == pytest.approx(0.5, abs=0.2)


@given(st.text(max_size=200))
def test_any_text_is_its_own_twin(text: str) -> None:
    made = signature(text)
    assert len(made) == SIGNATURE_BYTES
    assert made == signature(text)
    keys = bands(made)
    assert len(set(keys)) == len(keys)
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert similarity(made, made) == exact_similarity(text, text) == (1.0 if keys else 0.0)
