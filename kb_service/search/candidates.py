"""What the legs of a query find: chunks with the scores of both legs, whichever leg found them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ingest.store.protocol import DENSE, SPARSE, ChunkStore, LegsQuery, ScoredChunk


class Candidate(NamedTuple):
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
    return gather_each(store, [query])[0]


def gather_each(store: ChunkStore, queries: Sequence[LegsQuery]) -> list[list[Candidate]]:
    """`gather` for every one of ``queries``, which ask for the same text within different limits, in their order."""
    if not queries:
        return []
    asked = store.search_each(queries)
    found = [{chunk.id: chunk for leg in legs.values() for chunk in leg} for legs in asked]
    # A chunk has one score on a leg, whatever the limits it was found within.
    scores = {leg: _known_scores(asked, leg) for leg in (DENSE, SPARSE)}
    everything = {chunk_id for chunks in found for chunk_id in chunks}
    missing = {leg: [chunk_id for chunk_id in everything if chunk_id not in known] for leg, known in scores.items()}
    for leg, added in store.score_chunks(queries[0], missing).items():
        scores[leg] |= added
    return [_candidates(chunks, legs, scores) for chunks, legs in zip(found, asked, strict=True)]


def _known_scores(asked: Sequence[Mapping[str, Sequence[ScoredChunk]]], leg: str) -> dict[str, float]:
    return {chunk.id: chunk.score for legs in asked for chunk in legs.get(leg, ())}


def _candidates(
    chunks: Mapping[str, ScoredChunk],
    legs: Mapping[str, Sequence[ScoredChunk]],
    scores: Mapping[str, Mapping[str, float]],
) -> list[Candidate]:
    dense_ranks, sparse_ranks = (_ranks(legs.get(leg, ())) for leg in (DENSE, SPARSE))
    return [
        Candidate(
            chunk_id=chunk_id,
            dense=scores[DENSE].get(chunk_id, 0.0),
            sparse=scores[SPARSE].get(chunk_id, 0.0),
            dense_rank=dense_ranks.get(chunk_id),
            sparse_rank=sparse_ranks.get(chunk_id),
            identifiers=chunk.identifiers,
        )
        for chunk_id, chunk in chunks.items()
    ]


def _ranks(leg: Sequence[ScoredChunk]) -> dict[str, int]:
    return {chunk.id: rank for rank, chunk in enumerate(leg, start=1)}
