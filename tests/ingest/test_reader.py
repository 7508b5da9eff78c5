"""Finding sources, decoding them, and what happens to files that are broken, huge or no text at all."""

import gzip
import json
import os
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from ingest.document import SourceRecord, sha256
from ingest.errors import (
    DecodingError,
    MalformedSourceError,
    Origin,
    SourceError,
    SourceTooLargeError,
    UnreadableSourceError,
    UnsupportedFormatError,
)
from ingest.parser import parse
from ingest.reader import SourceFile, file_digest, find_sources, read_records

LIMIT = 2**20


def written(folder: Path, name: str, data: bytes | str) -> SourceFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return SourceFile(path, name)


def read(source: SourceFile, limit_bytes: int = LIMIT) -> list[SourceRecord | SourceError]:
    return list(read_records(source, limit_bytes))


def contents(source: SourceFile) -> list[object]:
    return [item.content for item in read(source) if isinstance(item, SourceRecord)]


class TestFinding:
    def test_a_folder_gives_its_sources_in_order_under_names_relative_to_it(self, tmp_path: Path) -> None:
        for name in ("b.md", "a.txt", "sub/c.jsonl", "sub/deep/d.jsonl.gz", "sub/E.MARKDOWN"):
            written(tmp_path, name, "x")
        found = list(find_sources([tmp_path]))
        assert found == [
            SourceFile(tmp_path / name, name)
            for name in ("a.txt", "b.md", "sub/E.MARKDOWN", "sub/c.jsonl", "sub/deep/d.jsonl.gz")
        ]

    def test_what_is_no_source_is_passed_over(self, tmp_path: Path) -> None:
        for name in (".hidden.md", ".git/a.md", "README.md", "sub/README.md", "图.psd", "说明", "a.md.bak"):
            written(tmp_path, name, "x")
        assert list(find_sources([tmp_path])) == []

    def test_neither_illustrations_nor_marks_of_open_documents_are_sources(self, tmp_path: Path) -> None:
        for name in ("扫描/1.png", "images/a.png", "手册/Assets/b.JPG", "~$制度.docx", "faq.xlsx.columns.yaml"):
            written(tmp_path, name, "x")
        assert [item.name for item in find_sources([tmp_path]) if isinstance(item, SourceFile)] == ["扫描/1.png"]

    def test_a_file_named_by_itself_goes_by_its_own_name(self, tmp_path: Path) -> None:
        source = written(tmp_path, "sub/README.md", "x")
        assert list(find_sources([source.path])) == [SourceFile(source.path, "README.md")]

    def test_a_missing_path_is_an_error_and_the_others_go_on(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.md", "x")
        missing, found = find_sources([tmp_path / "nowhere", source.path])
        assert isinstance(missing, UnreadableSourceError)
        assert missing.origin.path == str(tmp_path / "nowhere")
        assert "不存在" in missing.message
        assert found == source

    def test_a_file_of_another_format_named_by_itself_is_an_error(self, tmp_path: Path) -> None:
        [error] = find_sources([written(tmp_path, "制度.wps", "x").path])
        assert isinstance(error, UnsupportedFormatError)
        assert "“.wps”" in error.message
        assert ".md" in error.remedy

    def test_a_path_that_no_file_can_have_is_an_error(self) -> None:
        [error] = find_sources([Path("长" * 5000)])
        assert isinstance(error, UnreadableSourceError)

    def test_a_link_back_into_the_tree_is_not_followed(self, tmp_path: Path) -> None:
        written(tmp_path, "sub/a.md", "x")
        (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
        assert [source.name for source in find_sources([tmp_path]) if isinstance(source, SourceFile)] == ["sub/a.md"]

    def test_a_name_that_is_no_utf_8_is_an_error_that_can_be_shown(self, tmp_path: Path) -> None:
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "制度.md".encode("gbk")))
        try:
            path.write_text("# 制度", encoding="utf-8")
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
        written(tmp_path, "好.md", "x")
        errors = [item for item in find_sources([tmp_path]) if isinstance(item, SourceError)]
        assert [type(error) for error in errors] == [UnreadableSourceError]
        str(errors[0].origin).encode()
        assert len(list(find_sources([tmp_path]))) == 2

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_an_unreadable_folder_is_an_error_and_the_others_go_on(self, tmp_path: Path) -> None:
        written(tmp_path, "closed/a.md", "x")
        written(tmp_path, "open/b.md", "x")
        (tmp_path / "closed").chmod(0)
        try:
            closed, opened = find_sources([tmp_path])
        finally:
            (tmp_path / "closed").chmod(0o700)
        assert isinstance(closed, UnreadableSourceError)
        assert isinstance(opened, SourceFile)


