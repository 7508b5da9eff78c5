"""Tables -> one line a row, ``column：cell；column：cell``, so that header and cell stay together."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

_LONGEST_HEADER_CHARS = 20
_SENTENCE_MARKS = tuple("。；;！!？?：:")


def iter_row_texts(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the text of each row; a cell without a column name stands alone, empty cells and rows are left out.

    A table of a header alone is one row of it. Without a header, a short first cell of two names the second.
    """
    if not rows:
        yield from filter(None, ["；".join(filter(None, header))])
    for row in rows:
        if not any(header) and len(row) == 2 and all(row) and _is_name(row[0]):
            yield f"{row[0]}：{row[1]}"
            continue
        names = [*header, *[""] * (len(row) - len(header))]
        text = "；".join(f"{name}：{cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell)
        if text:
            yield text


def split_header(rows: Sequence[Sequence[str]], marked: int = 0) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Tell the header from the rows below it.

    Args:
        rows: cells of the table; they may be of different lengths.
        marked: how many first rows the source marks as header; several are joined, column by column.

    Without a mark the first row is taken for the header if it reads like one: three columns or more, each with a
    short name of its own. Of two columns, the first is as often the name of what stands in the second.
    """
    if marked:
        columns = zip_longest(*rows[:marked], fillvalue="")
        return [" ".join(dict.fromkeys(filter(None, names))) for names in columns], rows[marked:]
    if len(rows) > 1 and _reads_like_header(rows[0]) and _width(rows) == len(rows[0]):
        return rows[0], rows[1:]
    return [], rows


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max(map(len, rows), default=0)


def _reads_like_header(row: Sequence[str]) -> bool:
    return (
        len(row) > 2
        and len(set(row)) == len(row)
        and all(_is_name(cell) and not cell.replace(".", "").isdecimal() for cell in row)
    )


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= _LONGEST_HEADER_CHARS and not cell.endswith(_SENTENCE_MARKS)
