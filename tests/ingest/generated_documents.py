"""Texts as people write, paste and break them, parsed: what the property tests draw from."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import reject
from hypothesis import strategies as st

from ingest.document import Kind, ParsedDocument, SourceRecord, StructuredText
from ingest.errors import MalformedSourceError, Origin
from ingest.outline import build_outline
from ingest.parser import parse

_LINE_STARTS = (
    *("", "", "", "第一编 总则", "第二章 组织", "第一章总则第一条为规范", "第三节 值班", "第一条", "第二条 ", "第3条."),
    *("第十五条之一", "一、", "二、部门职责", "四、服务流程1. ", "（一）", "(二)", "1.", "2、", "3 ", "1.1 ", "4.10、"),
    *(
        "4.10.1",
        "(六)、提成4.10、",
        "①",
        "A、",
        "(1)",
        "1)",
        "a.",
        "• ",
        "- 1. ",
        "1.6管材",
        "第五条规定的",
        "第一条所有",
    ),
    *("关于考勤的管理制度", "技术支持部管理制度", "# 标题", "## 安装", "### 第一章 总则", "## 一、概述", "> 第一条"),
    *("```\n代码 1\n\n第一条\n```", "|列|值|\n|-|-|\n|甲|2|", "---", "<br>", "    缩进代码"),
)
_INSIDE_LINES = st.sampled_from(
    (
        "第一条",
        "；2.",
        "：（一）",
        "。（二）",
        "：a、",
        "b、",
        "4.11、",
        "(4)",
        "1/4",
        "“一、",
        "：①",
        "②",
        "附件1",
        "第八条之一",
    )
)
_WORDS = st.text(st.sampled_from("甲乙丙丁规定的所一二第条章节，。；、：:;,. \u3000\t12ab😀é()"), max_size=20)
_BODY = st.lists(st.one_of(_WORDS, _INSIDE_LINES), max_size=4).map("".join)
_LINE = st.builds(str.__add__, st.sampled_from(_LINE_STARTS), _BODY)


@st.composite
def documents(draw: st.DrawFn, kinds: Sequence[Kind] = tuple(Kind)) -> ParsedDocument:
    """Documents of the given kinds, from up to 14 lines of Markdown or plain text; one of those pasted together."""
    content = draw(st.sampled_from(("\n", "\n\n"))).join(draw(st.lists(_LINE, min_size=1, max_size=14)))
    source_format, kind = draw(st.sampled_from(("markdown", "text"))), draw(st.sampled_from(kinds))
    try:
        parsed = parse(SourceRecord("generated", source_format, Origin("generated"), content, "digest"))
    except MalformedSourceError:
        reject()
    document = draw(st.sampled_from(parsed))
    sections = build_outline(StructuredText(document.text, document.blocks), document.title, kind)
    return replace(document, kind=kind, sections=sections)
