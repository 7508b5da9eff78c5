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

_QUOTE_BEGINS = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|原邮件|转发邮件|回复的邮件|Original Message|Forwarded message)\s*-{0,}|_{10,}\s*$"
    r"|在.{4,80}写道\s*[：:]\s*$|On .{4,120} wrote:\s*$|(?:发件人|From)\s*[：:].+$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*[>＞|]")
_SIGNATURE_BEGINS = re.compile(
    r"^\s*(?:--\s*|—{2,}\s*|={5,}\s*|此致.{0,4}|敬礼[！!]?|(?:发自|来自|Sent from).{2,30})\s*$"
)
_CONTACT = re.compile(
    r"^\s*(?:电话|手机|座机|传真|邮箱|电子邮箱|E-?mail|Tel|Mobile|Fax|QQ|微信|地址|网址|联系人|联系方式|署名)\s*[：:].{0,80}$",
    re.IGNORECASE,
)
_COURTESIES = (
    r"(?:尊敬的|亲爱的)[^，,。！!：:\n]{0,12}",
    r"各位(?:老师|领导|同事|工程师|专家)",
    r"(?:技术|客服|售后|运维|工程师|老师)?(?:部|组)?的?(?:老师|同事|工程师|同志|朋友)?"
    r"(?:[您你]们?好|大家好|早上好|上午好|中午好|下午好|晚上好|hi|hello|dear)[呀啊]?",
    r"打扰(?:一下|您|你|了)+|不好意思|辛苦(?:了|您|各位|大家)+",
    r"(?:非常|十分|万分|先)?(?:感谢|谢谢|多谢)(?:您|你|了|各位|大家|啦|支持|配合|帮助)*",
    r"祝[您你]?(?:好|工作顺利|生活愉快|商祺|工作愉快|顺利)|顺颂商祺|此致敬礼|急?盼(?:回)?复|望(?:尽快)?(?:回复|处理|解决)",
    r"(?:麻烦|请|烦请|劳烦)(?:您|你|各位|尽快|帮忙|帮|给|协助|抓紧|一下)*(?:看看|看|处理|解决|回复)(?:一下|下)?",
)
_COURTESY = re.compile(
    rf"(?:{'|'.join(_COURTESIES)})(?=$|[\s，,。.！!；;～~、：:])[\s，,。.！!；;～~、：:]*", re.IGNORECASE
)
_DATE = r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}[日T\s]\s*"
_LEVELS = "INFO|WARN|WARNING|ERROR|DEBUG|FATAL|TRACE"
_LOG_LINES = (
    rf"\[?{_DATE}\d{{1,2}}:\d{{2}}",
    r"\[?\d{1,2}:\d{2}:\d{2}",
    rf"\[?(?:{_LEVELS})\b",
    r"[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}",  # syslog
    r"at\s+[\w$.<>]+\(|Caused by:|\.\.\. \d+ (?:more|common)",  # Java
    r"File \".+\", line \d+|Traceback \(",  # Python
    r"[0-9a-fA-F]{4,}(?:[\s:]+[0-9a-fA-F]{2,}){4,}",  # a dump
)
_LOG_LINE = re.compile(rf"^\s*(?:{'|'.join(_LOG_LINES)})")
_TELLS = re.compile(
    r"(?:error|exception|fail|fatal|denied|refused|timeout|timed out|cannot|unable|reject|invalid|expired|panic|killed"
    r"|错误|失败|异常|拒绝|超时|无法|不足|过期|中断|[A-Z]{2,}[-_ ]?E?\d{2,}|0x[0-9a-f]{4,})",
    re.IGNORECASE,
)
_FRAME = re.compile(r"^\s*(?:at\s+[\w$.<>]+\(|\.\.\. \d+ |File \".+\", line \d+)")
_STAMP = re.compile(rf"^\s*\[?(?:{_DATE})?\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d+)?(?:Z|[+-]\d{{2}}:?\d{{2}})?\]?\s*")


def build_query(title: str, description: str) -> str:
    """Title and description as one search text, at most `LONGEST_QUERY_CHARS` characters, never empty for a title.

    Lines stay in their order. Of a longer text the lines that tell most (error words and codes) are kept first.
    """
    head = _without_courtesy(title.strip()) or title.strip()
    if len(description) > _LONGEST_READ_CHARS:
        half = _LONGEST_READ_CHARS // 2
        description = f"{description[:half]}\n{description[-half:]}"
    body = [line for line in _shortened_logs(_own_lines(description.splitlines())) if line and line != head]
    return "\n".join([head[:LONGEST_QUERY_CHARS], *_fitting(body, LONGEST_QUERY_CHARS - len(head))]).strip()


def _own_lines(lines: Sequence[str]) -> list[str]:
    """What the customer wrote, without quoted mail, signature and courtesies."""
    own: list[str] = []
    for line in lines:
        if own and (_QUOTE_BEGINS.match(line) or _SIGNATURE_BEGINS.match(line)):
            break
        if _QUOTE_BEGINS.match(line) or _SIGNATURE_BEGINS.match(line) or _QUOTED.match(line) or _CONTACT.match(line):
            continue
        kept = line.strip() if _LOG_LINE.match(line) else _without_courtesy(line.strip())
        if kept:
            own.append(kept)
    # Somebody answered below a quotation, or wrote nothing but courtesies: better all of it than none.
    return own or [line.strip() for line in lines if line.strip()]


def _without_courtesy(line: str) -> str:
    return _COURTESY.sub("", line).strip(" \t，,。；;：:、～~")


def _shortened_logs(lines: Sequence[str]) -> Iterator[str]:
    run: list[str] = []
    for line in lines:
        if _LOG_LINE.match(line):
            run.append(line)
            continue
        yield from _telling(run)
        run = []
        yield line[:_LONGEST_LINE_CHARS]
    yield from _telling(run)


def _telling(run: Sequence[str]) -> Iterator[str]:
    """Of a run of log lines, the first ones that name an error, each once, without their time stamps."""
    lines = list(dict.fromkeys(_STAMP.sub("", line)[:_LONGEST_LINE_CHARS] for line in run))
    if len(run) >= _FEWEST_LOG_LINES:
        telling = [line for line in lines if _TELLS.search(line) and not _FRAME.match(line)]
        lines = telling[:_KEPT_LOG_LINES] or lines[-1:]
    yield from lines


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Lines within ``room`` characters, in order; where they are too many, those that name an error go first."""
    if sum(len(line) + 1 for line in lines) <= room:
        return list(lines)
    kept: dict[int, str] = {}
    for place in sorted(range(len(lines)), key=lambda place: (not _TELLS.search(lines[place]), place)):
        cut = lines[place][: max(0, room - 1)]
        if cut:
            kept[place] = cut
            room -= len(cut) + 1
    return [kept[place] for place in sorted(kept)]
