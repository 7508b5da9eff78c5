"""No character of a Markdown page is lost or doubled, apart from what is recorded as removed.

The other path to the visible text knows nothing of ours: markdown-it renders HTML, lxml parses it, and the text is
taken from the tree in order. White space and the dots of bullets are left aside.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement
from markdown_it import MarkdownIt

from ingest.document import StructuredText
from ingest.errors import Origin
from ingest.formats.markdown import read_markdown
from tests.conftest import CORPUS, SHARED, require_shared

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HIDDEN_TEXT = ("script", "style")


def plain(text: str) -> str:
    return re.sub(r"[\s•\u200b-\u200f\u2060\ufeff\x00-\x08\x7f]", "", text)


def shown_by_another_path(markdown: str) -> str:
    """All text of the rendered page: list numbers, descriptions of images, comments and scripts included."""
    parser = MarkdownIt("commonmark", {"maxNesting": 200}).enable("table")
    html = parser.render(_FRONT_MATTER.sub("", markdown))
    root = lxml.html.fromstring(f"<html><body>{html}</body></html>", parser=lxml.html.HTMLParser(huge_tree=True))
    return plain("".join(texts(root)))


def texts(node: HtmlElement) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield node.text or ""
    elif node.tag == "table":
        yield from table_texts(node)
    else:
        if node.tag == "li":
            yield marker(node)
        if node.tag == "img":
            yield node.get("alt", "")
        yield node.text or ""
        for child in node:
            yield from texts(child)
            yield child.tail or ""


def marker(item: HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    return f"{int(parent.get('start', 1)) + parent.findall('li').index(item)}."


def table_texts(table: HtmlElement) -> Iterator[str]:
    rows = [["".join(texts(cell)) for cell in row.iter("th", "td")] for row in table.iter("tr")]
    header = [" ".join(cell.split()) for cell in rows[0]]
    if len(rows) == 1:
        yield "；".join(filter(None, header))
    for row in rows[1:]:
        cells = [" ".join(cell.split()) for cell in row]
        pairs = [(name, cell) for name, cell in zip(header, cells, strict=True) if cell]
        if not any(header) and len(cells) == 2 and all(cells):
            yield "：".join(cells)
        else:
            yield "；".join(f"{name}：{cell}" if name else cell for name, cell in pairs)


def without_removed(shown: str, structured: StructuredText) -> str:
    """``shown`` less what is recorded as removed, each thing once, in order."""
    kept, position = [], 0
    for removal in structured.removed:
        text = plain(removal.text)
        found = shown.find(text, position)
        assert found >= 0, f"recorded as removed, but not there: {removal}"
        kept.append(shown[position:found])
        position = found + len(text)
    return "".join(kept) + shown[position:]


def difference(markdown: str) -> str | None:
    """Where both paths part, None where they agree."""
    structured = read_markdown(markdown, Origin("a.md"))[1]
    ours = plain(structured.text)
    theirs = without_removed(shown_by_another_path(markdown), structured)
    if ours == theirs:
        return None
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    return f"ours: {ours[max(at - 20, 0) : at + 40]!r}, theirs: {theirs[max(at - 20, 0) : at + 40]!r}"


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.md")) if folder.exists() else []


@pytest.mark.parametrize(
    "page",
    [pytest.param(path, id=str(path.relative_to(SHARED))) for path in pages(SHARED / "manuals")]
    or [pytest.param(None, id="shared")],
)
def test_of_the_shared_manuals(page: Path | None) -> None:
    require_shared("manuals")
    assert page is not None
    assert difference(page.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("page", [pytest.param(path, id=path.stem) for path in pages(CORPUS)])
def test_of_the_corpus(page: Path) -> None:
    assert difference(page.read_text(encoding="utf-8")) is None


def test_it_would_notice() -> None:
    shown = shown_by_another_path("# 题\n\n甲 <!-- 注 --> 乙\n\n1. 丙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert shown == "题甲注乙1.丙a：1；b：2"
    structured = read_markdown("# 题\n\n甲 <!-- 注 --> 乙\n", Origin("a.md"))[1]
    assert without_removed("题甲<!--注-->乙丁", structured) != plain(structured.text)
