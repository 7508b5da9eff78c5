"""Quotations that run over several lines, such as the new wording inside a 修正案: what they hold is another text's."""

from dataclasses import dataclass

_OPENING = "“"
_CLOSING = "”"
_BEFORE_OPENING = ("：", ":")


@dataclass(frozen=True)
class Quotation:
    """Whether a line begins inside a quotation.

    Only quotation marks at the start of a line or behind a colon open one over several lines; others are words in
    quotes, closed or forgotten.
    """

    is_open: bool = False

    def after(self, line: str) -> "Quotation":
        """The state at the end of ``line``."""
        opened, closed = line.rfind(_OPENING), line.rfind(_CLOSING)
        if closed > opened:
            return Quotation(False)
        if opened < 0:
            return self
        return Quotation(self.is_open or _opens_passage(line, opened))

    def quoted_ranges(self, line: str) -> tuple[int, int]:
        """``(head, tail)``: ``line[:head]`` and ``line[tail:]`` belong to quotations that begin or end elsewhere."""
        opened, closed = line.rfind(_OPENING), line.rfind(_CLOSING)
        head = (line.find(_CLOSING) + 1 or len(line)) if self.is_open else 0
        tail = opened if opened > closed and _opens_passage(line, opened) else len(line)
        return head, tail


def _opens_passage(line: str, position: int) -> bool:
    before = line[:position].rstrip()
    return not before or before.endswith(_BEFORE_OPENING)
