"""A ticket's words -> the text to search with: what the trouble is, without what is around it.

Mail and forms bring greetings, thanks, signatures, quoted mail and pasted logs along. They share words with everything
and drown the two lines that tell. Each rule here takes one of them out; a text that nothing is left of is kept as it
came.
"""

import re
from collections.abc import Iterator, Sequence

LONGEST_QUERY_CHARS = 1_200
"""More than the model reads (512 tokens, about 700 characters), so that keywords behind its end still count."""

_LONGEST_READ_CHARS = 20_000
"""Of a longer description, the beginning and the end are read: the story, and the last lines of a log."""
_KEPT_LOG_LINES = 6
_FEWEST_LOG_LINES = 4
"""A shorter run of log lines is kept whole."""
_LONGEST_LINE_CHARS = 400

_SENDER = re.compile(r"^\s*\*?(?:发件人|寄件人|From)\*?\s*[：:]", re.IGNORECASE)
_HEADER = re.compile(r"^\s*\*?(?:发送时间|日期|时间|主题|Sent|Date|Subject)\*?\s*[：:]", re.IGNORECASE)
_FURTHER_HEADER = re.compile(r"^\s*\*?(?:收件人|抄送|To|Cc)\*?\s*[：:]", re.IGNORECASE)
_HEADER_LINES = 5
_ANSWERED = re.compile(
    r"^(?:\s*[-—]{2,}\s*(?:原始邮件|原邮件|邮件原件|回复的(?:原)?邮件|Original(?: Message)?)\s*[-—]*\s*$"
    r"|(?=.{0,160}(?:\d{4}|@)).{4,160}(?:写道|wrote)\s*[：:]\s*$)",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(?:[-—]{2,}\s*(?:转发的?邮件(?:信息)?|Forwarded message)\s*[-—]*"
    r"|(?:Begin forwarded message|开始转发的?邮件)\s*[：:])\s*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:[>＞](?!\s*=?\s*\d)|\|(?!.*\|))")
"""Not ``>50MB 的附件``, nor the row of a table."""
_RULER = re.compile(r"^[\W_]{3,}$")
_SIGNATURE_BEGINS = re.compile(
    r"^\s*(?:--|—{2,}|此致.{0,4}|敬礼[！!]?|Sent from .{2,30}|发自我的.{1,20}"
    r"|(?:发自|来自)\w{0,10}(?:iPhone|iPad|Android|手机|客户端|邮箱大师|Foxmail|Outlook)"
    r"|(?:(?:best|kind|warm|with best|with kind) )?(?:regards|wishes)"
    r"|(?:yours )?(?:sincerely|faithfully)|cheers)[,，]?\s*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^\s*(?:电话|手机|座机|传真|邮箱|电子邮箱|E-?mail|Tel|Mobile|Fax|QQ|微信|地址|网址|联系人|联系方式|署名)\s*[：:].{0,80}$",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"打不开|不能|不了|不上|不到|不通|不出|不动|不对|没有|没反应|报错|乱码|卡|慢|掉线|\d{1,3}(?:\.\d{1,3}){3}"
)
"""A line with one of these is no contact: ``QQ：登不上``, ``地址：10.1.1.5``."""
_COURTESIES = (
    r"(?:尊敬的|亲爱的)[^，,。！!：:\n]{0,12}(?:(?=[，,！!：:])|(?<=老师|领导|客户|用户|同事|先生|女士|经理|程师))",
    r"各位(?:老师|领导|同事|工程师|专家)",
    r"(?:技术|客服|售后|运维|工程师|老师)?(?:部|组)?的?(?:老师|同事|工程师|同志|朋友)?"
    r"(?:[您你]们?好|大家好|早上好|上午好|中午好|下午好|晚上好)[呀啊]?",
    r"打扰(?:一下|您|你|了)+|不好意思|辛苦(?:了|您|各位|大家)+",
    r"(?:非常|十分|万分|先)?(?:感谢|谢谢|多谢)(?:您|你|了|各位|大家|啦|支持|配合|帮助)*",
    r"祝[您你]?(?:好|工作顺利|生活愉快|商祺|工作愉快|顺利)|顺颂商祺|此致敬礼|急?盼(?:回)?复|希?望(?:尽快)?(?:回复|处理|解决)",
    r"(?<![申邀聘])(?:麻烦|请|烦请|劳烦)(?:您|你|各位|尽快|帮忙|帮|给|协助|抓紧|一下)*(?:看看|看|处理|解决|回复)(?:一下|下)?",
)
_COURTESY = re.compile(
    rf"(?:{'|'.join(_COURTESIES)})(?=$|[\s，,。.！!；;～~、：:])[\s，,。.！!；;～~、：:]*", re.IGNORECASE
)
_ENGLISH_COURTESY = re.compile(
    r"(?:^|(?<=[.,!;]\s)|(?<=[.,!;，。！；]))(?:"
    r"(?:hi|hello|dear|hey|good (?:morning|afternoon|evening))(?: [a-z./]+){0,2}\s*(?=[,，!！:：]|$)"
    r"|(?:many |much )?(?:thanks|thank you)(?: (?:all|a lot|so much|very much|in advance|again|for your [a-z]+))*"
    r"|please (?:help|advise|assist|check)(?: (?:me|us|asap|urgently|soon))*"
    r"|i? ?hope (?:you are|this finds you)(?: doing)? well|looking forward to your (?:reply|response)"
    r")\s*(?:$|[.,!;:，。！；：]\s*)+",
    re.IGNORECASE,
)
_DATE = r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}[日T\s]\s*"
_LEVELS = "INFO|WARN|WARNING|ERROR|DEBUG|FATAL|TRACE"
_SYSLOG_STAMP = r"[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}"
_DUMP = r"(?:0x)?[0-9a-fA-F]{4,}(?:[\s:]+[0-9a-fA-F]{2,}){4,}"
_LOG_LINES = (
    rf"\[?{_DATE}\d{{1,2}}:\d{{2}}",
    r"\[?\d{1,2}:\d{2}:\d{2}",
    rf"\[?(?:{_LEVELS})\b",
    _SYSLOG_STAMP,
    r"at\s+[\w$.<>]+\(|Caused by:|\.\.\. \d+ (?:more|common)",  # Java
    r"File \".+\", line \d+|Traceback \(",  # Python
    _DUMP,
)
_LOG_LINE = re.compile(rf"^\s*(?:{'|'.join(_LOG_LINES)})")
_CODES = rf"(?-i:\b(?!{_LEVELS})[A-Z]{{2,}}[-_ ]?E?\d{{2,}})|[a-z]{{2,}}[-_]?\d{{3,}}|0x[0-9a-f]{{4,}}"
"""``ORA-00257``, ``HTTP 502``, ``ppr9087``; not ``from 10.1.1.5``."""
_TELLS = re.compile(
    r"(?:error|exception|fail|fatal|denied|refused|timeout|timed out|cannot|unable|reject|invalid|expired|panic|killed"
    r"|错误|失败|异常|拒绝|超时|无法|不足|过期|中断"
    rf"|{_CODES})",
    re.IGNORECASE,
)
_PYTHON_FRAME = re.compile(r"File \".+\", line \d+")
_FRAME = re.compile(rf"^\s*(?:at\s+[\w$.<>]+\(|\.\.\. \d+ |File \".+\", line \d+|{_DUMP})")
_CODE = re.compile(_CODES, re.IGNORECASE)
_SHORT_LINE_CHARS = 80
_SENTENCES = re.compile(rf".{{1,{_LONGEST_LINE_CHARS}}}?(?:[。！？；]|$)|.{{1,{_LONGEST_LINE_CHARS}}}")
_STAMP = re.compile(
    rf"^\s*(?:{_SYSLOG_STAMP}\s|\[?(?:{_DATE})?\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d+)?(?:Z|[+-]\d{{2}}:?\d{{2}})?\]?\s*)"
)


