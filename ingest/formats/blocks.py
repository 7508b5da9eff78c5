"""Builds a document's text block by block, keeping count of where each stands."""

import re
from collections.abc import Iterator

from ingest.document import Block, BlockKind, Removal, RemovalReason, StructuredText
from ingest.normalizer import normalize_text

_SOURCE_LINE_END = re.compile(r"\r\n?|\n")


class BlockWriter:
    """Appends blocks to a growing text; every character but the line ends between blocks belongs to one."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._removed: list[Removal] = []

    def add(
        self,
        text: str,
        kind: BlockKind,
        level: int = 0,
        *,
        apart: bool = False,
        line: int | None = None,
        page: int | None = None,
    ) -> None:
        """Append ``text`` on a line of its own; ``apart`` leaves a blank line before it.

        A line block is split at its line ends, so that each line can begin with a number of its own.
        Text that holds nothing visible is left out. ``line`` and ``page`` say where it begins in the source;
        a vertical tab ends a line of the text without ending one of the source.
        """
        if kind is BlockKind.LINE:
            for number, single in _lines(text, line):
                self._append(single, kind, level, apart=apart, line=number, page=page)
                apart = False
        elif (text := normalize_text(text)).strip():
            self._append(text, kind, level, apart=apart, line=line, page=page)

    def remove(self, text: str, reason: RemovalReason, *, line: int | None = None, page: int | None = None) -> None:
        """Note that ``text`` stands in the source and is not kept."""
        if text.strip():
            self._removed.append(Removal(reason, text, line, page))

    def _append(
        self, text: str, kind: BlockKind, level: int, *, apart: bool, line: int | None, page: int | None
    ) -> None:
        if self._parts:
            gap = "\n\n" if apart else "\n"
            self._parts.append(gap)
            self._length += len(gap)
        self._blocks.append(Block(self._length, self._length + len(text), kind, level, line, page))
        self._parts.append(text)
        self._length += len(text)

    def finish(self) -> StructuredText:
        return StructuredText("".join(self._parts), tuple(self._blocks), tuple(self._removed))


def _lines(text: str, first: int | None) -> Iterator[tuple[int | None, str]]:
    for offset, source_line in enumerate(_SOURCE_LINE_END.split(text)):
        number = None if first is None else first + offset
        for single in normalize_text(source_line).split("\n"):
            if single.strip():
                yield number, single
