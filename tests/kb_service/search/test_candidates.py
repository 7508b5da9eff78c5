"""Every candidate has the scores of both legs, whichever found it."""

import uuid
from pathlib import Path

import pytest
from haystack import Document
from haystack.dataclasses import SparseEmbedding

from ingest.store.edge import EdgeDocumentStore
from ingest.store.protocol import LegsQuery
from kb_service.search.candidates import Candidate, gather

NAMES = {name: str(uuid.UUID(int=number)) for number, name in enumerate(("near", "worded", "coded", "neither"))}


def chunk(name: str, vector: list[float], terms: list[int], identifiers: list[str] | None = None) -> Document:
    return Document(
        id=NAMES[name],
        content=name,
        embedding=vector,
        sparse_embedding=SparseEmbedding(terms, [1.0] * len(terms)),
        meta={"identifiers": identifiers or []},
    )


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Candidate]:
    store = EdgeDocumentStore(str(tmp_path / "index"), 2)
    store.write_documents(
        [
            chunk("near", [1.0, 0.0], [1]),
            chunk("worded", [0.0, 1.0], [7, 8]),
            chunk("coded", [-1.0, 0.0], [1], ["ppr9087"]),
            chunk("neither", [-0.6, -0.8], [1]),
        ]
    )
    query = LegsQuery([1.0, 0.0], SparseEmbedding([7, 8], [1.0, 1.0]), ("ppr9087", "e07"), candidates=1)
    candidates = gather(store, query)
    store.close()
    names = {chunk_id: name for name, chunk_id in NAMES.items()}
    return {names[candidate.chunk_id]: candidate for candidate in candidates}


def test_each_leg_brings_its_best_and_the_holders_of_codes_come_along(found: dict[str, Candidate]) -> None:
    assert set(found) == {"near", "worded", "coded"}
    assert found["near"].dense_rank == 1
    assert found["near"].sparse_rank is None
    assert found["worded"].sparse_rank == 1
    assert found["coded"].identifiers == ("ppr9087",)


def test_what_a_leg_did_not_bring_is_scored_on_it_too(found: dict[str, Candidate]) -> None:
    assert found["near"].dense == pytest.approx(1.0)
    assert found["worded"].dense == pytest.approx(0.0)
    assert found["coded"].dense == pytest.approx(-1.0)
    assert found["near"].sparse == 0.0
    assert found["worded"].sparse > 1.0