def build_query(title: str, description: str) -> str:
    """Title and description as one search text, at most `LONGEST_QUERY_CHARS` characters, never empty for a title.

    Lines stay in their order. Of a longer text the lines that tell most (error words and codes) are kept first.
    """
    title = title.strip()[:LONGEST_QUERY_CHARS]
    head = _without_courtesy(title) or title
    if len(description) > _LONGEST_READ_CHARS:
        half = _LONGEST_READ_CHARS // 2
        description = f"{description[:half]}\n{description[-half:]}"
    body = [line for line in _shortened_logs(_own_lines(description.splitlines())) if line and line != head]
    query = "\n".join([head, *_fitting(body, LONGEST_QUERY_CHARS - len(head))]).strip()
    # Of control characters alone nothing is left, and a search takes no empty text.
    return query or "?"


def _own_lines(lines: Sequence[str]) -> list[str]:
    """What the customer wrote or passed on, without answered mail, signature and courtesies."""
    own: list[str] = []
    signed = forwarded = False
    for place, line in enumerate(lines):
        if _FORWARDED.match(line):
            forwarded, signed = True, False
            continue
        if _ANSWERED.match(line) or _heads_mail(lines, place):
            if own and not forwarded:
                break
            forwarded = False
            continue
        if (_HEADER.match(line) or _FURTHER_HEADER.match(line)) and _follows_sender(lines, place):
            continue
        if _SIGNATURE_BEGINS.match(line):
            signed = signed or bool(own)
            continue
        if _is_dressing(line) or (signed and not _TELLS.search(line)):
            continue
        kept = line.strip() if _LOG_LINE.match(line) else _without_courtesy(line.strip())
        if kept:
            own.append(kept)
    # Somebody answered below a quotation, or wrote nothing but courtesies: better all of it than none.
    return own or [line.strip() for line in lines if line.strip()]


