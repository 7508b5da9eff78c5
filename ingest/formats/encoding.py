"""Bytes -> text: which of the encodings that Chinese texts come in was meant."""

import codecs
import re
from collections.abc import Iterable

from ingest.errors import DecodingError, Origin

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "cp950")
_NAMES = "UTF-8、UTF-16、GB18030 或 Big5"
_JUDGED_CHARS = 20_000
_BIG5_MARGIN = 0.1
"""How much more plausible Big5 has to be: a short text that reads either way is far more often GB18030."""
_LEAST_PLAUSIBLE = 0.05
_LEAST_JUDGED = 40
_MOST_CONTROLS = 0.02

_FREQUENT = frozenset(
    "的一是不了在有人我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天"
    "而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与"
    "高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政"
    "海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市条章款项规管技术支持客户服务设备系统网络故障处应员司"
    "制度责任负清单号码版更换接线请按或及须安装步骤错误提示保存启动数据库端表格式查询维修报修值班记录印打脱"
    "這個為國說們來時會對後過還見經長與進實點種聲話問給幾業間電門東關並內產萬條項規術戶務設備統網絡處員責負應當"
    "機請裝驟錯誤啟動數據庫錄報修檔案顯軟體檢查換線連單號碼輸頁開"
    "，。、；：？！“”‘’（）《》「」—…·　０１２３４５６７８９"
)
_STRANGE = re.compile("[\ue000-\uf8ff\u2500-\u259f\u0370-\u04ff\u3040-\u312f\u0080-\u00a6\ufffd\U00010000-\U0010ffff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, origin: Origin) -> str:
    """Decode UTF-8 or UTF-16 with a byte order mark, UTF-8 without, GB18030 or Big5.

    Raises:
        DecodingError: none fits, or the bytes are no text at all.
    """
    return data.decode(detect_encoding([data], origin))


def detect_encoding(chunks: Iterable[bytes], origin: Origin) -> str:
    """Name of the codec that decodes ``chunks``, put together, without an error; they are gone through once.

    GB18030 takes nearly every text in Big5 too; the one wins that gives more of the characters that Chinese
    texts consist of.

    Raises:
        DecodingError: none fits, or the bytes are no text at all.
    """
    attempts: dict[str, _Attempt] = {}
    has_nul = False
    for number, chunk in enumerate(chunks):
        if number == 0:
            marked = next((name for mark, name in _MARKS if chunk.startswith(mark)), None)
            attempts = {name: _Attempt(name) for name in ((marked,) if marked else ("utf-8", *_LEGACY))}
        has_nul = has_nul or b"\x00" in chunk
        for attempt in attempts.values():
            attempt.feed(chunk)
    for attempt in attempts.values():
        attempt.feed(b"", final=True)
    if not attempts:
        return "utf-8"
    return _choose(attempts, has_nul, origin)


def _choose(attempts: dict[str, "_Attempt"], has_nul: bool, origin: Origin) -> str:
    fitting = {name: attempt for name, attempt in attempts.items() if not attempt.failed}
    wide = [name for name in fitting if name.startswith(("utf-16", "utf-32"))]
    if has_nul and not wide:
        raise DecodingError(origin, "内容含有 NUL 字节：不是文本文件，或者是没有 BOM 标记的 UTF-16")
    for name in (*wide, "utf-8-sig", "utf-8"):
        if name in fitting:
            return _checked(fitting[name], origin)
    if not fitting:
        raise DecodingError(origin, f"内容不是 {_NAMES} 编码的文本")
    chinese, big5 = (fitting.get(name) for name in _LEGACY)
    if big5 and (chinese is None or big5.plausibility > chinese.plausibility + _BIG5_MARGIN):
        chinese = big5
    assert chinese is not None
    if chinese.judged >= _LEAST_JUDGED and chinese.plausibility < _LEAST_PLAUSIBLE:
        raise DecodingError(origin, f"内容不是 {_NAMES} 编码的中文文本")
    return _checked(chinese, origin)


def _checked(attempt: "_Attempt", origin: Origin) -> str:
    if attempt.controls > max(_MOST_CONTROLS * attempt.seen, 1):
        raise DecodingError(origin, "内容多为控制字符，不是文本文件")
    return attempt.name


class _Attempt:
    """One codec on its way through the bytes, and how Chinese the beginning reads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failed = False
        self.judged = 0
        self.seen = 0
        self.controls = 0
        self._score = 0.0
        self._decoder = codecs.getincrementaldecoder(name)()

    def feed(self, data: bytes, *, final: bool = False) -> None:
        if self.failed:
            return
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError:
            self.failed = True
            return
        self.seen += len(text)
        self.controls += len(_CONTROLS.findall(text))
        if self.judged < _JUDGED_CHARS:
            foreign = [char for char in text[:_JUDGED_CHARS] if char > "\x7f"]
            self.judged += len(foreign)
            self._score += sum(char in _FREQUENT for char in foreign)
            self._score -= 2 * len(_STRANGE.findall("".join(foreign)))

    @property
    def plausibility(self) -> float:
        """At most 1, where every character is a frequent one; below 0 where most are strange."""
        return self._score / self.judged if self.judged else 0.0
