"""Chunks in the order of their scores -> hits: one for each document, near-duplicate documents under one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from haystack import Document

from ingest.document import ALWAYS, Kind, Meta, day_from_number
from kb_service.search.citing import build_parent, build_passage
from kb_service.search.models import Answer, Highlight, Hit, SearchRequest, Twin
from kb_service.search.query_analysis import AnalyzedQuery

_MOST_PASSAGES_FOLDED = 5


@dataclass(frozen=True)
class Group:
    """The chunks of one document, best first."""

    chunks: Sequence[Document]

    @property
    def best(self) -> Document:
        return self.chunks[0]

    @property
    def document_id(self) -> str:
        return str(self.best.meta[Meta.DOCUMENT_ID])


def fold_by_document(chunks: Sequence[Document], request: SearchRequest) -> list[Group]:
    """Group chunks by document in the order of their best one; inside a single asked document, each stands alone."""
    if len(request.filters.document_ids) == 1:
        return [Group([chunk]) for chunk in chunks]
    groups: dict[str, list[Document]] = {}
    for chunk in chunks:
        groups.setdefault(chunk.meta[Meta.DOCUMENT_ID], []).append(chunk)
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


def build_hit(
    rank: int,
    group: Group,
    parent_text: str | None,
    twins: Sequence[Twin],
    answer: Answer | None,
    analyzed: AnalyzedQuery,
    today: date,
) -> Hit:
    """``parent_text`` is the article or section around the best chunk, None where the catalogue has it no more."""
    best, *others = group.chunks
    meta = best.meta
    passage = build_passage(best)
    effective_from = day_from_number(meta[Meta.EFFECTIVE_FROM])
    effective_to = day_from_number(meta[Meta.EFFECTIVE_TO])
    return Hit(
        **passage.model_dump(),
        rank=rank,
        document_id=meta[Meta.DOCUMENT_ID],
        kind=Kind(meta[Meta.KIND]),
        title=meta[Meta.TITLE],
        product=meta[Meta.PRODUCT],
        effective_from=None if effective_from == date.min else effective_from,
        effective_to=None if effective_to == ALWAYS else effective_to,
        in_force=effective_from <= today <= effective_to,
        highlights=[Highlight(start=start, end=end) for start, end in analyzed.find_matches(passage.text)],
        answer=answer,
        parent=None if parent_text is None else build_parent(best, parent_text),
        more=[build_passage(chunk) for chunk in others[:_MOST_PASSAGES_FOLDED]],
        twins=list(twins),
    )
