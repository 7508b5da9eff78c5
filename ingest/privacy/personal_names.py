"""Names of persons, where the text itself says that they are: by a title, a label or a form of address.

A surname alone proves nothing (黄河, 方案, 高工程质量), so each rule asks for evidence beside it and for word
boundaries where the name and its title begin and end: 施工经理 is cut 施工|经理, and so speaks of no Mr. Shi.
"""

import re
from collections.abc import Iterator

from ingest.privacy.name_words import Cut, NameWords, name_words

Span = tuple[int, int]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_LONGEST_NAME = 4
_LONGEST_GIVEN = 2

# Of alternatives that begin alike the longest comes first.
_LONG_TITLE = (
    "副?总经理|副?总工程师|(?:高级|助理)?工程师|(?:项目|客户|产品|部门|大区|区域|销售|技术)?经理|副?主任|副?主管|副?总监|总裁"
    "|董事长|理事长|书记|秘书|会计|出纳|专员|助理|顾问|调度员|技术员|[处科局部厂院校站所镇乡县市区村组班队店会馆]长"
    "|政委|教授|讲师|博士|院士|医生|医师|大夫|护士|律师|警官"
)
_COURTESY = "先生|女士|小姐|太太|夫人|同志|同学|师傅|老师|阿姨|大姐|大哥"
_TITLE = re.compile(f"(?P<long>{_LONG_TITLE})|(?P<courtesy>{_COURTESY})|(?P<short>[总高]工|[总工董哥姐])")
_NO_SHORT_TITLE = re.compile(
    "(?<=工)(?:集团|机械|挖掘|装载|起重|重工|[服装牌卡位号])|(?<=总)(?:[阀闸包]|表(?![示明态现达扬])|控(?!制)|成本|高(?!兴))"
)
"""徐工集团 is a company, 工服 and 总阀 are things."""
_BRANDS = ("康师傅", "古董")
_UNITS = frozenset("科部组队局处厂室系院")
"""麻醉科医生 is a doctor of a department."""

_NO_GIVEN = frozenset(
    "的了是在和与及或由经向请找到让给对从已将被把为等各每该此其另您你我他她它们个位名者并但若如则因就都也还又很称说会能可要应"
)
"""Particles, pronouns, prepositions and the like, which no given name holds."""

_BEFORE_A_NAME = frozenset("请找与和给让跟同叫问派陪致告访谢电是知户由向对据称催约报见接到待后天午的了部")
_HEADS = frozenset("方商管项成连单安关车计党房付时华明强包支满双")
"""Also ends of compound words (客户方, 集成商): surnames only where nothing of the kind stands before."""
_PREPOSITION = frozenset("向")
_WORD_LIKE = _HEADS | _PREPOSITION | {"于", "任"}
_MEASURE = re.compile("[一二三四五六七八九十百千万两几每这那该某多半首本上下0-9]$")
_MEASURES = frozenset("张周段方项米单石丁")
# 于经理批准后 is "after the manager's approval", 于经理已确认 a Mr. Yu; 任经理期间 is a term of office.
_UNTIL = re.compile("[^\n,.;!?。；]{0,20}?(?:后|前|之日|期间|时|以内|之内|当日|当天)")
_TENURE = re.compile("期间|一职|职务|以来|之前|之后|时|后|前|的|[,.;。、]|$")

# Rule 2: 小王说, 老李在.
_FAMILIAR = re.compile(
    "[老小](?=[王李张刘陈杨赵吴周徐孙朱胡郭何罗郑梁谢宋唐韩冯邓曹彭肖蔡潘袁董苏蒋吕杜姚卢姜崔谭廖贾韦邹熊孟秦邱薛郝])"
)
_AFTER_FAMILIAR = re.compile(
    f"[^{_HAN}]|[说称讲反来去已在的到帮拿取和与跟给打联今明昨正负处回发要会也就提做接表确吗呢吧]|通知|一起|$"
)

# Rule 3: a label, and names behind it.
_LABEL = re.compile(
    "(?:(?P<sure>姓名|名字|户名|人员|[人员])|(?P<role>用户名?|客户|工程师|师傅|专员|客服|主管|经理|组长))"
    r"(?:\([^()\n]{0,8}\))?(?P<colon>[ \t]{0,3}[:|][ \t]{0,3}|[ \t]{1,3})"
)
_SPACED_LABELS = ("姓名", "联系人", "报修人", "报障人", "申请人", "申报人", "经办人", "收件人", "收货人")
_RUN = re.compile(f"[{_HAN}]{{1,16}}")
_DOTTED = re.compile(f"[{_HAN}]{{1,8}}(?:[·•・‧][{_HAN}]{{1,8}}){{1,3}}(?![{_HAN}])")
_AFTER_LABELLED = re.compile(
    "的|电话|手机|联系|座机|邮箱|地址|住址|工号|部门|身份证|证件|单位|已|于|在|来电|反映|反馈|表示|报修|称|说"
)
_NEXT_NAME = re.compile(r"[ \t]{0,2}[、,/;和及与][ \t]{0,2}")
_NO_PERSON = re.compile(
    "(?:[部组科处室员局队岗厂站院所店司处层]|中心|公司|平台|系统|接口|人员|附件|单位|厂商|运维|客服|[班组队科处部站所]长"
    "|经理|主管|工程师|主任|以上|无关|超市|银行|集团|大学|学校|医院)$"
)

