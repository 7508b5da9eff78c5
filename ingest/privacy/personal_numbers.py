"""Numbers and addresses that belong to a person: telephone, ID card, bank card, plate, passport, e-mail.

Each pattern is bounded, stands apart from letters, digits and hyphenated codes around it, and is checked by the
number's own rules: checksum, calendar, numbering plan. Where none of these decides, a label before the number does.
All functions take a folded text (see `tokenizer.fold`) and yield the places found, from left to right.
"""

import re
from collections.abc import Iterator
from datetime import date

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from ingest.identifiers import IdentifierKind, iter_identifiers

Span = tuple[int, int]

# Neither inside a longer number or word, nor a part of a code that is joined by - . / _ (TK-2025, 1.39, v1_2).
_LEFT = r"(?<![0-9a-z_])(?<![0-9a-z][-._/])(?<!\d,)"
_RIGHT = r"(?![0-9a-z_])(?![-._/,]\d)"

# Two telephone numbers are often joined by a slash.
_LEFT_OF_PHONE = (
    rf"(?:{_LEFT}|(?<=tel[-._])|(?<=phone[-._])|(?<=mobile[-._])|(?<=fax[-._])"
    r"|(?<=1\d{10}/)|(?<=-\d{7}/)|(?<=-\d{8}/))"
)
_RIGHT_OF_PHONE = r"(?![0-9a-z_])(?![-._,]\d)(?!/(?!1[3-9]\d{9}|0\d{2,3}-?\d{7})\d)"

_CONTEXT_CHARS = 24
_UNIT = re.compile("\\s?(?:万|亿|元|美元|字节|bytes?|[kmgt]?b\\b|次|条|个|台|件|毫秒|秒|ms\\b|%|℃)")
_NO_PERSON_LABEL = re.compile(
    "(?:(?:单|编|序列|流水|会议|群|型|料|机身|设备|资产|物料|合同|发票|凭证|批次|条|校验|错误|标识|信用代|税|端口|版本|进程|线程)"
    "(?:编?号码?|编?码|id)"
    r"|订单|工单|运单|流水|批次|主键|序列|合同|发票|交易|版本|进程|线程|坐标|金额|流量|时间戳|[¥$€]"
    r"|(?<![a-z])(?:id|no|num|number|sn|s/n|order|pid|tid|ts|time|timestamp|bytes|size|len|length|offset|seq|port|code|key"
    r"|count|total|ver|version|part|model|item|sku|asset|imei|iccid|uuid|lot|batch|serial|barcode|value|amount))"
    r"[\s:=#(\"'为是]{0,4}$"
)
_PHONE_LABEL = re.compile(
    "(?:电话|手机|座机|传真|联系方式|号码|热线|tel|phone|mobile|fax|cell|call)(?:号码?)?[\\s:=.(\"'是为]{0,4}$"
)
_PHONE_WORD = re.compile(r"(?<![a-z])(?:tel|phone|mobile|fax|cell|mob|call)[-_:.]?$")

_MOBILE = re.compile(
    rf"{_LEFT_OF_PHONE}(?:(?:\+|00)?\(?86\)?[ -]?)?"
    rf"1[3-9]\d(?:(?:[ -]?\d{{4}}){{2}}|(?P<dotted>(?:\.\d{{4}}){{2}})){_RIGHT_OF_PHONE}"
)
_LANDLINE = re.compile(
    rf"{_LEFT_OF_PHONE}(?:\(?(?:\+|00)?86\)?[ -]?\(?0?|\(?0)(?:10|2\d|[3-9]\d{{2}})"
    r"(?:\)[ ]?|[ -]?)[2-9]\d{2,3}[ -]?\d{4}"
    rf"(?P<extension>(?:-|[ ]?(?:转|ext\.?)[ ]?(?:分机)?)\d{{1,6}})?{_RIGHT_OF_PHONE}"
)
_FOREIGN = re.compile(rf"(?<![0-9a-z+])\+(?!86)[1-9]\d{{0,2}}[ -]?\(?\d{{1,4}}\)?(?:[ -]?\d{{2,4}}){{1,4}}{_RIGHT}")
_LOCAL = re.compile(rf"{_LEFT}[2-9]\d{{2,3}}[ -]?\d{{4}}(?:(?:-|[ ]?转[ ]?)\d{{1,6}})?{_RIGHT}")
_LOCAL_LABEL = re.compile("(?:电话|座机|传真|固话|tel|fax)(?:号码?)?[\\s:为是]{1,4}$")
_COUNTRY = "CN"
_PERSONAL_TYPES = frozenset(
    (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PAGER,
    )
)

