"""A query within limits -> the documents that may answer, each by its chunks, none of their texts read yet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from haystack import Document

from ingest.catalogue import Catalogue
from ingest.store.protocol import ChunkStore, LegsQuery
from kb_service.search.candidates import Candidate, gather_each
from kb_service.search.folding import FoundChunk, Group, fold_by_document, fold_twins
from kb_service.search.ranking import Ranked, rank

CHUNKS_PER_HIT = 4
"""Ranked chunks looked at for each hit asked for, so that folding leaves enough documents."""
FEWEST_CHUNKS = 50
_REFILL_FACTOR = 4
"""How many times more chunks are fetched, once, where those that were make fewer documents than asked for."""
_NAMED_LEAD = 1.0
FIRST_RANKED = 5
"""Chunks that tell how sure the answer is."""


@dataclass(frozen=True)
class Sought:
    """What is looked for.

    Attributes:
        limit: documents wanted, or chunks.
        by_document: whether a document is found once, by its best chunks; else each chunk stands alone.
        named: ids of chunks that go ahead of all others, the best first.
    """

    query: LegsQuery
    limit: int
    by_document: bool = True
    named: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """What one query found.

    Attributes:
        candidates: whatever the legs brought.
        ranked: the best of them that may be shown.
        unpublished: how many were passed over for these, since no version in force holds them.
        groups: what becomes hits, no more than were wanted.
        more: whether asking for more candidates may bring further groups.
    """

    candidates: Sequence[Candidate]
    ranked: Sequence[Ranked]
    unpublished: int
    groups: Sequence[Group]
    more: bool


class Retrieval:
    """Safe to call from several threads."""

    def __init__(self, catalogue: Catalogue, store: ChunkStore) -> None:
        self._catalogue = catalogue
        self._store = store

    def find(self, sought: Sequence[Sought], terms: int, day: date) -> list[Found]:
        """What is found for each of ``sought``, which ask for the same text, of ``terms`` terms, within other limits.

        Only versions in force on ``day`` are shown.
        """
        found = self._find(sought, terms, day, 1)
        few = [place for place, one in enumerate(found) if one.more and len(one.groups) < sought[place].limit]
        again = self._find([sought[place] for place in few], terms, day, _REFILL_FACTOR)
        for place, more in zip(few, again, strict=True):
            found[place] = more
        return [replace(one, groups=one.groups[: wanted.limit]) for one, wanted in zip(found, sought, strict=True)]

    def load(self, found: Sequence[Found], passages: int) -> tuple[list[Found], dict[str, Document]]:
        """Texts of each group's first ``passages`` chunks and of the `FIRST_RANKED`, by chunk id.

        A chunk that has left the index meanwhile is in no group any more.
        """
        wanted = {chunk.chunk_id for one in found for group in one.groups for chunk in group.chunks[:passages]}
        wanted |= {ranked.candidate.chunk_id for one in found for ranked in one.ranked[:FIRST_RANKED]}
        texts = {chunk.id: chunk for chunk in self._store.load_documents(list(wanted))}
        gone = wanted - texts.keys()
        return [_without(one, gone) for one in found] if gone else list(found), texts

    def _find(self, sought: Sequence[Sought], terms: int, day: date, factor: int) -> list[Found]:
        """``factor`` times as many candidates as usual are asked for and looked at."""
        if not sought:
            return []
        queries = [replace(one.query, candidates=one.query.candidates * factor) for one in sought]
        candidates = gather_each(self._store, queries)
        chunks = self._store.estimate_count()
        ranked = [rank(some, terms, chunks) for some in candidates]
        most = [max(FEWEST_CHUNKS, one.limit * CHUNKS_PER_HIT) * factor for one in sought]
        published = _Published(self._catalogue, day)
        first = (one.candidate.chunk_id for some, count in zip(ranked, most, strict=True) for one in some[:count])
        published.look_up([*first, *(chunk_id for one in sought for chunk_id in one.named)])
        picked = [_pick_visible(some, count, published) for some, count in zip(ranked, most, strict=True)]
        groups = self._fold(sought, [visible for visible, _ in picked], published, day)
        return [
            Found(some, visible, unpublished, group, _is_full(query, some) or len(order) > len(visible) + unpublished)
            for query, some, order, (visible, unpublished), group in zip(
                queries, candidates, ranked, picked, groups, strict=True
            )
        ]

    def _fold(
        self, sought: Sequence[Sought], ranked: Sequence[Sequence[Ranked]], published: "_Published", day: date
    ) -> list[list[Group]]:
        groups = [
            fold_by_document(_named_first(one.named, shown, published), by_document=one.by_document)
            for one, shown in zip(sought, ranked, strict=True)
        ]
        # The twins of a single asked document are of no interest.
        folded = {
            group.document_id for one, some in zip(sought, groups, strict=True) if one.by_document for group in some
        }
        pairs = self._catalogue.find_pairs_among(folded, day) if folded else []
        return [fold_twins(some, pairs) if one.by_document else some for one, some in zip(sought, groups, strict=True)]


class _Published:
    """Which chunks may be shown, each asked for once."""

    def __init__(self, catalogue: Catalogue, day: date) -> None:
        self._catalogue = catalogue
        self._day = day
        self._documents: dict[str, str | None] = {}

    def look_up(self, chunk_ids: Iterable[str]) -> None:
        missing = list(dict.fromkeys(chunk_id for chunk_id in chunk_ids if chunk_id not in self._documents))
        if missing:
            self._documents |= dict.fromkeys(missing) | self._catalogue.find_published(missing, self._day)

    def document_of(self, chunk_id: str) -> str | None:
        """None where the chunk may not be shown."""
        return self._documents[chunk_id]


def _pick_visible(ranked: Sequence[Ranked], most: int, published: _Published) -> tuple[list[Ranked], int]:
    """The first ``most`` that may be shown, and how many others were passed over."""
    visible: list[Ranked] = []
    looked_at = 0
    while len(visible) < most and looked_at < len(ranked):
        some = ranked[looked_at : looked_at + most]
        published.look_up(one.candidate.chunk_id for one in some)
        for one in some:
            if len(visible) == most:
                break
            looked_at += 1
            if published.document_of(one.candidate.chunk_id) is not None:
                visible.append(one)
    return visible, looked_at - len(visible)


def _named_first(named: Sequence[str], ranked: Sequence[Ranked], published: _Published) -> list[FoundChunk]:
    """The named chunks ahead of all others, with scores that say so."""
    best = max((one.score for one in ranked), default=0.0)
    scored = [(chunk_id, best + _NAMED_LEAD) for chunk_id in named]
    scored += [(one.candidate.chunk_id, one.score) for one in ranked if one.candidate.chunk_id not in named]
    return [
        FoundChunk(chunk_id, document_id, score)
        for chunk_id, score in scored
        if (document_id := published.document_of(chunk_id)) is not None
    ]


def _is_full(query: LegsQuery, candidates: Sequence[Candidate]) -> bool:
    """Whether a leg brought as many as it was asked for."""
    return any(query.candidates in (one.dense_rank, one.sparse_rank) for one in candidates)


def _without(found: Found, chunk_ids: Collection[str]) -> Found:
    groups = [[chunk for chunk in group.chunks if chunk.chunk_id not in chunk_ids] for group in found.groups]
    return replace(found, groups=[Group(chunks) for chunks in groups if chunks])
