"""DOCX: what is shown, in the order of the text."""

import pytest

from ingest.document import BlockKind, RemovalReason, StructuredText
from ingest.errors import Origin
from ingest.formats.docx import read_docx
from tests.ingest.formats.docx_files import build_docx, item, level, paragraph, with_style

ORIGIN = Origin("a.docx")
RUN = "<w:r><w:t>{}</w:t></w:r>"


def read(body: str, **more: str) -> StructuredText:
    return read_docx(build_docx(body, **more), ORIGIN)[1]


def table(*rows: str, header: bool = False) -> str:
    mark = "<w:trPr><w:tblHeader/></w:trPr>" if header else ""
    return (
        "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{mark * (i == 0)}{row}</w:tr>" for i, row in enumerate(rows)) + "</w:tbl>"
    )


def cell(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<w:p>") or content.startswith("<w:tbl>") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


class TestHeadings:
    @pytest.mark.parametrize(
        ("properties", "level"),
        [
            ('<w:pStyle w:val="Title"/>', 1),
            ('<w:pStyle w:val="Heading1"/>', 1),
            ('<w:pStyle w:val="Heading3"/>', 3),
            ('<w:outlineLvl w:val="1"/>', 2),
            ('<w:outlineLvl w:val="9"/>', 0),
            ('<w:pStyle w:val="Heading2"/><w:outlineLvl w:val="9"/>', 0),
            ("", 0),
        ],
    )
    def test_by_style_and_outline_level(self, properties: str, level: int) -> None:
        blocks = read(paragraph("前言。") + paragraph("安装", properties)).blocks
        assert [block.level for block in blocks] == [0, level]

    @pytest.mark.parametrize(("name", "level"), [("标题 2", 2), ("标题", 1), ("heading 4", 4), ("正文", 0)])
    def test_chinese_style_names(self, name: str, level: int) -> None:
        data = with_style(build_docx(paragraph("前言。") + paragraph("总则", '<w:pStyle w:val="a3"/>')), "a3", name)
        assert [block.level for block in read_docx(data, ORIGIN)[1].blocks] == [0, level]

    def test_a_centred_first_line_is_the_title(self) -> None:
        body = paragraph("值班规定", '<w:jc w:val="center"/>') + paragraph("正文", '<w:jc w:val="center"/>')
        assert [(block.kind, block.level) for block in read(body).blocks] == [
            (BlockKind.HEADING, 1),
            (BlockKind.LINE, 0),
        ]

    def test_an_article_in_the_style_of_a_heading_is_text(self) -> None:
        text = "值守人员应当按时交接班。" * 6
        assert [block.kind for block in read(paragraph(text, '<w:pStyle w:val="Heading2"/>')).blocks] == [
            BlockKind.LINE
        ]


class TestText:
    def test_in_order_with_links_breaks_and_signs(self) -> None:
        body = paragraph(
            RUN.format("见")
            + f'<w:hyperlink r:id="rId99">{RUN.format("手册")}</w:hyperlink>'
            + f"<w:smartTag>{RUN.format('附录')}</w:smartTag>"
            + "<w:r><w:br/><w:t>第二行</w:t><w:tab/><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t></w:r>"
            + '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
        )
        assert read(body).text == "见手册附录\n第二行 A-B✓"

    def test_tracked_changes(self) -> None:
        body = paragraph(
            f'<w:ins w:id="1">{RUN.format("新增")}</w:ins>'
            '<w:del w:id="2"><w:r><w:delText>删去</w:delText></w:r></w:del>'
            f'<w:moveFrom w:id="3">{RUN.format("移走")}</w:moveFrom><w:moveTo w:id="4">{RUN.format("移来")}</w:moveTo>'
        )
        text = read(body)
        assert text.text == "新增移来"
        assert [(removal.reason, removal.text) for removal in text.removed] == [
            (RemovalReason.MARKUP, "删去"),
            (RemovalReason.MARKUP, "移走"),
        ]

    def test_hidden_text_and_field_codes_are_not_shown(self) -> None:
        body = paragraph(
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
            + RUN.format("显示")
        )
        text = read(body)
        assert (text.text, [removal.text for removal in text.removed]) == ("显示", ["隐藏"])

    def test_a_text_box_follows_its_paragraph_once(self) -> None:
        box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
        body = paragraph(
            f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>{RUN.format('正文')}"
        )
        assert read(body + paragraph("其后")).text == "正文\n框内\n其后"

    def test_content_controls_are_looked_into_and_contents_left_out(self) -> None:
        entry = paragraph("第一章 总则 1", '<w:pStyle w:val="TOC1"/>')
        data = build_docx(f"<w:sdt><w:sdtContent>{entry}{paragraph('正文')}</w:sdtContent></w:sdt>")
        text = read_docx(with_style(data, "TOC1", "toc 1"), ORIGIN)[1]
        assert text.text == "正文"
        assert [(removal.reason, removal.text) for removal in text.removed] == [
            (RemovalReason.BOILERPLATE, "第一章 总则 1")
        ]

    def test_notes_stand_at_the_end(self) -> None:
        body = paragraph(RUN.format("电压") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + RUN.format("正常。"))
        notes = f'<w:footnote w:id="0">{paragraph("x")}</w:footnote>'
        notes += f'<w:footnote w:id="2">{paragraph("额定值。")}</w:footnote>'
        assert (
            read_docx(build_docx(body, parts={"footnotes": notes}), ORIGIN)[1].text == "电压[1]正常。\n\n[1] 额定值。"
        )

    def test_comments_are_recorded(self) -> None:
        notes = f'<w:comment w:id="1">{paragraph("请核对")}</w:comment>'
        text = read_docx(build_docx(paragraph("正文"), parts={"comments": notes}), ORIGIN)[1]
        assert (text.text, [removal.text for removal in text.removed]) == ("正文", ["请核对"])


class TestTables:
    def test_header_and_cell_stay_together(self) -> None:
        body = table(cell("代码") + cell("处理"), cell("E1") + cell("加纸"), cell("E2") + cell(""), header=True)
        assert read(body).text == "代码：E1；处理：加纸\n代码：E2"
        assert {block.kind for block in read(body).blocks} == {BlockKind.ROW}

    def test_merged_cells(self) -> None:
        first = cell("机房") + cell("时段") + cell("温度")
        restart = cell("甲", '<w:vMerge w:val="restart"/>') + cell("上午") + cell("20")
        goes_on = cell("", "<w:vMerge/>") + cell("停用", '<w:gridSpan w:val="2"/>')
        assert read(table(first, restart, goes_on)).text == "机房：甲；时段：上午；温度：20\n机房：甲；时段：停用"

    def test_a_table_in_a_cell_and_numbers_in_cells(self) -> None:
        inner = table(cell("型号") + cell("GW1"), cell("串口") + cell("4"))
        body = table(cell("项目") + cell("说明"), cell(item("甲")) + cell(inner + paragraph("备用")), header=True)
        assert read(body, levels=level(0, "decimal", "%1.")).text == "项目：1. 甲；说明：型号：GW1；串口：4 备用"

    def test_a_frame_is_no_table(self) -> None:
        body = table(cell(paragraph("题", '<w:pStyle w:val="Heading1"/>') + paragraph("文")))
        assert read(body).text == "题\n文"

    def test_depth_costs_no_text(self) -> None:
        inner = paragraph("底")
        for number in range(20):
            inner = table(cell(f"外{number}") + cell(inner + paragraph("")))
        text = read(inner).text
        assert "底" in text
        assert all(f"外{number}" in text for number in range(20))
        assert read("<w:tbl><w:tr><w:tc>" * 70 + paragraph("底") + "</w:tc></w:tr></w:tbl>" * 70).text == "底"