_ID_CARD = re.compile(rf"{_LEFT}[1-8]\d{{5}}[ -]?(?:18|19|20)\d{{2}}[ -]?\d{{4}}[ -]?\d{{3}}[\dx]{_RIGHT}")
_OLD_ID_CARD = re.compile(rf"{_LEFT}[1-8]\d{{14}}{_RIGHT}")
_ID_LABEL = re.compile("(?:身份证|证件)(?:号码?|件号)?[\\s:为是]{0,4}$")
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")

_BANK_CARD = re.compile(rf"{_LEFT}[3-69]\d{{3}}(?:([ -])(?:\d{{4}}\1){{2,3}}\d{{1,4}}|\d{{11,15}}){_RIGHT}")
# Beginnings and lengths that banks use: a number of 18 digits in a log that begins with 4 is a moment, not a card.
_ISSUER = re.compile(
    r"62\d{14,17}|60\d{14}(?:\d{3})?|955[89]\d{12}(?:\d{3})?|(?:4\d|5[1-5]|35)\d{14}|(?:436742|456351)\d{13}|3[47]\d{13}"
)
_BANK_LABEL = re.compile("(?:银行卡|储蓄卡|信用卡|借记卡|工资卡|卡|银行账|开户账|收款账)(?:号码?|户)?[\\s:为是]{0,4}$")

_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][ ·•・.-]?"
    r"(?:[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学警港澳]|[df][a-hj-np-z0-9]\d{4}|\d{5}[df])(?![0-9a-z_-])"
)
_PLATE_DIGITS = 2
_PASSPORT = re.compile(r"护照(?:号码?|编号)?[\s:为是]{0,4}([a-z]{1,2}\d{7,8})(?![0-9a-z_-])")

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+/@-])(?!git@)[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}"
    r"[a-z]{2,18}(?![a-z0-9_@-]|\.[a-z0-9]|:[a-z0-9/~]|\()"
)
# Files, hosts of a local network, and names of SSH algorithms (RFC 4251, section 6).
_NO_MAIL_DOMAIN = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|js|ts|css|json|md|zip|t?gz|tar|whl|jar|deb|rpm|local|localhost|internal|lan|svc)$|@(?:openssh\.com|libssh\.org)$"
)
# Login of a URL: postgres://kb:secret@db.example.com/kb
_LOGIN = re.compile(r"://[^/\s]*$")
# emqx@node1.example.com names a cluster's node, not a mailbox.
_NODE = re.compile(r"@[a-z]{1,10}-?\d{1,3}\.[a-z0-9-]+\.")


def iter_phones(folded: str) -> Iterator[Span]:
    """Mobile and landline numbers of persons; hotlines (400, 800, 95xxx, 110) are nobody's."""
    for pattern in (_MOBILE, _LANDLINE, _FOREIGN):
        for match in pattern.finditer(folded):
            parts = match.groupdict()
            number = match[0].removesuffix(parts.get("extension") or "")
            before = _before(folded, match.start())
            # 139.0000.1234 may be a version as well.
            unclear = parts.get("dotted") and not _PHONE_LABEL.search(before)
            if not unclear and _stands_alone(folded, *match.span()) and _is_phone(number, before):
                yield match.span()
    for match in _LOCAL.finditer(folded):
        if _LOCAL_LABEL.search(_before(folded, match.start())) and not _UNIT.match(folded, match.end()):
            yield match.span()


