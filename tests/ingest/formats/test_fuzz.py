"""Any bytes under any name give documents or a `SourceError`, and nothing else; well-made files with damage too."""

import json
import random
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import SourceRecord
from ingest.errors import SourceError
from ingest.formats import image, pdf
from ingest.formats.page_layout import Word
from ingest.parser import parse
from ingest.reader import SourceFile, read_records

FIXTURES = Path(__file__).parents[1] / "fixtures"
LIMIT = 2**22
SEEDS = {
    **{name: (FIXTURES / name).read_bytes() for name in ("machine-room.docx", "two-columns.pdf", "faq.xlsx")},
    **{name: (FIXTURES / name).read_bytes() for name in ("tickets.csv", "web-page.html", "scanned-page.png")},
    "a.md": "---\ntitle: 题\n---\n\n# 题\n\n::: tip 注\n- 甲\n  1. 乙\n:::\n\n| a | b |\n|--|--|\n| 1 | 2 |\n".encode(),
    "a.txt": "值班规定\n2025年3月1日起施行\n第一条 甲。\n".encode("gb18030"),
    "a.jsonl": (json.dumps({"id": "a", "text": "重启"}) + "\n").encode() * 3,
}
PACKED = ("machine-room.docx", "faq.xlsx")


@pytest.fixture(autouse=True)
def _no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage turns pages into scans; reading each of them would take seconds."""
    for module in (pdf, image):
        monkeypatch.setattr(module, "recognize", lambda *_: (Word("文", 0.0, 9.0, 0.0, 9.0, 9.0),))


def take_in(name: str, data: bytes) -> int:
    """How many documents come of it; whatever is raised besides `SourceError` fails the test."""
    documents = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        for item in _items(path):
            if isinstance(item, SourceRecord):
                try:
                    documents += len(parse(item))
                except SourceError as error:
                    _check(error)
    return documents


def _items(path: Path) -> Iterator[SourceRecord | SourceError]:
    try:
        yield from read_records(SourceFile(path, path.name), LIMIT)
    except SourceError as error:
        _check(error)


def _check(error: SourceError) -> None:
    assert error.message
    assert error.remedy


def damage(data: bytes, seed: int) -> bytes:
    """Cut, overwrite, double or drop a few stretches of ``data``."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(changed) + 1)
        stretch = changed[start : start + chance.randint(1, 64)]
        match chance.randrange(5):
            case 0:
                changed[start : start + len(stretch)] = chance.randbytes(len(stretch))
            case 1:
                del changed[start : start + len(stretch)]
            case 2:
                changed[start:start] = stretch * chance.randint(1, 40)
            case 3:
                del changed[start + len(changed) // 2 :]
            case _:
                for index in range(start, min(start + 3, len(changed))):
                    changed[index] ^= 1 << chance.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_undamaged_they_are_taken_in(name: str) -> None:
    assert take_in(name, SEEDS[name]) > 0


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=40)
@given(data=st.binary(max_size=400))
def test_any_bytes(name: str, data: bytes) -> None:
    take_in(name, data)
    take_in(name, SEEDS[name][:30] + data)


@pytest.mark.parametrize("name", sorted(SEEDS))
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_damaged_files(name: str, seed: int) -> None:
    take_in(name, damage(SEEDS[name], seed))


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_damaged_parts_of_packages(name: str, seed: int) -> None:
    """The zip is whole, so that the damage reaches the parsers of its parts."""
    chance = random.Random(seed)
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(SEEDS[name])) as old, zipfile.ZipFile(stream, "w") as new:
        parts = [part for part in old.namelist() if part.endswith(".xml")]
        broken = chance.choice(parts)
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, _damage_markup(content, chance) if part == broken else content)
    take_in(name, stream.getvalue())


def _damage_markup(content: bytes, chance: random.Random) -> bytes:
    """Swap, drop or double tags and values, so that much of it stays well-formed."""
    pieces = content.decode().split("<")
    for _ in range(chance.randint(1, 5)):
        index = chance.randrange(1, len(pieces))
        match chance.randrange(4):
            case 0:
                pieces[index] = pieces[chance.randrange(1, len(pieces))]
            case 1:
                pieces[index:index] = pieces[index : index + 4]
            case 2:
                pieces[index] = pieces[index].replace('="', '="-9999999999', 1)
            case _:
                pieces[index] = pieces[index].replace('="', '="文', 1)
    return "<".join(pieces).encode()


_PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<table>", "<tr>", "<td rowspan=3>", "<td colspan=0>", "</table>", "<li>", "<ol start=-1>"),
        *("<ul>", "</ul>", "<pre>", "<h1>", "</h1>", "<!--", "-->", "<script>", "</script>", "<form>", "<header>"),
        *("&#0;", "&nbsp;", "文", " x ", "\u202e", "<![CDATA[", "<?php", "<br>", "<img alt=图>", "<svg><title>", "\v"),
    ]
)


@settings(max_examples=200)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_tags_in_any_order(markup: str) -> None:
    take_in("a.html", markup.encode())
    take_in("a.md", markup.encode())
