"""What the legs of a query find: chunks with the scores of both legs, whichever leg found them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.store.protocol import DENSE, SPARSE, ChunkStore, LegsQuery, ScoredChunk


@dataclass(frozen=True)
class Candidate:
    """A chunk that may answer; its text is not read yet.

    Attributes:
        chunk_id: see `ScoredChunk.id`.
        dense: dot product of the query's and the passage's vector.
        sparse: BM25 score, 0 where they share no term.
        dense_rank, sparse_rank: place on the leg, from 1; None where it was not among that leg's hits.
        identifiers: keys of the query's decisive identifiers that the chunk holds.
    """

    chunk_id: str
    dense: float
    sparse: float
    dense_rank: int | None
    sparse_rank: int | None
    identifiers: tuple[str, ...]


def gather(store: ChunkStore, query: LegsQuery) -> list[Candidate]:
    """Ask every leg, and each leg once more for its scores of what only others found. In no particular order."""
    legs = store.search_legs(query)
    found = {chunk.id: chunk for leg in legs.values() for chunk in leg}
    dense, sparse = (_scores(store, query, leg, legs, found) for leg in (DENSE, SPARSE))
    dense_ranks, sparse_ranks = (_ranks(legs.get(leg, [])) for leg in (DENSE, SPARSE))
    return [
        Candidate(
            chunk_id=chunk_id,
            dense=dense.get(chunk_id, 0.0),
            sparse=sparse.get(chunk_id, 0.0),
            dense_rank=dense_ranks.get(chunk_id),
            sparse_rank=sparse_ranks.get(chunk_id),
            identifiers=chunk.identifiers,
        )
        for chunk_id, chunk in found.items()
    ]


def _scores(
    store: ChunkStore, query: LegsQuery, leg: str, legs: Mapping[str, list[ScoredChunk]], found: Collection[str]
) -> dict[str, float]:
    known = {chunk.id: chunk.score for chunk in legs.get(leg, [])}
    return known | store.score_chunks(query, leg, [chunk_id for chunk_id in found if chunk_id not in known])


def _ranks(leg: list[ScoredChunk]) -> dict[str, int]:
    return {chunk.id: rank for rank, chunk in enumerate(leg, start=1)}
