"""CSV and TSV -> rows, as a stream; which character divides the cells is found out."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import MalformedSourceError, Origin, SourceError
from ingest.formats.encoding import detect_encoding
from ingest.formats.spreadsheet import Row, Sheet

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 64 * 1024
_SAMPLE_ROWS = 50
_BLOCK_BYTES = 2**20


def iter_sheets(path: Path, origin: Origin) -> Iterator[Sheet]:
    """Yield the one table of a file.

    Raises:
        DecodingError: the file is no text.
    """
    with path.open("rb") as stream:
        encoding = detect_encoding(iter(lambda: stream.read(_BLOCK_BYTES), b""), origin)
    yield Sheet(None, _iter_rows(path, encoding, origin))


def _iter_rows(path: Path, encoding: str, origin: Origin) -> Iterator[tuple[int, Row] | SourceError]:
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARS)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=find_delimiter(sample))
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield MalformedSourceError(
                    Origin(origin.path, number), f"不是合法的 CSV：{error}", "请检查该行的引号是否成对；其他行不受影响"
                )
                continue
            row = {position: text for position, cell in enumerate(cells) if (text := cell.strip("\ufeff \t\r\n\u3000"))}
            if row:
                yield number, row


def find_delimiter(sample: str) -> str:
    """The character that cuts the beginning of a file into the most regular rows of two cells or more."""
    best, delimiter = 0, ","
    for candidate in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for index, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=candidate)):
                widths[len(cells)] += bool(cells)
                if index >= _SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        regular = max((count for width, count in widths.items() if width > 1), default=0)
        if regular > best:
            best, delimiter = regular, candidate
    return delimiter