# Rule 4: 工程师李明到场, 用户吴琳反馈.
_ROLE = re.compile(
    "姓名|户名|联系人|报[修障]人|申[请报]人|经办人|工程师|技术员|值班员|用户|客户|同事|员工|经理|主任|主管|专员|客服|老师|师傅|同学|司机|组长"
)
_AFTER_ROLE_NAME = re.compile(
    "反馈|反映|反应|来电|申请|电话|手机|联系|报修|报障|到场|到达|到现场|现场|已|在|表示|提出|咨询|投诉|致电|要求|建议|确认|负责|处理|于|将|[说称的到]"
    f"|[^{_HAN}\\w]|$"
)

# Rule 5: 赵敏13900001234, 张三（13900001234）.
_BEFORE_A_MOBILE = re.compile(
    rf"(?<=[{_HAN}])[ \t]{{0,2}}[(:]?[ \t]{{0,2}}(?:\+86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}(?!\d)"
)

_ENGLISH = re.compile(r"\bMrs?\.? [A-Z][a-z]{1,20}\b")

_CUT_BEFORE, _CUT_BEHIND = 16, 32
_MARGIN_BEFORE, _MARGIN_BEHIND = 8, 10


def iter_names(folded: str, text: str) -> Iterator[Span]:
    """Yield the places of names, titles and labels not included; in no order, and they may overlap.

    Args:
        folded: ``tokenizer.fold(text)``.
        text: the text itself; capitals matter in English names.
    """
    scanner = _Scanner(folded)
    yield from scanner.titled()
    yield from scanner.familiar()
    yield from scanner.labelled()
    yield from scanner.behind_a_role()
    yield from scanner.before_a_mobile()
    for match in _ENGLISH.finditer(text):
        yield match.start() + match[0].index(" ") + 1, match.end()


