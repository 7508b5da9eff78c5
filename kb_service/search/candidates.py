"""What the legs of a query find: chunks with the scores of both legs, whichever leg found them."""

from collections.abc import Mapping
from dataclasses import dataclass

from haystack import Document

from ingest.document import Meta
from ingest.store.protocol import DENSE, SPARSE, ChunkStore, LegsQuery


@dataclass(frozen=True)
class Candidate:
    """A chunk that may answer.

    Attributes:
        chunk: as the leg gave it that found it last, with that leg's score.
        dense: dot product of the query's and the passage's vector.
        sparse: BM25 score, 0 where they share no term.
        dense_rank, sparse_rank: place on the leg, from 1; None where it was not among that leg's hits.
        identifiers: keys of the query's decisive identifiers that the chunk holds.
    """

    chunk: Document
    dense: float
    sparse: float
    dense_rank: int | None
    sparse_rank: int | None
    identifiers: tuple[str, ...]


def gather(store: ChunkStore, query: LegsQuery) -> list[Candidate]:
    """Ask every leg, and each leg once more for its scores of what only others found. In no particular order."""
    legs = store.search_legs(query)
    chunks = {chunk.id: chunk for leg in legs.values() for chunk in leg}
    dense, sparse = (_scores(store, query, leg, legs, chunks) for leg in (DENSE, SPARSE))
    dense_ranks, sparse_ranks = (_ranks(legs.get(leg, [])) for leg in (DENSE, SPARSE))
    return [
        Candidate(
            chunk=chunk,
            dense=dense.get(chunk_id, 0.0),
            sparse=sparse.get(chunk_id, 0.0),
            dense_rank=dense_ranks.get(chunk_id),
            sparse_rank=sparse_ranks.get(chunk_id),
            identifiers=tuple(key for key in query.identifiers if key in chunk.meta.get(Meta.IDENTIFIERS, ())),
        )
        for chunk_id, chunk in chunks.items()
    ]


def _scores(
    store: ChunkStore, query: LegsQuery, leg: str, legs: Mapping[str, list[Document]], chunks: Mapping[str, Document]
) -> dict[str, float]:
    known = {chunk.id: chunk.score or 0.0 for chunk in legs.get(leg, [])}
    return known | store.score_chunks(query, leg, [chunk_id for chunk_id in chunks if chunk_id not in known])


def _ranks(leg: list[Document]) -> dict[str, int]:
    return {chunk.id: rank for rank, chunk in enumerate(leg, start=1)}
