"""Files are read one after another, in batches worth a transaction, with their share of the work."""

import gzip
import json
import os
from pathlib import Path

import pytest

from ingest.reader import SourceFile
from ingest.report import Failure
from ingest.sync.source_stamp import SIDECAR_SUFFIX, source_beside, source_stamp
from ingest.sync.source_stream import Item, content_chars, gathered, iter_items

LIMIT_BYTES = 10**6


def read(path: Path, limit_bytes: int = LIMIT_BYTES) -> tuple[list[Item], list[Failure]]:
    failures: list[Failure] = []
    return list(iter_items([SourceFile(path, path.name)], limit_bytes, failures.append)), failures


def lines(count: int, text: str = "文") -> bytes:
    return b"".join(json.dumps({"id": f"d{n}", "text": text * n}).encode() + b"\n" for n in range(count))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_the_lines_of_a_file_share_its_size(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("a.jsonl.gz" if packed else "a.jsonl")
    path.write_bytes(gzip.compress(lines(9)) if packed else lines(9))
    items, failures = read(path)
    size = path.stat().st_size
    assert failures == []
    assert sum(item.work_bytes for item in items) == size
    assert all(0 < item.work_bytes <= size // 4 for item in items)
    assert [item.finished is not None for item in items] == [False] * 8 + [True]
    assert all(item.record for item in items)
    finished = items[-1].finished
    assert finished is not None
    assert (finished.path, finished.name, finished.size_bytes) == (str(path), path.name, size)


def test_a_file_with_a_broken_line_or_a_broken_whole_is_not_finished(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(2) + b"{nope\n")
    items, failures = read(tmp_path / "a.jsonl")
    assert (len(failures), items[-1].finished) == (1, None)
    assert sum(item.work_bytes for item in items) == (tmp_path / "a.jsonl").stat().st_size
    (tmp_path / "b.md").write_bytes(b"")
    items, failures = read(tmp_path / "b.md")
    assert (items, len(failures)) == ([Item(None)], 1)
    items, failures = read(tmp_path / "missing.md")
    assert ([item.finished for item in items], [failure.code for failure in failures]) == ([], ["unreadable"])


def test_a_file_that_changes_while_it_is_read_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(3))
    stream = iter_items([SourceFile(path, path.name)], LIMIT_BYTES, lambda _: None)
    next(stream)
    path.write_bytes(lines(4))
    assert [item.finished for item in stream][-1] is None


def test_batches_are_gathered_by_length_and_lazily() -> None:
    taken: list[int] = []

    def numbers() -> object:
        for number in (1, 2, 30, 4, 5):
            taken.append(number)
            yield number

    groups = gathered(numbers(), lambda number: number, 10)  # type: ignore[arg-type]
    assert next(groups) == [1, 2, 30]
    assert taken == [1, 2, 30]
    assert list(groups) == [[4, 5]]


def test_an_end_weighs_nothing_and_a_short_record_a_chunk(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("短", encoding="utf-8")
    items, _ = read(tmp_path / "a.md")
    assert [content_chars(item) for item in [*items, Item(None)]] == [200, 0]


def test_a_sidecar_belongs_to_its_table(tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    table.write_text("问,答\n", encoding="utf-8")
    alone = source_stamp(table)
    sidecar = tmp_path / ("faq.csv" + SIDECAR_SUFFIX)
    sidecar.write_text("title: 问\n", encoding="utf-8")
    os.utime(sidecar, ns=(alone[1] + 5, alone[1] + 5))
    assert source_stamp(table) == (alone[0] + sidecar.stat().st_size, alone[1] + 5)
    assert source_beside(sidecar) == table
    assert source_beside(table) == table
