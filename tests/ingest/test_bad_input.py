"""Files that are broken, locked or made to do harm: one clear error each, in bounds, and the rest goes on."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import Workbook
from PIL import Image

from ingest.document import ParsedDocument, SourceRecord
from ingest.errors import (
    EncryptedSourceError,
    MalformedSourceError,
    MissingExtraError,
    SourceError,
    TooComplexSourceError,
)
from ingest.formats import ocr
from ingest.parser import parse
from ingest.reader import SourceFile, find_sources, read_records
from tests.ingest.formats.docx_files import NAMESPACES, build_docx, paragraph, with_part

FIXTURES = Path(__file__).parent / "fixtures"
LIMIT = 50 * 2**20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def outcome(folder: Path, name: str, data: bytes) -> list[ParsedDocument | SourceError]:
    """What comes of a file: its documents, and the errors in place of those that are broken."""
    path = folder / name
    path.write_bytes(data)
    found: list[ParsedDocument | SourceError] = []
    try:
        for item in read_records(SourceFile(path, name), LIMIT):
            if isinstance(item, SourceError):
                found.append(item)
            else:
                found.extend(parse(item))
    except SourceError as error:
        found.append(error)
    return found


def error_of(folder: Path, name: str, data: bytes) -> SourceError:
    [error] = outcome(folder, name, data)
    assert isinstance(error, SourceError)
    assert error.origin.path == str(folder / name)
    assert error.remedy
    return error


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def simple_xlsx() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["问题", "答案"])
    sheet.append(["怎样重启", "按电源键"])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


class TestLocked:
    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
    def test_an_office_file_with_a_password(self, tmp_path: Path, name: str) -> None:
        data = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
        assert isinstance(error_of(tmp_path, name, data), EncryptedSourceError)
        far = OLE + bytes(3 * 2**20) + "EncryptedPackage".encode("utf-16-le")
        assert isinstance(error_of(tmp_path, name, far), EncryptedSourceError)

    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
    def test_an_old_office_file_under_a_new_name(self, tmp_path: Path, name: str) -> None:
        error = error_of(tmp_path, name, OLE + bytes(3000))
        assert "旧版" in error.message
        assert "另存为" in error.remedy

    def test_a_zip_with_a_password(self, tmp_path: Path) -> None:
        data = bytearray(build_docx(paragraph("文")))
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            position = data.find(signature)
            while position >= 0:
                data[position + offset] |= 1
                position = data.find(signature, position + 4)
        assert isinstance(error_of(tmp_path, "a.docx", bytes(data)), EncryptedSourceError)

    def test_a_pdf_with_a_password(self, tmp_path: Path) -> None:
        assert isinstance(error_of(tmp_path, "a.pdf", fixture("locked.pdf")), EncryptedSourceError)


class TestDamaged:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    @pytest.mark.parametrize("name", ["machine-room.docx", "faq.xlsx"])
    def test_a_package_cut_off(self, tmp_path: Path, name: str, share: float) -> None:
        data = fixture(name)
        error = error_of(tmp_path, name, data[: int(len(data) * share)])
        assert isinstance(error, MalformedSourceError)
        assert "损坏" in error.message

    @pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
    def test_a_pdf_cut_off_is_told_or_read_as_far_as_it_goes(self, tmp_path: Path, share: float) -> None:
        data = fixture("machine-room.pdf")
        for item in outcome(tmp_path, "a.pdf", data[: int(len(data) * share)]):
            assert isinstance(item, MalformedSourceError) or item.text

    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.png", "a.jpg", "a.webp", "a.tif"])
    @pytest.mark.parametrize("data", [b"hello", b"PK\x03\x04", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", bytes(5000)])
    def test_what_is_something_else(self, tmp_path: Path, name: str, data: bytes) -> None:
        assert isinstance(error_of(tmp_path, name, data), MalformedSourceError)

    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
    def test_a_zip_of_something_else(self, tmp_path: Path, name: str) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as package:
            package.writestr("a.txt", "文")
        assert isinstance(error_of(tmp_path, name, stream.getvalue()), MalformedSourceError)


class TestBombs:
    @pytest.fixture(autouse=True)
    def _bounded(self) -> object:
        tracemalloc.start()
        yield None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 150 * 2**20, f"{peak / 2**20:.0f} MB"

    @pytest.mark.parametrize(
        ("name", "part"), [("a.docx", "word/document.xml"), ("a.docx", "word/media/a.bin"), ("a.xlsx", "xl/styles.xml")]
    )
    def test_a_part_that_unpacks_to_hundreds_of_megabytes(self, tmp_path: Path, name: str, part: str) -> None:
        path = tmp_path / "bomb"
        original = build_docx(paragraph("文")) if name == "a.docx" else simple_xlsx()
        with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.namelist():
                if entry != part:
                    new.writestr(entry, old.read(entry))
            with new.open(part, "w", force_zip64=True) as stream:
                for _ in range(320):
                    stream.write(bytes(2**20))
        assert isinstance(error_of(tmp_path, name, path.read_bytes()), TooComplexSourceError)

    def test_a_directory_that_lies_about_sizes(self, tmp_path: Path) -> None:
        bomb = with_part(build_docx(paragraph("文")), "word/document.xml", b"<a>" + bytes(30 * 2**20))
        data = bytearray(bomb)
        true_size = struct.pack("<I", 3 + 30 * 2**20)
        position = data.find(true_size)
        while position >= 0:
            data[position : position + 4] = struct.pack("<I", 500)
            position = data.find(true_size, position)
        assert isinstance(error_of(tmp_path, "a.docx", bytes(data)), MalformedSourceError)

    def test_a_stream_of_a_pdf(self, tmp_path: Path) -> None:
        stream = zlib.compress(bytes(120 * 2**20), 9)
        data = b"%PDF-1.4\n1 0 obj<</Length " + str(len(stream)).encode() + b"/Filter/FlateDecode>>stream\n" + stream
        assert isinstance(error_of(tmp_path, "a.pdf", data + b"\nendstream endobj"), TooComplexSourceError)

    @pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
    def test_a_picture_of_a_hundred_million_pixels(self, tmp_path: Path, kind: str) -> None:
        stream = io.BytesIO()
        Image.new("1", (10_000, 10_000)).save(stream, kind, **({"compression": "group4"} if kind == "TIFF" else {}))
        assert isinstance(error_of(tmp_path, f"a.{kind.lower()[:4]}", stream.getvalue()), TooComplexSourceError)


class TestXmlEntities:
    BOMB = (
        '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
        + "]>"
    )
    FILE = '<!DOCTYPE a [<!ENTITY j SYSTEM "file:///etc/passwd">]>'

    @pytest.mark.parametrize("declared", [BOMB, FILE], ids=["bomb", "file"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_in_a_docx(self, tmp_path: Path, declared: str, encoding: str) -> None:
        xml = f"<?xml version='1.0' encoding='{encoding}'?>{declared}<w:document {NAMESPACES}><w:body>"
        xml += f"{paragraph('文&j;')}</w:body></w:document>"
        data = with_part(build_docx(paragraph("文")), "word/document.xml", xml.encode(encoding))
        for item in outcome(tmp_path, "a.docx", data):
            assert isinstance(item, SourceError) or len(item.text) < 20

    @pytest.mark.parametrize("declared", [BOMB, FILE], ids=["bomb", "file"])
    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
    def test_in_an_xlsx(self, tmp_path: Path, declared: str, part: str) -> None:
        xml = f"<?xml version='1.0' encoding='utf-16'?>{declared}<worksheet><sheetData>&j;</sheetData></worksheet>"
        error = error_of(tmp_path, "a.xlsx", with_part(fixture("faq.xlsx"), part, xml.encode("utf-16")))
        assert isinstance(error, MalformedSourceError)


class TestDepth:
    def test_a_table_in_a_table_a_thousand_times(self, tmp_path: Path) -> None:
        body = "<w:tbl><w:tr><w:tc>" * 1000 + paragraph("文") + "</w:tc></w:tr></w:tbl>" * 1000
        xml = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
        error = error_of(tmp_path, "a.docx", with_part(build_docx(paragraph("x")), "word/document.xml", xml))
        assert isinstance(error, TooComplexSourceError)
        assert "嵌套" in error.message

    @pytest.mark.parametrize(
        "content",
        [
            "- " * 10_000 + "项",
            "> " * 10_000 + "项",
            "".join(" " * (2 * i) + "- 项\n" for i in range(400)),
            "::: a\n" * 10_000,
        ],
        ids=["list", "quotes", "indented list", "containers"],
    )
    def test_markdown(self, tmp_path: Path, content: str) -> None:
        error = error_of(tmp_path, "a.md", content.encode())
        assert isinstance(error, TooComplexSourceError)
        assert "嵌套" in error.message

    def test_markdown_of_a_reasonable_depth_is_kept_whole(self, tmp_path: Path) -> None:
        content = "".join(" " * (2 * i) + f"- 项{i}\n" for i in range(45))
        [document] = outcome(tmp_path, "a.md", content.encode())
        assert isinstance(document, ParsedDocument)
        assert all(f"项{i}" in document.text for i in range(45))

    def test_html(self, tmp_path: Path) -> None:
        [document] = outcome(tmp_path, "a.html", ("<ol><li>项" * 10_000 + "尾").encode())
        assert isinstance(document, ParsedDocument)
        assert document.text.count("项") == 10_000


@pytest.mark.parametrize(
    "content", ["[" * 10_000, "![" * 10_000, "*a **b " * 5_000, "`a ``a" * 5_000, "<a " * 10_000, "[a](" * 5_000]
)
def test_inline_markup_that_never_closes(tmp_path: Path, content: str) -> None:
    [document] = outcome(tmp_path, "a.md", content.encode())
    assert isinstance(document, ParsedDocument)


def test_brackets_by_the_hundred_thousand_are_refused(tmp_path: Path) -> None:
    assert isinstance(error_of(tmp_path, "a.md", b"[" * 100_001), TooComplexSourceError)


def test_a_spreadsheet_of_a_million_empty_rows(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{number}" spans="1:8" ht="15"/>' for number in range(3, 1_048_577))
    with zipfile.ZipFile(io.BytesIO(simple_xlsx())) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    data = with_part(
        simple_xlsx(), "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", empty.encode() + b"</sheetData>")
    )
    [document] = outcome(tmp_path, "a.xlsx", data)
    assert isinstance(document, ParsedDocument)
    assert document.title == "怎样重启"


def test_nul_bytes_and_direction_marks(tmp_path: Path) -> None:
    for name in ("a.md", "a.txt", "a.html", "a.csv"):
        assert "NUL" in error_of(tmp_path, name, "问题,答案\n文\x00本,x\n".encode()).message
    [document] = outcome(tmp_path, "b.md", "# 题\u202e反\u202c\n\n\u2066文\u2069\u200b本\n".encode())
    assert isinstance(document, ParsedDocument)
    assert (document.title, document.text) == ("题反", "题反\n\n文本")


def test_the_rest_of_a_folder_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nx")
    (tmp_path / "b.docx").write_bytes(OLE)
    (tmp_path / "c.md").write_text("# 好\n\n文\n", encoding="utf-8")
    (tmp_path / "d.docx").write_bytes(build_docx(paragraph("好文")))
    good, bad = [], []
    for source in find_sources([tmp_path]):
        assert isinstance(source, SourceFile)
        try:
            good += [parse(item)[0].text for item in read_records(source, LIMIT) if isinstance(item, SourceRecord)]
        except SourceError as error:
            bad.append(error.code)
    assert good == ["好\n\n文", "好文"]
    assert bad == ["malformed", "malformed"]


@pytest.mark.parametrize("name", ["scanned.pdf", "scanned-page.png"])
def test_without_the_ocr_package_a_scan_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def missing() -> None:
        raise ImportError("rapidocr")

    monkeypatch.setattr(ocr, "_load_engine", missing)
    error = error_of(tmp_path, name, fixture(name))
    assert isinstance(error, MissingExtraError)
    assert "pip install 'kb-service[ocr]'" in error.remedy


def test_a_blank_picture_has_no_text(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    stream = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(stream, "PNG")
    assert "没有可索引的正文" in error_of(tmp_path, "a.png", stream.getvalue()).message


def test_ocr_asks_no_network_and_says_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rapidocr")

    def refuse(*_: object) -> None:
        raise AssertionError("OCR went to the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    ocr._load_engine.cache_clear()
    with pypdfium2.PdfDocument(FIXTURES / "scanned.pdf") as document:
        page = document[0].render(scale=0.6).to_numpy()
    ocr.recognize(page[:, :, :1].repeat(3, axis=2), _origin())
    assert capfd.readouterr() == ("", "")


def _origin() -> "ocr.Origin":
    return ocr.Origin("a.pdf")
