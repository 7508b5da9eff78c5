"""Builds a document's text block by block, keeping count of where each stands."""

from ingest.document import Block, BlockKind, StructuredText
from ingest.normalizer import normalize_text


class BlockWriter:
    """Appends blocks to a growing text; every character but the line ends between blocks belongs to one."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    def add(self, text: str, kind: BlockKind, level: int = 0, *, apart: bool = False) -> None:
        """Append ``text`` on a line of its own; ``apart`` leaves a blank line before it.

        A line block is split at its line ends, so that each line can begin with a number of its own.
        Text that holds nothing visible is left out.
        """
        text = normalize_text(text)
        if kind is BlockKind.LINE:
            for index, line in enumerate(line for line in text.split("\n") if line.strip()):
                self._append(line, kind, level, apart=apart and index == 0)
        elif text.strip():
            self._append(text, kind, level, apart=apart)

    def _append(self, text: str, kind: BlockKind, level: int, *, apart: bool) -> None:
        if self._parts:
            gap = "\n\n" if apart else "\n"
            self._parts.append(gap)
            self._length += len(gap)
        self._blocks.append(Block(self._length, self._length + len(text), kind, level))
        self._parts.append(text)
        self._length += len(text)

    def finish(self) -> StructuredText:
        return StructuredText("".join(self._parts), tuple(self._blocks))
