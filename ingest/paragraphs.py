"""款: the unnumbered paragraphs of an article, addressable where there are two or more."""

import re

from ingest.drafts import Draft, paragraph

_BULLET = re.compile(r"\s*[•●○■◆▪·\-–—*]")
_ENDS_SENTENCE = re.compile(r"[。！？!?…”’）)】》．.]\s*$")
_ENDS_LINE = re.compile(r"[。！？!?…”’）)】》．.：:；;]\s*$")
_DATE = re.compile(
    r"\s*[（(]?[\d〇零一二三四五六七八九十\s]{1,6}年[\d一二三四五六七八九十\s]{1,4}月[\d一二三四五六七八九十\s]{1,4}日"
)
_LONGEST_DATE_LINE = 20
_CAPTION_MARK = re.compile(r"[。；：;:，,！？!?…]")
_LONGEST_CAPTION = 30


def is_bullet(line: str) -> bool:
    return _BULLET.match(line) is not None


def is_paragraph(line: str) -> bool:
    """Whether an unnumbered line reads as a paragraph: no bullet, signature or date, and it ends like a sentence."""
    if is_bullet(line) or not _ENDS_LINE.search(line):
        return False
    return not (_DATE.match(line) and len(line) <= _LONGEST_DATE_LINE)


def ends_paragraph(tail: str) -> bool:
    """Whether the line before is complete; behind a colon, a semicolon or a broken line the paragraph goes on."""
    return bool(_ENDS_SENTENCE.search(tail))


def is_caption(text: str) -> bool:
    """Whether what stands behind 第四条 on its line is a caption (考核办法), not the article's first paragraph."""
    return len(text) <= _LONGEST_CAPTION and not _CAPTION_MARK.search(text)


def open_paragraph(article: Draft, start: int) -> Draft | None:
    """Begin the article's next 款 at ``start``; None for the first, which is a section only beside a second one.

    What the article holds so far then belongs to its first 款.
    """
    if article.text_start is None:
        article.text_start = start
        return None
    if not article.children or article.children[0].style != "paragraph":
        first = paragraph(article.text_start, 1)
        first.parent = article
        first.children = article.children
        for child in first.children:
            child.parent = first
        article.children = [first]
    return paragraph(start, article.children[-1].ordinal + 1)
