"""A structured text as a list of passages that can be cut, joined and left out, and put together again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.document import Block, BlockKind, Removal, RemovalReason, StructuredText


@dataclass(frozen=True)
class Passage:
    """One block with its text, or in its place something that was left out (``removed`` says why).

    ``gap`` is the white space between it and the passage before.
    """

    text: str
    kind: BlockKind
    level: int = 0
    line: int | None = None
    page: int | None = None
    gap: str = "\n"
    removed: RemovalReason | None = None

    @property
    def is_line(self) -> bool:
        return self.kind is BlockKind.LINE and self.removed is None

    @property
    def is_title(self) -> bool:
        return self.kind is BlockKind.HEADING and self.level == 1 and self.removed is None

    def without(self, reason: RemovalReason) -> "Passage":
        return replace(self, removed=reason)

    def as_title(self) -> "Passage":
        return replace(self, kind=BlockKind.HEADING, level=1, gap="\n\n")

    def part(self, start: int, end: int) -> list["Passage"]:
        """``text[start:end]`` as a passage of its own; nothing where that is white space."""
        text = self.text[start:end].strip()
        return [replace(self, text=text, gap=self.gap if start == 0 else "\n")] if text else []


def take_apart(structured: StructuredText) -> list[Passage]:
    """The blocks of a text as passages, in order."""
    passages, end = [], 0
    for block in structured.blocks:
        gap, text = structured.text[end : block.start], structured.text[block.start : block.end]
        passages.append(Passage(text, block.kind, block.level, block.line, block.page, gap))
        end = block.end
    return passages


def put_together(passages: Iterable[Passage], removed: Sequence[Removal] = ()) -> StructuredText:
    """The text of the passages that are kept; those left out are noted in place order behind ``removed``."""
    parts: list[str] = []
    blocks: list[Block] = []
    removals = list(removed)
    length = 0
    for passage in passages:
        if passage.removed is not None:
            removals.append(Removal(passage.removed, passage.text, passage.line, passage.page))
            continue
        gap = passage.gap or "\n" if blocks else ""
        parts += [gap, passage.text]
        start = length + len(gap)
        length = start + len(passage.text)
        blocks.append(Block(start, length, passage.kind, passage.level, passage.line, passage.page))
    if any(removal.line is not None for removal in removals):
        removals.sort(key=lambda removal: removal.line or 0)
    return StructuredText("".join(parts), tuple(blocks), tuple(removals))
