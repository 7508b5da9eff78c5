"""Addresses where somebody lives or is to be visited: road and number, or building, unit and room.

Meant for tickets: laws and manuals name places that are no one's home.
"""

import re
from collections.abc import Iterator

from ingest.privacy.name_words import name_words

Span = tuple[int, int]

_HAN = "\u4e00-\u9fff"
_CHINESE_NUMBER = "[一二三四五六七八九十百零〇]{1,6}"
_NUMBER = rf"(?:\d{{1,5}}(?:-\d{{1,4}})?|{_CHINESE_NUMBER})"
_ROAD = re.compile(
    rf"[{_HAN}](?:路|大街|街|大道|道|巷|弄|胡同)(?:[东西南北中一二三四]?段)?{_NUMBER}(?:号|弄)(?!线|机|库|柜|桩|井|阀|闸|端口|杆|站|楼梯)"
)
_UNIT = re.compile(r"\d{1,3}(?:栋|幢|座|号楼)\d{1,2}单元\d{2,4}(?:室|号|房)?")
_ESTATE = re.compile(
    r"(?:小区|花园|家园|苑|公寓|新村|新城|府)\d{1,3}(?:栋|幢|座|号楼)(?:\d{1,2}单元)?\d{2,4}(?:室|号|房)?"
)
_BUILDING = (
    rf"(?:[{_HAN}]{{2,10}}?(?:大厦|广场|花园|小区|家园|苑|园区|公寓|中心|大楼|科学园|产业园|科技园|信息港|新村|城))?"
)
_REST = re.compile(
    rf"{_BUILDING}(?:[a-z0-9]{{1,3}}(?:座|栋|幢|号楼))?(?:\d{{1,2}}单元)?(?:(?:\d{{1,3}}|{_CHINESE_NUMBER})(?:层|楼))?(?:[a-z]?\d{{2,5}}(?:室|房|号)?)?(?![a-z0-9])"
)
_LABELLED = re.compile(
    r"(?:住址|(?:家庭|收货|收件|寄送|邮寄|通讯|上门|上门服务|联系|客户|用户|安装|服务)地址)[\s:为是]{1,3}"
    rf"([{_HAN}a-z0-9()#-]{{4,60}})"
)
_ADDRESS_LIKE = re.compile(rf"[{_HAN}](?:省|市|区|县|镇|乡|村|路|街|道|巷|弄).*(?:号|栋|幢|室|楼|单元|座|\d)")
_LEFT_CHARS = 30
_RUN_BEFORE = re.compile(f"[{_HAN}]+$")
_REGION_END = "省市区县镇乡村州盟旗"
_BEFORE_AN_ADDRESS = re.compile("在|到|于|至|是|为|寄|址|往|从|由|去|住|送|的|户|后|请|和|与")


def iter_addresses(folded: str) -> Iterator[Span]:
    """Yield the places of addresses in a folded text, from left to right and apart from each other."""
    found: list[Span] = [match.span(1) for match in _LABELLED.finditer(folded) if _ADDRESS_LIKE.search(match[1])]
    for pattern in (_ROAD, _UNIT, _ESTATE):
        for match in pattern.finditer(folded):
            rest = _REST.match(folded, match.end()) if pattern is _ROAD else None
            found.append((_start(folded, match.start()), rest.end() if rest else match.end()))
    begin = end = -1
    for low, high in sorted(found):
        if low > end:
            if end > begin:
                yield begin, end
            begin = low
        end = max(end, high)
    if end > begin:
        yield begin, end


def _start(folded: str, anchor: int) -> int:
    """Where the address around ``anchor`` begins: at its outermost place name, else behind a preposition."""
    low = max(0, anchor - _LEFT_CHARS)
    run = (
        _RUN_BEFORE.search(folded[low : anchor + 1])
        if not folded[anchor].isdigit()
        else _RUN_BEFORE.search(folded[low:anchor])
    )
    if run is None:
        return anchor
    begin = low + run.start()
    words = name_words()
    cut = words.cut(folded, begin, anchor + 1)
    for place, word in cut.words.items():
        if len(word) > 1 and (words.is_place(word) or word[-1] in _REGION_END):
            return place
    starts = [begin, *(low for low in cut.words if low > begin and _BEFORE_AN_ADDRESS.match(folded, low - 1))]
    return max(starts)
