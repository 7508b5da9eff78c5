"""HTML as a reader sees it, in blocks."""

import pytest

from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.errors import DecodingError, Origin, TooComplexSourceError
from ingest.formats.html import read_html

HEADING, LINE, ROW, CODE = BlockKind.HEADING, BlockKind.LINE, BlockKind.ROW, BlockKind.CODE
ORIGIN = Origin("a.html")


def structured(markup: str) -> StructuredText:
    return read_html(f'<meta charset="utf-8">{markup}'.encode(), ORIGIN)[1]


def blocks(markup: str) -> list[tuple[BlockKind, str]]:
    text = structured(markup)
    return [(block.kind, text.text[block.start : block.end]) for block in text.blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>先<b>重启</b>，\n再  观察。</p>", [(LINE, "先重启，再 观察。")]),
        ("<p>use\n  the key</p>", [(LINE, "use the key")]),
        ("<p>第一章　总则</p>", [(LINE, "第一章　总则")]),
        ("甲<br>乙<br/><br>丙", [(LINE, "甲"), (LINE, "乙"), (LINE, "丙")]),
        ("<div>甲<div>乙</div>丙</div>", [(LINE, "甲"), (LINE, "乙"), (LINE, "丙")]),
        ("<h2>安装 <code>kb</code><br>步骤</h2>", [(HEADING, "安装 kb 步骤")]),
        ("<p>x&lt;5 &amp;&nbsp;y</p>", [(LINE, "x<5 & y")]),
        ("<p>看<img src=a alt=接线图>图</p>", [(LINE, "看接线图图")]),
        ("<dl><dt>代码</dt><dd>含义</dd></dl>", [(LINE, "代码"), (LINE, "含义")]),
        ("<pre>\nping\n  -t</pre>", [(CODE, "ping\n  -t")]),
        (
            "<pre>第一条 为了管理，制定本规定。\n第二条 适用。</pre>",
            [(LINE, "第一条 为了管理，制定本规定。"), (LINE, "第二条 适用。")],
        ),
    ],
)
def test_text(markup: str, expected: list[tuple[BlockKind, str]]) -> None:
    assert blocks(markup) == expected


def test_lists_keep_numbers_and_depth() -> None:
    markup = "<ol start=3><li>甲<ul><li>乙<li><p>丙</p><p>丁</p></ul><li value=9>戊<li>己</ol>"
    assert structured(markup).text == "3. 甲\n  • 乙\n  • 丙\n    丁\n9. 戊\n10. 己"


class TestTables:
    def test_a_row_repeats_its_header(self) -> None:
        markup = "<table><thead><tr><th>代码<th>处理</thead><tr><td>E1<td>加纸<br>重启<tr><td>E2<td></table>"
        assert blocks(markup) == [(ROW, "代码：E1；处理：加纸 重启"), (ROW, "代码：E2")]

    def test_spans(self) -> None:
        markup = (
            "<table><tr><th rowspan=2>机房<th colspan=2>温度</tr><tr><th>上午<th>下午</tr>"
            "<tr><td rowspan=2>甲<td>20<td>22<tr><td colspan=2>停用</table>"
        )
        head = "<table><thead>" + markup.removeprefix("<table>").replace("下午</tr>", "下午</tr></thead>")
        assert blocks(head) == [(ROW, "机房：甲；温度 上午：20；下午：22"), (ROW, "机房：甲；温度 上午：停用")]

    def test_a_header_that_nobody_marked(self) -> None:
        assert blocks("<table><tr><td>代码<td>含义<td>处理<tr><td>E1<td>缺纸<td>加纸</table>") == [
            (ROW, "代码：E1；含义：缺纸；处理：加纸")
        ]
        assert blocks("<table><tr><td>型号<td>GW200<tr><td>端口<td>4</table>") == [
            (ROW, "型号：GW200"),
            (ROW, "端口：4"),
        ]

    def test_tables_inside_a_layout(self) -> None:
        markup = "<table><tr><td><h1>题</h1><p>文</p><td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>"
        assert blocks(markup) == [(HEADING, "题"), (LINE, "文"), (ROW, "a：1；b：2")]

    def test_absurd_spans_are_bounded(self) -> None:
        assert blocks("<table><tr><td colspan=99999999>甲<td rowspan=-1>乙<tr><td>丙</table>")[0] == (ROW, "甲")
        assert len(structured("<table>" + "<tr><td rowspan=99999 colspan=999>甲" * 50 + "</table>").text) < 10**6