def iter_id_cards(folded: str) -> Iterator[Span]:
    """Numbers of 18 places with a right checksum, or behind a label; old ones of 15 with a plausible birthday."""
    for match in _ID_CARD.finditer(folded):
        number = re.sub("[ -]", "", match[0]).upper()
        if _is_birth(number) and (
            number[-1] == ric.calc_check_digit(number) or _ID_LABEL.search(_before(folded, match.start()))
        ):
            yield match.span()
    for match in _OLD_ID_CARD.finditer(folded):
        long_form = f"{match[0][:6]}19{match[0][6:]}0"
        if _is_birth(long_form) and (
            _ID_LABEL.search(_before(folded, match.start()))
            or (_is_registered(long_form) and _stands_alone(folded, *match.span()))
        ):
            yield match.span()


def iter_bank_cards(folded: str) -> Iterator[Span]:
    """Card numbers of 15 to 19 digits that pass Luhn's check and begin like a bank's, or stand behind a label."""
    for match in _BANK_CARD.finditer(folded):
        digits = re.sub("[ -]", "", match[0])
        labelled = _BANK_LABEL.search(_before(folded, match.start()))
        checked = luhn.is_valid(digits) and _ISSUER.fullmatch(digits)
        if (checked and _stands_alone(folded, *match.span())) or (labelled and len(digits) >= 16):
            yield match.span()


def iter_plates(folded: str) -> Iterator[Span]:
    """Number plates of mainland China."""
    for match in _PLATE.finditer(folded):
        if sum(char.isdigit() for char in match[0]) >= _PLATE_DIGITS:
            yield match.span()


def iter_passports(folded: str) -> Iterator[Span]:
    """Passport numbers, which nothing but their label tells from part numbers."""
    for match in _PASSPORT.finditer(folded):
        yield match.span(1)


def iter_emails(folded: str) -> Iterator[Span]:
    """E-mail addresses; not logins (root@host:path), file names (logo@2x.png) or nodes of a cluster."""
    for match in _EMAIL.finditer(folded):
        login = _LOGIN.search(_before(folded, match.start()))
        if not login and not _NO_MAIL_DOMAIN.search(match[0]) and not _NODE.search(match[0]):
            yield match.span()


def _before(folded: str, position: int) -> str:
    return folded[max(0, position - _CONTEXT_CHARS) : position]


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether neither a label nor a unit nor a code around it claims the number for something else."""
    before = _before(folded, start)
    if _NO_PERSON_LABEL.search(before) or _UNIT.match(folded, end):
        return False
    word = re.search(r"[a-z][a-z0-9]*[-_ :#]{1,2}$", before)
    if word is None or _PHONE_WORD.search(before.rstrip()):
        return True
    low = start - len(word[0])
    return not any(
        found.kind is IdentifierKind.CODE and low + found.end > start for found in iter_identifiers(folded[low:end])
    )


def _is_phone(number: str, before: str) -> bool:
    digits = re.sub(r"[^\d+]", "", number)
    try:
        parsed = phonenumbers.parse(f"+{digits}" if digits.startswith("86") else digits, _COUNTRY)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(parsed):
        return phonenumbers.number_type(parsed) in _PERSONAL_TYPES
    return bool(_PHONE_LABEL.search(before)) and phonenumbers.is_possible_number(parsed)


def _is_birth(number: str) -> bool:
    """Whether a number of 18 places begins with a province and a day from 1880 until today."""
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return bool(_PROVINCE.match(number)) and date(1880, 1, 1) <= born <= date.today()


def _is_registered(number: str) -> bool:
    """Whether a number's district is one that has existed."""
    try:
        ric.get_birth_place(number)
    except ValidationError:
        return False
    return True