class _Scanner:
    """The rules, over one folded text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words: NameWords = name_words()
        self._cut: Cut | None = None
        self._cut_range = (0, 0)

    def titled(self) -> Iterator[Span]:
        """王经理, 张伟工程师, 李工: a name that ends where a title begins."""
        for match in _TITLE.finditer(self._text):
            start, end = match.span()
            low = max(0, start - _LONGEST_NAME)
            places = [place for place in range(low, start) if self._may_be_name(place, start)]
            if not places and match[0] == "高工":
                start, places = start + 1, [start]
            if not places:
                continue
            cut = self._cut_at(start)
            if not cut.breaks(end):
                # 李总工作: the title is 总.
                end -= 1
                if not match["short"] or end == start or not cut.breaks(end):
                    continue
            if match["short"] and _NO_SHORT_TITLE.match(self._text, end):
                continue
            valid = [place for place in places if self._is_titled(place, start, end, match.lastgroup or "", cut)]
            if valid:
                yield self._choose(valid), start

    def familiar(self) -> Iterator[Span]:
        for match in _FAMILIAR.finditer(self._text):
            start = match.end()
            if _AFTER_FAMILIAR.match(self._text, start + 1):
                cut = self._cut_at(start)
                if cut.breaks(start - 1) and cut.breaks(start + 1):
                    yield start, start + 1

    def labelled(self) -> Iterator[Span]:
        for match in _LABEL.finditer(self._text):
            if not match["colon"].strip() and not self._text[: match.start("colon")].endswith(_SPACED_LABELS):
                continue
            position, sure = match.end(), bool(match["sure"])
            while span := self._labelled_name(position, sure):
                yield span
                separator = _NEXT_NAME.match(self._text, span[1])
                if separator is None:
                    break
                position = separator.end()

    def behind_a_role(self) -> Iterator[Span]:
        for match in _ROLE.finditer(self._text):
            start = match.end()
            surname = self._words.find_surname(self._text, start)
            if surname is None or surname not in self._words.clear:
                continue
            cut = self._cut_at(start)
            for length in range(1, _LONGEST_GIVEN + 1):
                end = start + len(surname) + length
                if (
                    cut.breaks(end)
                    and _AFTER_ROLE_NAME.match(self._text, end)
                    and self._may_be_name(start, end)
                    and self._cuts_like_a_name(start, end, end, cut, strict=True)
                ):
                    yield start, end
                    break

    def before_a_mobile(self) -> Iterator[Span]:
        for match in _BEFORE_A_MOBILE.finditer(self._text):
            end = match.start()
            cut = self._cut_at(end)
            for start in range(max(0, end - _LONGEST_NAME), end - 1):
                surname = self._words.find_surname(self._text, start)
                if (
                    surname in self._words.clear
                    and start + len(surname or "") < end
                    and self._may_be_name(start, end)
                    and self._cuts_like_a_name(start, end, end, cut, strict=True)
                ):
                    yield start, end
                    break

    def _may_be_name(self, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is a surname and a given name of at most two characters."""
        surname = self._words.find_surname(self._text, start)
        if surname is None:
            return False
        given = self._text[start + len(surname) : end]
        if start + len(surname) > end or len(given) > _LONGEST_GIVEN:
            return False
        return all(_is_han(char) and char not in _NO_GIVEN for char in given)

    def _is_titled(self, start: int, title: int, end: int, group: str, cut: Cut) -> bool:
        text = self._text
        surname = self._words.find_surname(text, start) or ""
        bare = start + len(surname) == title
        ambiguous = surname not in self._words.clear
        if not self._cuts_like_a_name(start, title, end, cut, strict=ambiguous) or text[start:end] in _BRANDS:
            return False
        clean = start == 0 or not _is_han(text[start - 1]) or text[start - 1] in _BEFORE_A_NAME
        if not bare:
            if text[title - 1] in _UNITS:
                return False
            # 集成商 ends before a word of its own, 调整时|老厂长 before one character; two that are no word are a name.
            doubtful = ambiguous and (group == "short" or (surname in _HEADS and title - start <= _LONGEST_GIVEN))
            return not doubtful or self._words.is_person(text[start:title]) or (clean and group != "short")
        if surname in _MEASURES and _MEASURE.search(text[max(0, start - 1) : start]):
            return False
        if surname in _HEADS and (not clean or text[start - 1 : start] == "户"):
            return False
        if surname in _PREPOSITION:
            return group == "short" and clean
        if surname == "于":
            return not _UNTIL.match(text, end)
        if surname == "任" and group == "long":
            return clean and not _TENURE.match(text, end)
        return True

    def _cuts_like_a_name(self, start: int, end: int, title_end: int, cut: Cut, *, strict: bool) -> bool:
        """Whether the dictionary's words let a name stand at ``start:end``; ``strict`` lets no given name be a word."""
        text, words = self._text, self._words
        first = cut.words.get(start)
        if first is None:
            return False
        surname = words.find_surname(text, start) or ""
        first_end = start + len(first)
        if first_end > end:
            # 高工 is also short for a senior engineer.
            senior = first == "高工" and start > 0 and text[start - 1] in _BEFORE_A_NAME
            return first_end <= title_end and (words.is_person(first) or senior)
        if len(first) > len(surname):
            if not words.is_person(first):
                return False
        elif not cut.breaks(start + len(surname)) and not words.is_person(cut.words.get(first_end, "")):
            # 司马思远 is cut 司|马思远.
            return False
        given = text[start + len(surname) : end]
        crossing = any(low < end < low + len(word) for low, word in cut.words.items() if start <= low < end)
        return not crossing and not (strict and len(given) == _LONGEST_GIVEN and words.is_other(given))

    def _choose(self, places: list[int]) -> int:
        """The longest name, unless it begins with what may be a word before a shorter one (客户方黎主任)."""
        return next((place for place in places if self._text[place] not in _WORD_LIKE), places[0])

    def _labelled_name(self, position: int, sure: bool) -> Span | None:
        if dotted := _DOTTED.match(self._text, position):
            return dotted.span()
        run = _RUN.match(self._text, position)
        surname = self._words.find_surname(self._text, position)
        if run is None or surname is None:
            return None
        stop = _AFTER_LABELLED.search(self._text, position + len(surname) + 1, run.end())
        end = stop.start() if stop else run.end()
        value = self._text[position:end]
        given = end - position - len(surname)
        if not 1 <= given <= _LONGEST_GIVEN or _NO_PERSON.search(value) or not self._may_be_name(position, end):
            return None
        cut = self._words.cut(self._text, position, end)
        first = cut.words[position]
        if self._words.is_place(first) and first != surname:
            return None
        # 姓名：雷雨 is a name though 雷雨 is a word, 负责人：安全 is none.
        name_like = sure and first == value and surname in self._words.clear
        if self._words.is_other(first) and len(first) > len(surname) and not name_like:
            return None
        return position, end

    def _cut_at(self, position: int) -> Cut:
        low, high = self._cut_range
        length = len(self._text)
        if (
            self._cut is None
            or (position - _MARGIN_BEFORE < low and low > 0)
            or (position + _MARGIN_BEHIND > high and high < length)
        ):
            low, high = max(0, position - _CUT_BEFORE), min(length, position + _CUT_BEHIND)
            self._cut, self._cut_range = self._words.cut(self._text, low, high), (low, high)
        return self._cut


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"