class TestWhatIsLeftOut:
    def test_it_is_recorded(self) -> None:
        text = structured(
            "<title>题</title><h1>题</h1><header>站名</header><nav>导航</nav><script>alert(1)</script><style>p{}</style>"
            "<!-- 注 --><p>正文</p><aside>推荐</aside><form><input value=x>搜索<button>找</button></form>"
            "<footer>版权</footer>"
        )
        assert text.text == "题\n\n正文"
        assert [(removal.reason, removal.text.strip()) for removal in text.removed] == [
            (RemovalReason.REPEATED_TITLE, "题"),
            (RemovalReason.BOILERPLATE, "站名"),
            (RemovalReason.BOILERPLATE, "导航"),
            (RemovalReason.MARKUP, "alert(1)"),
            (RemovalReason.MARKUP, "p{}"),
            (RemovalReason.MARKUP, "注"),
            (RemovalReason.BOILERPLATE, "推荐"),
            (RemovalReason.BOILERPLATE, "搜索 找"),
            (RemovalReason.BOILERPLATE, "版权"),
        ]

    def test_a_page_that_stands_in_a_form_is_kept(self) -> None:
        assert structured("<form id=aspnetForm><div><p>正文</p></div><select><option>甲</select></form>").text == "正文"

    def test_head_and_foot_of_an_article_are_kept(self) -> None:
        assert structured("<article><header><p>导语</p></header>文<footer>作者：技术部</footer></article>").text == (
            "导语\n\n文\n作者：技术部"
        )
        assert structured("<header><h1>题</h1></header>文").text == "题\n文"


class TestTitle:
    def test_without_a_heading_the_head_names_the_page(self) -> None:
        fields, _ = read_html("<title> 值班\n规定 </title><p>文".encode(), ORIGIN)
        assert fields == {"title": "值班 规定"}

    def test_markup_in_it_is_text(self) -> None:
        page = "<title>&lt;img src=x onerror=alert(1)&gt;\u202e反</title><p>文"
        assert read_html(page.encode(), ORIGIN)[0] == {"title": "<img src=x onerror=alert(1)>反"}


class TestEncoding:
    @pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030", "utf-8", "big5"])
    def test_as_declared(self, declared: str) -> None:
        encoding = {"big5": "cp950", "utf-8": "utf-8"}.get(declared.lower(), "gb18030")
        text = "值班規定：應當在機房。" if declared == "big5" else "值班规定：应当在机房。"
        page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{text}'
        assert read_html(page.encode(encoding), ORIGIN)[1].text == text

    def test_a_wrong_declaration_is_seen_through(self) -> None:
        page = "<meta charset=utf-8><p>值班规定：应当在机房。"
        assert read_html(page.encode("gb18030"), ORIGIN)[1].text == "值班规定：应当在机房。"
        assert read_html(page.replace("utf-8", "no-such").encode(), ORIGIN)[1].text == "值班规定：应当在机房。"

    def test_undeclared(self) -> None:
        assert read_html("<p>值班规定".encode("utf-16"), ORIGIN)[1].text == "值班规定"
        with pytest.raises(DecodingError):
            read_html(b"<p>\x00\x01", ORIGIN)


@pytest.mark.parametrize(
    ("markup", "end"),
    [
        ("<ul><li>项" * 10_000 + "尾", "尾"),
        ("<table><tr><td>项" * 1_000 + "尾", "尾"),
        ("<div>" * 50_000 + "尾", "尾"),
        ("<form><header>" * 2_000 + "<h1>尾", "尾"),
        ("<blockquote>" * 10_000 + "</p>" * 10_000 + "尾", "尾"),
    ],
    ids=["lists", "tables", "divs", "forms", "unclosed"],
)
def test_depth_costs_neither_text_nor_stack(markup: str, end: str) -> None:
    text = structured(markup).text
    assert text.endswith(end)
    assert text.count("项") == markup.count("项")


def test_too_many_tags_are_refused() -> None:
    with pytest.raises(TooComplexSourceError, match="标签"):
        structured("<b>" * 500_001)
