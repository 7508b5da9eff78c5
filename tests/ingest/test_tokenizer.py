"""Terms of Chinese and mixed text: what index and query meet by."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.tokenizer import Tokenizer, fold, lexicon_text


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


def terms(tokenizer: Tokenizer, text: str) -> list[str]:
    return [term.text for term in tokenizer.analyze(text).terms]


def test_chinese_is_cut_into_words(tokenizer: Tokenizer) -> None:
    found = terms(tokenizer, "服务器连接不上需要重新启动打印机")
    assert {"服务器", "连接", "重新", "启动", "打印机"} <= set(found)
    assert max(map(len, found)) <= 4


def test_long_words_are_found_by_their_parts(tokenizer: Tokenizer) -> None:
    found = terms(tokenizer, "技术支持部管理制度")
    assert {"技术支持部", "技术", "支持", "管理制度", "管理", "制度"} <= set(found)


@pytest.mark.parametrize("word", ["热熔焊机", "采集网关", "二线支持", "反结账", "动态口令"])
def test_words_of_the_trade_are_not_cut_apart(tokenizer: Tokenizer, word: str) -> None:
    assert word in terms(tokenizer, f"请问{word}怎么用")


def test_stop_words_and_punctuation_are_left_out(tokenizer: Tokenizer) -> None:
    assert terms(tokenizer, "请问：打印机的驱动，怎么安装？") == terms(tokenizer, "打印机 驱动 安装")
    assert terms(tokenizer, "the printer is offline") == ["printer", "offline"]
    assert terms(tokenizer, "的，。 \n") == []
    assert terms(tokenizer, "") == []


@pytest.mark.parametrize(("text", "negation"), [("不能上网", "不能"), ("无法登录", "无法"), ("没有声音", "没有")])
def test_negations_stay(tokenizer: Tokenizer, text: str, negation: str) -> None:
    assert negation in terms(tokenizer, text)


def test_an_identifier_gives_its_key_and_its_parts(tokenizer: Tokenizer) -> None:
    analysis = tokenizer.analyze("报错PPR-9087无法登录")
    assert [item.key for item in analysis.identifiers] == ["ppr9087"]
    assert [(t.text, t.start, t.end) for t in analysis.terms if t.start == 2] == [
        ("ppr9087", 2, 10),
        ("ppr", 2, 10),
        ("9087", 2, 10),
    ]
    assert analysis.terms[0].text == "报错"
    assert "登录" in {term.text for term in analysis.terms}


def test_both_sides_meet_whatever_the_writing(tokenizer: Tokenizer) -> None:
    assert terms(tokenizer, "ＰＰＲ－９０８７ 故障") == terms(tokenizer, "ppr_9087 故障")
    assert terms(tokenizer, "第１５条") == terms(tokenizer, "第十五条") == ["第15条"]
    assert "9087" in terms(tokenizer, "9087")


def test_folding_makes_half_width_lower_case() -> None:
    assert fold("ＶＰＮ—Ｅ601　（Ａ）") == "vpn-e601 (a)"
    assert fold("！～｟。、") == "!~｟。、"


def test_letters_that_lengthen_in_lower_case_stay() -> None:
    assert fold("İSTANBUL İ") == "İstanbul İ"


@settings(max_examples=300)
@given(st.text(st.one_of(st.characters(), st.sampled_from("İΣßＡ０　—–Φ第")), max_size=40))
def test_folding_keeps_the_length_and_folding_twice_changes_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(
    st.lists(st.sampled_from(["服务器", "的", "PPR-9087", "第15条", " ", "，", "İ", "2天", "Ａ", "😀"])).map("".join)
)
def test_terms_stand_where_they_say(tokenizer: Tokenizer, text: str) -> None:
    analysis = tokenizer.analyze(text)
    identifiers = {(item.start, item.end) for item in analysis.identifiers}
    folded = fold(text)
    for term in analysis.terms:
        assert 0 <= term.start < term.end <= len(text)
        if (term.start, term.end) not in identifiers:
            assert folded[term.start : term.end] == term.text


def test_the_prepared_dictionary_is_kept_where_it_is_told(tmp_path: Path) -> None:
    assert terms(Tokenizer(tmp_path / "cache"), "打印机脱机")
    assert list((tmp_path / "cache").iterdir())


def test_word_lists_are_part_of_the_fingerprint() -> None:
    words, stop_words = lexicon_text().split("\n\n")
    assert "采集网关" in words.splitlines()
    assert "怎么办" in stop_words.splitlines()
    assert "#" not in lexicon_text()
