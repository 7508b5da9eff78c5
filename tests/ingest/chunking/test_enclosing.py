"""The text shown around a chunk: its article or section, never more, and as much of a long one as fits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking.chunker import Chunker
from ingest.chunking.enclosing import PARENT_FACTOR
from ingest.document import ParsedDocument, SourceRecord
from ingest.errors import Origin
from ingest.parser import parse
from tests.ingest.chunking.test_chunker import count_visible
from tests.ingest.generated_documents import documents
from tests.ingest.texts import parse_text


def parents(document: ParsedDocument, max_tokens: int) -> list[tuple[str, str | None]]:
    """The parent of each chunk, and the label of the section it is."""
    return [
        (
            document.text[span.parent_start : span.parent_end],
            None if span.parent_section is None else document.sections[span.parent_section].label,
        )
        for span in Chunker(count_visible, max_tokens).split(document)
    ]


def test_an_article_that_is_one_chunk_is_its_own_parent() -> None:
    document = parse_text("某某管理办法\n第一章 总则\n第一条 甲：\n（一）乙；\n（二）丙。\n第二条 丁。")
    for span in Chunker(count_visible, 100).split(document):
        assert (span.parent_start, span.parent_end, span.parent_section) == (span.start, span.end, span.section)


def test_every_piece_of_a_long_article_shows_the_whole_article_and_nothing_of_its_neighbours() -> None:
    article = "第二条 甲甲甲甲：\n（一）乙乙乙乙；\n（二）丙丙丙丙；\n（三）丁丁丁丁。"
    document = parse_text(f"某某管理办法\n第一章 总则\n第一条 前。\n{article}\n第三条 后。")
    assert parents(document, 16) == [
        ("第一条 前。", "第一章第一条"),
        *[(article, "第一章第二条")] * 3,
        ("第三条 后。", "第一章第三条"),
    ]


def test_a_headed_section_is_shown_with_its_subsections_but_not_beyond() -> None:
    content = "# 手册\n\n## 安装\n\n先看。\n\n### 连接\n\n一二三四五。六七八九。\n\n## 维护\n\n擦干净。"
    document = parse_text(content, "markdown", "manuals")
    assert parents(document, 8) == [
        ("先看。\n\n连接\n\n一二三四五。六七八九。", "安装"),
        ("一二三四五。六七八九。", "安装 › 连接"),
        ("一二三四五。六七八九。", "安装 › 连接"),
        ("擦干净。", "维护"),
    ]


def test_the_parts_of_a_ticket_show_the_whole_ticket() -> None:
    content = {"id": "TK-1", "kind": "ticket", "title": "断网", "symptom": "上不了网了", "solution": "重启楼层交换机"}
    [document] = parse(SourceRecord("TK-1", "json-line", Origin("t.jsonl", 1), content, "digest"))
    # What is above the first section of a ticket is its title alone.
    assert parents(document, 8) == [("上不了网了\n\n解决\n重启楼层交换机", None)] * 2


def test_text_above_the_articles_shows_no_article() -> None:
    document = parse_text("某某管理办法\n一二三四五。六七八九。\n第一条 甲。")
    assert parents(document, 8)[:2] == [("一二三四五。六七八九。", None)] * 2


def test_of_a_section_too_long_the_neighbourhood_is_shown() -> None:
    sentences = [f"{number:02}{'长' * 7}。" for number in range(40)]
    document = parse_text(f"# 手册\n\n## 安装\n\n{''.join(sentences)}\n\n## 维护\n\n擦干净。", "markdown", "manuals")
    found = parents(document, 10)
    assert len(found) == 41
    assert found[0] == ("".join(sentences[:PARENT_FACTOR]), "安装")
    assert found[20] == ("".join(sentences[18:24]), "安装")
    assert found[39] == ("".join(sentences[-PARENT_FACTOR:]), "安装")


def test_of_an_article_too_long_the_item_is_shown_that_fits() -> None:
    item = "（二）" + "".join(f"{number}{'长' * 8}。" for number in range(4))
    document = parse_text(f"某某管理办法\n第一条 甲：\n（一）{'短' * 60}；\n{item}\n（三）丙。")
    spans = [text for text, label in parents(document, 12) if label == "第一条第（二）项"]
    assert spans == [item] * len(spans)
    assert len(spans) >= 4


def test_neighbours_beyond_its_own_section_are_cited_by_the_section_that_holds_both() -> None:
    # A circled item that holds a numbered clause of its own is no place where growing ends.
    document = parse_text("：（一）。：①\n：（一）")
    assert {label for text, label in parents(document, 1) if "：①\n：" in text} == {"（一）"}


@settings(max_examples=300)
@given(documents(), st.integers(1, 60))
def test_parents_hold_their_chunks_stay_inside_the_article_and_within_the_limit(
    document: ParsedDocument, max_tokens: int
) -> None:
    articles = [section for section in document.sections if section.atomic]
    for span in Chunker(count_visible, max_tokens).split(document):
        parent = document.text[span.parent_start : span.parent_end]
        assert span.parent_start <= span.start < span.end <= span.parent_end
        assert parent == parent.strip()
        if parent != document.text[span.start : span.end]:
            assert count_visible([parent])[0] <= PARENT_FACTOR * max_tokens
        if span.parent_section is not None:
            section = document.sections[span.parent_section]
            assert section.start <= span.parent_start
            assert span.parent_end <= section.end
        around = [article for article in articles if article.start <= span.start and span.end <= article.end]
        if around:
            innermost = min(around, key=lambda article: article.end - article.start)
            assert innermost.start <= span.parent_start
            assert span.parent_end <= innermost.end
