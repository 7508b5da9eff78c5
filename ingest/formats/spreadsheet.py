"""Rows of a spreadsheet -> source records: a FAQ or a ticket a row, else one document a sheet."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from ingest.document import BlockKind, Kind, RemovalReason, SourceRecord, StructuredText, sha256
from ingest.errors import MalformedSourceError, Origin, SourceError, TooComplexSourceError
from ingest.fields import DocumentFields
from ingest.formats.blocks import BlockWriter
from ingest.formats.cell_text import iso_moment
from ingest.formats.columns import Columns, find_header
from ingest.formats.json_lines import TicketObject, write_object
from ingest.formats.table_rows import iter_row_texts, split_header

Row = Mapping[int, str]
"""Column, from 0 -> text of the cell; empty cells are not there."""

_HEADER_WITHIN_ROWS = 20
_MOST_CELLS_OF_A_SHEET = 200_000
_LONGEST_TITLE_CHARS = 30
_ID_CHARS = 12
_RUNNING_NUMBER = re.compile(r"\d{1,5}")
_MOMENTS = ("opened_at", "resolved_at", "effective_from", "effective_to")
_TICKET_FIELDS = frozenset(TicketObject.model_fields)
_COMMON_FIELDS = frozenset(DocumentFields.model_fields) | {"id", "text"}


@dataclass(frozen=True)
class Sheet:
    """One table of a file: numbered rows (from 1), those without a cell left out. ``name`` is None for CSV."""

    name: str | None
    rows: Iterable[tuple[int, Row] | SourceError]


def iter_sheet_records(
    sheet: Sheet, stem: str, stated: Mapping[str, str], path: str
) -> Iterator[SourceRecord | SourceError]:
    """Yield the documents of a sheet, and an error in place of each row that holds none.

    Args:
        stem: beginning of the ids of rows that have none of their own, and of the sheet's own.
        stated: column name -> field, see `ingest.formats.columns`.
        path: of the file, for the places in errors.
    """
    rows = iter(sheet.rows)
    head = list(islice(rows, _HEADER_WITHIN_ROWS))
    good = [item for item in head if not isinstance(item, SourceError)]
    found = find_header([row for _, row in good], stated)
    stem = stem if sheet.name is None else f"{stem}/{sheet.name}"
    if found is None:
        yield from _whole_sheet(sheet, chain(head, rows), stem, path)
        return
    index, columns = found
    above = "；".join(cell for _, row in good[:index] for cell in row.values())
    below = head[head.index(good[index]) + 1 :]
    yield from (item for item in head if isinstance(item, SourceError) and item not in below)
    maker = RowRecords(stem, above)
    for item in chain(below, rows):
        if isinstance(item, SourceError):
            yield item
            continue
        number, row = item
        if row == columns.names:
            continue  # printed again on every page
        origin = Origin(path, number)
        try:
            yield maker.build(columns, row, origin)
        except SourceError as error:
            yield (
                error
                if sheet.name is None
                else MalformedSourceError(origin, f"工作表“{sheet.name}”：{error.message}", error.remedy)
            )


class RowRecords:
    """Makes the records of one table; remembers the questions met, so that each has an id of its own."""

    def __init__(self, stem: str, above: str = "") -> None:
        self._stem = stem
        self._above = above
        self._met: dict[str, int] = {}

    def build(self, columns: Columns, row: Row, origin: Origin) -> SourceRecord:
        """The record of a row.

        Raises:
            MalformedSourceError: a cell that it cannot do without is empty.
        """
        values = {target: row[position] for position, target in columns.fields.items() if position in row}
        fields = _ticket(values, columns, origin) if columns.is_ticket else _faq(values, columns, origin)
        taken = {position for position, target in columns.fields.items() if target in values and target in fields}
        if fields.get("text") == values.get("solution"):
            taken |= {position for position, target in columns.fields.items() if target == "solution"}
        further = [
            [columns.names.get(position, ""), cell]
            for position, cell in sorted(row.items())
            if position not in taken and position not in columns.left_out
        ]
        fields |= {name: iso_moment(fields[name]) for name in _MOMENTS if name in fields}
        if self._above:
            fields.setdefault("source", self._above)
        fields["id"] = self._document_id(fields)
        digest = sha256(json.dumps([fields, further], ensure_ascii=False, sort_keys=True).encode(errors="replace"))
        left_out = "；".join(row[position] for position in sorted(columns.left_out) if position in row)
        content = {"fields": fields, "further": further, "left_out": left_out}
        return SourceRecord(fields["id"], "table-row", origin, content, digest)

    def _document_id(self, fields: Mapping[str, str]) -> str:
        """The stated id, else one made of the question, which stays when rows move.

        A plain number is no more than a row's place in its own table.
        """
        if stated := fields.get("id"):
            return f"{self._stem}/{stated}" if _RUNNING_NUMBER.fullmatch(stated) else stated
        question = " ".join((fields.get("symptom") or fields.get("title") or fields["text"]).split())
        name = sha256(question.encode(errors="replace"))[:_ID_CHARS]
        count = self._met[name] = self._met.get(name, 0) + 1
        return f"{self._stem}/{name}" if count == 1 else f"{self._stem}/{name}-{count}"


def _ticket(values: Mapping[str, str], columns: Columns, origin: Origin) -> dict[str, Any]:
    for target in ("symptom", "solution"):
        if target not in values:
            raise _empty_cell(columns, target, origin)
    fields = {name: value for name, value in values.items() if name in _TICKET_FIELDS}
    fields["kind"] = Kind.TICKET.value
    if "title" not in fields:
        first = fields["symptom"].split("\n", 1)[0]
        fields["title"] = first if len(first) <= _LONGEST_TITLE_CHARS else first[:_LONGEST_TITLE_CHARS] + "…"
    return fields


def _faq(values: Mapping[str, str], columns: Columns, origin: Origin) -> dict[str, Any]:
    fields = {name: value for name, value in values.items() if name in _COMMON_FIELDS}
    if "text" not in fields and "text" not in columns.fields.values() and "solution" in values:
        fields["text"] = values["solution"]
    if "text" not in fields:
        raise _empty_cell(columns, "text" if "text" in columns.fields.values() else "solution", origin)
    fields.setdefault("kind", Kind.FAQ.value)
    return fields


def _empty_cell(columns: Columns, target: str, origin: Origin) -> MalformedSourceError:
    name = next(columns.names[position] for position, held in columns.fields.items() if held == target)
    return MalformedSourceError(origin, f"列“{name}”没有内容", "请补上内容，或删除该行；其他行不受影响")


def _whole_sheet(
    sheet: Sheet, rows: Iterable[tuple[int, Row] | SourceError], stem: str, path: str
) -> Iterator[SourceRecord | SourceError]:
    cells: list[list[str]] = []
    numbers: list[int] = []
    count = 0
    for item in rows:
        if isinstance(item, SourceError):
            yield item
            continue
        number, row = item
        count += len(row)
        if count > _MOST_CELLS_OF_A_SHEET:
            place = "表格" if sheet.name is None else f"工作表“{sheet.name}”"
            yield TooComplexSourceError(
                Origin(path), f"{place}超过 {_MOST_CELLS_OF_A_SHEET} 个单元格，又没有问题与答案列"
            )
            return
        numbers.append(number)
        # What lies far to the right moves up: a row is as long as it has cells.
        width = max(row, default=-1) + 1
        cells.append([row.get(i, "") for i in range(width)] if width <= 4 * len(row) + 16 else list(row.values()))
    if cells:
        content = {"title": sheet.name or "", "rows": cells, "numbers": numbers}
        digest = sha256(json.dumps(cells, ensure_ascii=False).encode(errors="replace"))
        yield SourceRecord(stem, "sheet", Origin(path), content, digest)


def read_row(content: Mapping[str, Any], origin: Origin) -> tuple[DocumentFields, StructuredText, Mapping[str, str]]:
    """Return the fields, the text and a ticket's attributes of a row; columns that hold no field follow the text.

    Raises:
        MalformedSourceError: a field is missing or of the wrong type.
    """
    writer = BlockWriter()
    fields, attributes = write_object(writer, content["fields"], origin)
    further: list[list[str]] = content["further"]
    for text in iter_row_texts([name for name, _ in further], [[" ".join(cell.split()) for _, cell in further]]):
        writer.add(text, BlockKind.ROW, apart=True)
    writer.remove(content["left_out"], RemovalReason.BOILERPLATE)
    return fields, writer.finish(), attributes


def read_sheet(content: Mapping[str, Any], _origin: Origin) -> tuple[DocumentFields, StructuredText, Mapping[str, str]]:
    """Return a sheet as rows of ``column：cell``; single cells above the table are lines, the first is its title."""
    rows: list[list[str]] = [[" ".join(cell.split()) for cell in row] for row in content["rows"]]
    numbers: list[int] = content["numbers"]
    writer = BlockWriter()
    begin = 0
    while begin < len(rows) and sum(map(bool, rows[begin])) == 1 and len(rows) > 1:
        kind, level = (BlockKind.HEADING, 1) if begin == 0 else (BlockKind.LINE, 0)
        writer.add(next(filter(None, rows[begin])), kind, level, line=numbers[begin])
        begin += 1
    header, body = split_header(rows[begin:])
    first = len(rows) - len(body)
    for number, row in enumerate(body or [[]]):
        for text in iter_row_texts(header, [row] if body else []):
            place = numbers[first + number] if body else numbers[-1]
            writer.add(text, BlockKind.ROW, apart=number == 0, line=place)
    return DocumentFields(title=None if begin else content["title"] or None), writer.finish(), {}