def _heads_mail(lines: Sequence[str], place: int) -> bool:
    """Whether a mail's headers begin here; ``From:`` alone may stand in a log."""
    return bool(_SENDER.match(lines[place])) and any(map(_HEADER.match, lines[place + 1 : place + _HEADER_LINES]))


def _follows_sender(lines: Sequence[str], place: int) -> bool:
    return any(_heads_mail(lines, above) for above in range(max(0, place - _HEADER_LINES), place))


def _is_dressing(line: str) -> bool:
    """A quoted line, a ruler, or a way to reach somebody."""
    if _QUOTED.match(line) or _RULER.match(line.strip()):
        return True
    return bool(_CONTACT.match(line)) and not _TELLS.search(line) and not _TROUBLE.search(line)


def _without_courtesy(line: str) -> str:
    return _ENGLISH_COURTESY.sub("", _COURTESY.sub("", line)).strip(" \t，,。；;：:、～~")


def _shortened_logs(lines: Sequence[str]) -> Iterator[str]:
    run: list[str] = []
    for line in lines:
        # Between the frames of Python stands the code that they were in.
        if _LOG_LINE.match(line) or (run and _PYTHON_FRAME.match(run[-1])):
            run.append(line)
            continue
        yield from _telling(run)
        run = []
        yield from _SENTENCES.findall(line)
    yield from _telling(run)


def _telling(run: Sequence[str]) -> Iterator[str]:
    """Of a run of log lines, the first ones that name an error, each once, without their time stamps."""
    lines = list(dict.fromkeys(_STAMP.sub("", line)[:_LONGEST_LINE_CHARS] for line in run))
    if len(run) >= _FEWEST_LOG_LINES:
        telling = [line for line in lines if _TELLS.search(line) and not _FRAME.match(line)]
        lines = telling[:_KEPT_LOG_LINES] or lines[-1:]
    yield from lines


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Lines within ``room`` characters, in order; where they are too many, those that tell most go first."""
    if sum(len(line) + 1 for line in lines) <= room:
        return list(lines)
    kept: dict[int, str] = {}
    for place in sorted(range(len(lines)), key=lambda place: (_rank(lines[place]), place)):
        cut = lines[place][: max(0, room - 1)]
        if cut:
            kept[place] = cut
            room -= len(cut) + 1
    return [kept[place] for place in sorted(kept)]


def _rank(line: str) -> int:
    """The lower, the more a line tells for its length."""
    if len(line) <= _SHORT_LINE_CHARS and _CODE.search(line):
        return 0
    return 1 if _TELLS.search(line) else 2
