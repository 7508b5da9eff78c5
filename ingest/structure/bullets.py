"""● and • as places of an outline: added to what numbering has built, each below the section that it stands in."""

import re
from bisect import bisect_left, insort
from collections.abc import Sequence

from ingest.document import Block, BlockKind, Rank
from ingest.structure.drafts import Draft
from ingest.structure.numbering import Marker
from ingest.structure.running import caption_between

BULLETS = "•●○■◆▪"
_BULLET = re.compile(f"[{BULLETS}]")
_BEFORE = re.compile(r"[。；;：:！？!?…”）)]\s*$")
_EVIDENCE_CHARS = 4


def add_bullets(roots: list[Draft], text: str, blocks: Sequence[Block]) -> None:
    """Put a draft into the tree for each bullet at the start of a line, behind a sentence, colon or short caption."""
    for block in blocks:
        if block.kind is not BlockKind.LINE:
            continue
        for match in _BULLET.finditer(text, block.start, block.end):
            holder = _innermost(roots, match.start())
            if _is_bullet(text, block, match.start(), holder):
                _insert(roots, holder, match[0], match.start())


def _innermost(roots: Sequence[Draft], position: int) -> Draft | None:
    """The deepest draft, bullets aside, that begins before ``position`` and has not ended there."""
    holder: Draft | None = None
    drafts: Sequence[Draft] = roots
    while (count := bisect_left(drafts, position, key=lambda draft: draft.start)) and drafts[
        count - 1
    ].style != "bullet":
        holder = drafts[count - 1]
        drafts = holder.children
    return holder


def _is_bullet(text: str, block: Block, position: int, holder: Draft | None) -> bool:
    if holder is not None and position < holder.body_start:
        return False
    before = text[block.start : position]
    if not before.strip() or _BEFORE.search(before[-_EVIDENCE_CHARS:]):
        return True
    if holder is None or holder.marker is None or holder.start < block.start:
        return False
    return caption_between(text, holder.start + holder.marker.length, position) is not None


def _insert(roots: list[Draft], holder: Draft | None, sign: str, start: int) -> None:
    siblings = holder.children if holder else roots
    ordinal = 1 + sum(draft.style == "bullet" and draft.start < start for draft in siblings)
    marker = Marker("bullet", Rank.OTHER, sign, len(sign), ordinal)
    draft = Draft("bullet", 0, marker, sign, start, start, leading=False, ordinal=ordinal, parent=holder)
    insort(siblings, draft, key=lambda item: item.start)
