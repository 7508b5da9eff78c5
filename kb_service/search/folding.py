"""Ranked chunks -> documents: one group for each, near-duplicate documents under one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FoundChunk:
    """A chunk that may be shown; its text is not read yet."""

    chunk_id: str
    document_id: str
    score: float


@dataclass(frozen=True)
class Group:
    """The chunks of one document, best first."""

    chunks: Sequence[FoundChunk]

    @property
    def best(self) -> FoundChunk:
        return self.chunks[0]

    @property
    def document_id(self) -> str:
        return self.best.document_id


def fold_by_document(chunks: Iterable[FoundChunk], *, by_document: bool) -> list[Group]:
    """Group chunks by document in the order of their best one; inside a single asked document, each stands alone."""
    if not by_document:
        return [Group([chunk]) for chunk in chunks]
    groups: dict[str, list[FoundChunk]] = {}
    for chunk in chunks:
        groups.setdefault(chunk.document_id, []).append(chunk)
    return [Group(group) for group in groups.values()]


def fold_twins(groups: Sequence[Group], pairs: Iterable[tuple[str, str]]) -> list[Group]:
    """Leave out each document of which a better one says nearly the same; ``pairs`` are the ids of those that do."""
    alike: dict[str, set[str]] = {}
    for first, second in pairs:
        alike.setdefault(first, set()).add(second)
        alike.setdefault(second, set()).add(first)
    kept: list[Group] = []
    folded: set[str] = set()
    for group in groups:
        if group.document_id not in folded:
            folded |= alike.get(group.document_id, set())
            kept.append(group)
    return kept