class TestTextFiles:
    def test_a_text_is_one_record(self, tmp_path: Path) -> None:
        text = "# 值班\n\n正文\n"
        source = written(tmp_path, "regulations/值班v1.2.md", text)
        origin = Origin(str(source.path))
        assert read(source) == [SourceRecord("regulations/值班v1.2", "markdown", origin, text, sha256(text.encode()))]
        assert file_digest(source, LIMIT) == sha256(text.encode())

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        text = "技术支持部管理制度\n第一条 为规范。"
        assert contents(written(tmp_path, "a.txt", text.encode(encoding))) == [text]

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            bytes(range(1, 256)) * 4,
            "正文\x00".encode(),
            "技术支持部".encode("utf-16-le"),
        ],
        ids=["png", "every byte", "NUL", "UTF-16 without a mark"],
    )
    def test_what_is_no_text_is_refused(self, tmp_path: Path, data: bytes) -> None:
        source = written(tmp_path, "a.md", data)
        with pytest.raises(DecodingError) as raised:
            read(source)
        assert raised.value.origin == Origin(str(source.path))
        assert "UTF-8" in raised.value.remedy

    @pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
    def test_an_empty_file_is_refused(self, tmp_path: Path, data: bytes) -> None:
        with pytest.raises(MalformedSourceError, match="空"):
            read(written(tmp_path, "a.md", data))

    def test_a_file_over_the_limit_is_refused_and_one_at_it_is_read(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.md", b"x" * 1000)
        assert len(read(source, 1000)) == 1
        with pytest.raises(SourceTooLargeError) as raised:
            read(source, 999)
        assert (raised.value.size_bytes, raised.value.limit_bytes) == (1000, 999)
        with pytest.raises(SourceTooLargeError):
            file_digest(source, 999)

    def test_a_text_of_500_megabytes_is_refused_by_its_size_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        with path.open("wb") as stream:
            stream.truncate(500 * 2**20)
        source = SourceFile(path, "a.txt")
        for attempt in (lambda: read(source, 50 * LIMIT), lambda: file_digest(source, 50 * LIMIT)):
            with pytest.raises(SourceTooLargeError, match="KB_MAX_SOURCE_BYTES"):
                attempt()

    def test_a_file_that_vanished_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableSourceError):
            read(SourceFile(tmp_path / "gone.md", "gone.md"))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.md")
        with pytest.raises(UnreadableSourceError, match="普通文件"):
            read(SourceFile(tmp_path / "a.md", "a.md"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_without_permission_is_an_error(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.md", "x")
        source.path.chmod(0)
        with pytest.raises(UnreadableSourceError):
            read(source)


class TestJsonLines:
    GOOD = '{"id": "faq-1", "text": "重启"}'

    def test_each_line_is_a_record_of_its_own(self, tmp_path: Path) -> None:
        lines = f'{self.GOOD}\r\n\n  {{"id": " faq-2 ", "text": "换线"}}  '
        source = written(tmp_path, "a.jsonl", lines)
        first, second = read(source)
        assert isinstance(first, SourceRecord)
        assert isinstance(second, SourceRecord)
        assert (first.document_id, first.format, first.origin.line) == ("faq-1", "json-line", 1)
        assert (second.document_id, second.origin.line) == ("faq-2", 3)
        assert first.content == {"id": "faq-1", "text": "重启"}

    def test_a_record_changes_only_with_its_own_line(self, tmp_path: Path) -> None:
        def digests(data: str) -> list[str]:
            return [item.digest for item in read(written(tmp_path, "a.jsonl", data)) if isinstance(item, SourceRecord)]

        before = digests(self.GOOD + '\n{"id": "b", "text": "旧"}\n')
        after = digests("\n" + self.GOOD + '  \n{"id": "b", "text": "新"}')
        assert before[0] == after[0]
        assert before[1] != after[1]

    @pytest.mark.parametrize(
        ("line", "complaint"),
        [
            ("{bad", "JSON"),
            ('{"id": "a"', "JSON"),
            ("[1, 2]", "对象"),
            ('"text"', "对象"),
            ('{"text": "x"}', "id"),
            ('{"id": 7, "text": "x"}', "id"),
            ('{"id": "  ", "text": "x"}', "id"),
            ("[" * 100_000, "JSON"),
            ('{"id": "a", "clearance": ' + "1" * 5000 + "}", "JSON"),
        ],
        ids=["no JSON", "cut off", "list", "string", "no id", "id a number", "id blank", "too deep", "huge number"],
    )
    def test_a_broken_line_is_told_by_number_and_the_others_go_on(
        self, tmp_path: Path, line: str, complaint: str
    ) -> None:
        source = written(tmp_path, "a.jsonl", f'{self.GOOD}\n{line}\n{{"id": "faq-3", "text": "x"}}\n')
        first, broken, third = read(source)
        assert isinstance(first, SourceRecord)
        assert isinstance(third, SourceRecord)
        assert isinstance(broken, MalformedSourceError)
        assert broken.origin == Origin(str(source.path), 2)
        assert complaint in broken.message
        assert str(broken.origin) == f"{source.path} 第 2 行"

    def test_lines_of_another_program_are_read_like_rows(self, tmp_path: Path) -> None:
        ticket = {
            "工单号": "GD-1",
            "标题": "断网",
            "问题描述": "丢包",
            "处理结果": "换线",
            "标签": ["网络"],
            "备注": None,
        }
        faq = {"question": "怎样重启", "answer": "按电源键"}
        lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in (ticket, faq))
        first, second = read(written(tmp_path, "tickets/a.jsonl", lines))
        assert isinstance(first, SourceRecord)
        assert isinstance(second, SourceRecord)
        assert (first.document_id, first.format, first.origin.line) == ("GD-1", "table-row", 1)
        [document] = parse(first)
        assert (document.title, document.text) == ("断网", '现象\n丢包\n\n解决\n换线\n\n标签：["网络"]')
        assert second.document_id.startswith("tickets/a/")

    def test_a_line_in_another_encoding_is_read_and_one_that_is_no_text_told(self, tmp_path: Path) -> None:
        lines = [self.GOOD.encode("gb18030"), b'{"id": "\xff"}', b"\xef\xbb\xbf" + self.GOOD.encode()]
        first, broken, third = read(written(tmp_path, "a.jsonl", b"\n".join(lines)))
        assert isinstance(first, SourceRecord)
        assert isinstance(third, SourceRecord)
        assert first.content == third.content == json.loads(self.GOOD)
        assert isinstance(broken, DecodingError)
        assert broken.origin.line == 2

    def test_an_empty_file_holds_nothing(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.jsonl", "\n\n")
        assert read(source) == []


class TestGzip:
    LINES = '{"id": "a", "text": "重启"}\n'.encode() * 50

    def test_a_packed_file_reads_as_its_content(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.jsonl.gz", gzip.compress(self.LINES))
        assert contents(source) == [{"id": "a", "text": "重启"}] * 50

    @pytest.mark.parametrize("damage", ["cut", "flipped", "no gzip", "trailing"])
    def test_a_damaged_file_is_refused(self, tmp_path: Path, damage: str) -> None:
        packed = bytearray(gzip.compress(self.LINES))
        if damage == "cut":
            del packed[-12:]
        elif damage == "flipped":
            packed[15] ^= 0xFF
        elif damage == "no gzip":
            packed = bytearray(self.LINES)
        else:
            packed += b"garbage"
        source = written(tmp_path, "a.jsonl.gz", bytes(packed))
        with pytest.raises(MalformedSourceError, match="gzip"):
            read(source)

    def test_a_bomb_is_refused(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.jsonl.gz", gzip.compress(bytes(100_000_000)))
        assert source.path.stat().st_size < LIMIT
        with pytest.raises(SourceTooLargeError):
            read(source, 50 * LIMIT)

    @pytest.mark.parametrize(("limit_bytes", "longest"), [(2000, 20_000), (LIMIT, LIMIT)])
    def test_content_may_be_ten_times_the_limit_and_a_megabyte_whatever_the_ratio(
        self, tmp_path: Path, limit_bytes: int, longest: int
    ) -> None:
        lines = (b" " * 999 + b"\n") * (longest // 1000 + 1)
        assert read(written(tmp_path, "a.jsonl.gz", gzip.compress(lines[:longest])), limit_bytes) == []
        with pytest.raises(SourceTooLargeError):
            read(written(tmp_path, "a.jsonl.gz", gzip.compress(lines[: longest + 1])), limit_bytes)

    def test_nothing_of_a_damaged_file_is_taken_in(self, tmp_path: Path) -> None:
        packed = gzip.compress(b"".join(b'{"id": "%d", "text": "x"}\n' % number for number in range(5_000)))
        records = read_records(written(tmp_path, "a.jsonl.gz", packed[:-100]), LIMIT)
        with pytest.raises(MalformedSourceError):
            next(records)

    def test_a_line_longer_than_a_file_may_be_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceTooLargeError):
            read(written(tmp_path, "a.jsonl.gz", gzip.compress(b" " * 3000)), 2000)


class TestStreams:
    """What holds a document a line or row is read as it is asked for: memory does not grow with the file."""

    @pytest.mark.parametrize(
        ("name", "line"),
        [("a.jsonl", '{{"id": "{0}", "text": "重启"}}\n'), ("a.csv", '{0},"怎么办？{0}",重启\n')],
    )
    def test_memory_is_flat_in_the_number_of_lines(self, tmp_path: Path, name: str, line: str) -> None:
        head = "编号,问题,答案\n" if name == "a.csv" else ""
        source = written(tmp_path, name, head + "".join(line.format(f"faq-{i}") for i in range(10_000)))
        peaks = []
        for count in (500, 10_000):
            tracemalloc.start()
            taken = sum(1 for _ in islice(read_records(source, 2**24), count))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert taken == count
        assert source.path.stat().st_size > 300_000
        assert peaks[1] < peaks[0] + 300_000

    def test_the_digest_of_a_file_is_that_of_its_bytes(self, tmp_path: Path) -> None:
        data = os.urandom(3_000_000)
        assert file_digest(written(tmp_path, "a.pdf", data), 2**24) == sha256(data)


class TestTables:
    ROWS = "编号,问题,答案\nK-1,怎样重启,按电源键\nK-2,怎样关机,长按电源键\n"

    def test_each_row_is_a_record_with_its_place(self, tmp_path: Path) -> None:
        source = written(tmp_path, "faq/a.csv", self.ROWS)
        first, second = read(source)
        assert isinstance(first, SourceRecord)
        assert isinstance(second, SourceRecord)
        assert (first.document_id, first.origin) == ("K-1", Origin(str(source.path), 2))
        assert (second.document_id, second.origin.line) == ("K-2", 3)

    def test_what_the_columns_are_said_to_hold_counts_as_the_file(self, tmp_path: Path) -> None:
        source = written(tmp_path, "a.csv", "怎么了,怎么办\n黑屏,换线\n")
        [sheet] = read(source)
        before = file_digest(source, LIMIT)
        assert isinstance(sheet, SourceRecord)
        assert sheet.format == "sheet"
        written(tmp_path, "a.csv.columns.yaml", "怎么了: title\n怎么办: text\n")
        [row] = read(source)
        assert isinstance(row, SourceRecord)
        assert row.content["fields"]["title"] == "黑屏"  # type: ignore[index,call-overload]
        assert file_digest(source, LIMIT) != before

    @pytest.mark.parametrize("sidecar", ["问题: 标题", "- a", "a: [", "只是一句话"])
    def test_a_wrong_word_about_columns_is_told(self, tmp_path: Path, sidecar: str) -> None:
        source = written(tmp_path, "a.csv", self.ROWS)
        written(tmp_path, "a.csv.columns.yaml", sidecar)
        with pytest.raises(MalformedSourceError, match="列对照文件"):
            read(source)

    @pytest.mark.parametrize("data", ["", "\n\n", ",,\n,,\n"])
    def test_an_empty_table_is_refused(self, tmp_path: Path, data: str) -> None:
        with pytest.raises(MalformedSourceError, match="空"):
            read(written(tmp_path, "a.csv", data))
