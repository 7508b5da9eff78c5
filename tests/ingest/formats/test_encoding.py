"""Which encoding a text was meant in: sentences as they come, long and short, in all that Chinese texts come in."""

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import DecodingError, Origin
from ingest.formats.encoding import decode, detect_encoding
from tests.conftest import require_shared

ORIGIN = Origin("a.txt", 7)
SIMPLIFIED = [
    "客户报修后，应当在三十分钟内响应；逾期未响应的，由值班长转派。",
    "第一条 为规范机房出入，制定本规定。",
    *("打印机", "断网", "值班", "换线", "光猫", "你好", "阀门漏水", "ＧＷ２００报警", "保密", "A4纸卡住了"),
    "交换机端口告警，请查看指示灯",
]
TRADITIONAL = [
    "客戶報修後，應當在三十分鐘內回應；逾期未回應的，由值班長轉派。",
    "第一條 為規範機房出入，制定本規定。",
    *("印表機", "斷網", "值班", "更換線路", "數據機", "焊機", "閥門漏水", "請先關閉電源，再拆下機殼。"),
]


@pytest.mark.parametrize("text", SIMPLIFIED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_simplified(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), ORIGIN) == text


@pytest.mark.parametrize("text", TRADITIONAL)
@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "utf-16"])
def test_traditional(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), ORIGIN) == text


def test_utf_16_of_either_order() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decode(mark + "断网 A".encode(encoding), ORIGIN) == "断网 A"


def test_characters_beyond_gbk() -> None:
    text = "员工姓名用字：㐱、𬘭，请按原样保存。"
    assert decode(text.encode("gb18030"), ORIGIN) == text


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"\xff\xff", "编码"),
        ("正文\x00".encode(), "NUL"),
        ("断网".encode("utf-16-le") + b"\x00", "NUL"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "NUL"),
        (bytes(range(1, 32)) * 9, "控制字符"),
        ("日本語のテキストを書いています。".encode("shift_jis") * 9, "编码"),
        (b"\xff\xfe\x41\xd8", "编码"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(data: bytes, complaint: str) -> None:
    with pytest.raises(DecodingError, match=complaint) as raised:
        decode(data, ORIGIN)
    assert raised.value.origin == ORIGIN
    assert "UTF-8" in raised.value.remedy


def test_a_character_may_be_cut_between_two_blocks() -> None:
    data = "断网" * 1000
    for encoding in ("utf-8", "gb18030", "cp950"):
        encoded = ("斷網" * 1000 if encoding == "cp950" else data).encode(encoding)
        blocks = [encoded[i : i + 777] for i in range(0, len(encoded), 777)]
        assert detect_encoding(iter(blocks), ORIGIN) == encoding


def test_sentences_of_shared_laws_in_either_encoding() -> None:
    """Lines of real laws, short ones too, in GB18030: all come back; and as Big5 where their characters are in it."""
    folder = require_shared("regulations", "laws")
    lines = [
        line.strip()
        for path in sorted(folder.rglob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) >= 4
    ]
    lines = random.Random(3).sample(lines, min(len(lines), 3000))
    wrong = [line for line in lines if decode(line.encode("gb18030"), ORIGIN) != line]
    assert len(wrong) <= len(lines) / 1000, wrong[:5]


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_an_error(data: bytes) -> None:
    with suppress(DecodingError):
        assert isinstance(decode(data, ORIGIN), str)
