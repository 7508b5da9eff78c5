"""Traditional text is found by simplified words and the other way round."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.script import simplify, simplify_words


def test_characters_keep_their_places() -> None:
    assert simplify("繁體後面的網路印表機 VPN-809") == "繁体后面的网路印表机 VPN-809"


def test_words_of_taiwan_become_those_of_the_mainland() -> None:
    assert simplify_words("印表機無法列印") == "打印机无法打印"
    assert simplify_words("資料夾權限") == "文件夹权限"


def test_simplified_text_stays_word_for_word() -> None:
    # 网路 and 离线 are mainland words too, which a converter of Taiwan's words would change.
    assert simplify_words("打印机离线，网路质量差") == "打印机离线，网路质量差"
    assert simplify("plain ASCII") == "plain ASCII"


@given(st.text())
def test_length_never_changes_and_twice_is_once(text: str) -> None:
    simplified = simplify(text)
    assert len(simplified) == len(text)
    assert simplify(simplified) == simplified
