"""An index of any size for measurements, grown out of a small one.

Copies of its chunks become documents of their own, with vectors turned by noise (cosine about 0.9 to the original) and
a third of their terms exchanged; their texts stay, but in the catalogue they are made different enough not to be one
document's near-duplicates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from haystack import Document
from haystack.dataclasses import SparseEmbedding

from ingest.document import Kind, Meta, ParsedDocument
from ingest.errors import Origin
from ingest.records import ChunkRecord
from kb_service.runtime import Runtime

_NOISE = 0.48
"""Length of the noise added to a unit vector; cosine to the original 1 / sqrt(1 + noise^2) = 0.90."""
_WRITE_BATCH = 1_000


def grow(runtime: Runtime, chunks: Sequence[Document], size: int, seed: int = 7) -> list[Document]:
    """Add altered copies of ``chunks`` until the index holds ``size``; return all chunks."""
    rng = np.random.default_rng(seed)
    grown = list(chunks)
    while len(grown) < size:
        batch = [
            alter_chunk(chunks[int(i)], len(grown) + n, rng) for n, i in _picks(rng, len(chunks), size - len(grown))
        ]
        keys = runtime.catalogue.add_pending([_as_entry(chunk) for chunk in batch])
        runtime.store.write_documents(batch)
        runtime.catalogue.publish(keys)
        grown.extend(batch)
    runtime.store.optimize()
    runtime.store.flush()
    return grown


def _picks(rng: np.random.Generator, count: int, missing: int) -> Iterable[tuple[int, int]]:
    return enumerate(rng.integers(0, count, size=min(_WRITE_BATCH, missing)))


def alter_chunk(chunk: Document, number: int, rng: np.random.Generator) -> Document:
    """A document of its own with the same text, a vector at cosine about 0.9 and a third of the terms exchanged."""
    vector = np.asarray(chunk.embedding) + _noise(rng, len(chunk.embedding or []))
    sparse = chunk.sparse_embedding or SparseEmbedding([], [])
    indices = np.asarray(sparse.indices)
    exchanged = rng.random(len(indices)) < 1 / 3
    indices = np.where(exchanged, rng.integers(0, 2**32, size=len(indices)), indices)
    order = np.argsort(indices)
    return replace(
        chunk,
        id=f"00000000-0000-4000-8000-{number:012x}",
        embedding=(vector / np.linalg.norm(vector)).tolist(),
        sparse_embedding=SparseEmbedding(indices[order].tolist(), np.asarray(sparse.values)[order].tolist()),
        meta={**chunk.meta, Meta.DOCUMENT_ID: f"copy-{number}"},
    )


def _noise(rng: np.random.Generator, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    noise = rng.normal(size=size)
    return noise * (_NOISE / np.linalg.norm(noise))


def _as_entry(chunk: Document) -> tuple[ParsedDocument, list[ChunkRecord]]:
    meta, text = chunk.meta, chunk.content or ""
    document = ParsedDocument(
        document_id=meta[Meta.DOCUMENT_ID],
        version=meta[Meta.VERSION],
        kind=Kind(meta[Meta.KIND]),
        title=meta[Meta.TITLE],
        text=_reworded(text, int(chunk.id[-12:], 16)),
        origin=Origin("speed benchmark"),
        digest=chunk.id,
    )
    record = ChunkRecord(
        chunk_id=chunk.id,
        ordinal=0,
        start_char=0,
        end_char=len(text),
        tokens=meta[Meta.TOKENS],
        citation=meta[Meta.CITATION],
        heading_path=tuple(meta[Meta.HEADING_PATH]),
        sha256=meta[Meta.SHA256],
        clause_id=meta[Meta.CLAUSE_ID],
        page=meta[Meta.PAGE],
        parent_start_char=0,
        parent_end_char=len(text),
        parent_citation=meta[Meta.PARENT_CITATION],
    )
    return document, [record]


def _reworded(text: str, seed: int) -> str:
    """A quarter of the characters exchanged, so that the catalogue does not take the copies for near-duplicates."""
    rng = np.random.default_rng(seed)
    exchanged = rng.random(len(text)) < 1 / 4
    letters = rng.integers(0x4E00, 0x9FA5, size=len(text))
    return "".join(chr(letters[i]) if exchanged[i] else char for i, char in enumerate(text))
