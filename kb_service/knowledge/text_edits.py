"""Two wordings of a passage -> what was struck out and what was put in, in stretches that a reader can take in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from ingest.chunking.sentences import iter_sentences

# A Latin word, number or code is one step, so that 72 -> 48 is no change of digits; a Chinese character is one too.
_STEP = re.compile(r"[A-Za-z0-9]+(?:[.\-_/:][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_SHORTEST_ISLAND = 3
"""Characters; what stayed between two changes and is shorter makes them harder to read, not easier."""
_LEAST_SHARED = 0.3
"""Of a rewritten stretch with less in common, old and new are shown one after the other."""
_MOST_COMPARISONS = 4_000_000
"""Steps of the one times steps of the other; beyond it a stretch counts as rewritten."""


class Op(StrEnum):
    EQUAL = "equal"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Piece:
    op: Op
    text: str


def build_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces that make ``before`` without the inserted ones and ``after`` without the deleted ones.

    Compared by sentences first, then by words and characters inside what was rewritten. No two neighbours have the
    same op, none is empty, and of a change the deleted piece comes first.
    """
    pieces = [
        piece
        for op, old, new in _opcodes(_sentences(before), _sentences(after))
        for piece in ([Piece(Op.EQUAL, old)] if op == "equal" else _rewritten(old, new))
    ]
    return tuple(_joined(pieces))


def _rewritten(old: str, new: str) -> list[Piece]:
    steps = list(_opcodes(_STEP.findall(old), _STEP.findall(new)))
    stayed = sum(len(was) for op, was, _ in steps if op == "equal" and was.strip())
    if 2 * stayed < _LEAST_SHARED * (len(old) + len(new)):
        steps = [("replace", old, new)]
    pieces: list[Piece] = []
    for position, (op, was, now) in enumerate(steps):
        inside = 0 < position < len(steps) - 1
        if op == "equal" and not (inside and len(was) < _SHORTEST_ISLAND):
            pieces.append(Piece(Op.EQUAL, was))
        else:
            pieces += [Piece(Op.DELETED, was), Piece(Op.INSERTED, now)]
    return pieces


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield op, old and new text of each stretch; op is ``equal`` or something else."""
    if len(before) * len(after) > _MOST_COMPARISONS:
        same = before == after
        yield "equal" if same else "replace", "".join(before), "".join(after)
        return
    for op, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield op, "".join(before[i1:i2]), "".join(after[j1:j2])


def _sentences(text: str) -> list[str]:
    """Sentences and, by themselves, the white space behind them: a line is the same whatever comes after it."""
    parts: list[str] = []
    for start, end in iter_sentences(text, 0, len(text)):
        sentence = text[start:end]
        words = sentence.rstrip()
        parts += [part for part in (words, sentence[len(words) :]) if part]
    return parts


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbouring changes as one deleted and one inserted piece, neighbouring equal ones as one."""
    for stayed, group in groupby(pieces, lambda piece: piece.op is Op.EQUAL):
        run = list(group)
        for op in [Op.EQUAL] if stayed else [Op.DELETED, Op.INSERTED]:
            text = "".join(piece.text for piece in run if piece.op is op)
            if text:
                yield Piece(op, text)
