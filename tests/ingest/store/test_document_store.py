"""Every store passes Haystack's contract suite and ours, and all give the same hits."""

import math
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from haystack import Document
from haystack.dataclasses import SparseEmbedding
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from haystack.testing.document_store import CountDocumentsByFilterTest, DocumentStoreBaseExtendedTests

from ingest.store.document_store import QdrantDocumentStore
from ingest.store.edge import EdgeDocumentStore
from ingest.store.protocol import DENSE, IDENTIFIERS, SPARSE, LegsQuery
from ingest.store.server import MEMORY, ServerDocumentStore

SERVER_URL = os.environ.get("KB_TEST_QDRANT_URL")

ENGINES = [
    "edge",
    "memory",
    pytest.param(
        "server", marks=pytest.mark.skipif(not SERVER_URL, reason="KB_TEST_QDRANT_URL names no Qdrant server")
    ),
]


def build_store(engine: str, folder: Path, dimension: int) -> QdrantDocumentStore:
    if engine == "edge":
        return EdgeDocumentStore(str(folder / "index"), dimension)
    url = MEMORY if engine == "memory" else str(SERVER_URL)
    return ServerDocumentStore(url, f"kb_test_{uuid.uuid4().hex}", dimension)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def closing(store: QdrantDocumentStore) -> Iterator[QdrantDocumentStore]:
    yield store
    if isinstance(store, ServerDocumentStore):
        store._client.delete_collection(store.collection)
    store.close()


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
class TestHaystackContract(DocumentStoreBaseExtendedTests, CountDocumentsByFilterTest):
    @pytest.fixture
    def document_store(self, engine: str, tmp_path: Path) -> Iterator[QdrantDocumentStore]:
        yield from closing(build_store(engine, tmp_path, dimension=768))

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        """Order is the engine's own, and vectors come back in single precision."""

        def keyed(documents: list[Document]) -> dict[str, dict[str, object]]:
            return {d.id: {k: v for k, v in d.to_dict().items() if k not in ("embedding", "score")} for d in documents}

        assert keyed(received) == keyed(expected)
        vectors = {document.id: document.embedding for document in received}
        for document in expected:
            if document.embedding is None:
                assert vectors[document.id] is None
            else:
                np.testing.assert_allclose(np.array(vectors[document.id]), np.array(document.embedding), rtol=1e-5)

    def test_write_documents(self, document_store: QdrantDocumentStore) -> None:
        document = Document(content="工单")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])


DIMENSION = 16
WORDS = 40


def make_chunks(count: int, seed: int = 7) -> list[Document]:
    """Random chunks: unit vectors, a handful of terms each, and fields to filter by."""
    rng = np.random.default_rng(seed)
    chunks = []
    for number in range(count):
        vector = rng.normal(size=DIMENSION)
        terms = sorted(rng.choice(WORDS, size=6, replace=False).tolist())
        chunks.append(
            Document(
                id=str(uuid.UUID(int=number)),
                content=f"段落 {number}",
                embedding=(vector / np.linalg.norm(vector)).tolist(),
                sparse_embedding=SparseEmbedding([int(t) for t in terms], rng.uniform(0.5, 2, size=6).tolist()),
                meta={"kind": "faq" if number % 3 else "ticket", "clearance": number % 2, "identifiers": []},
            )
        )
    return chunks


def make_query(seed: int, **changes: object) -> LegsQuery:
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=DIMENSION)
    terms = sorted(rng.choice(WORDS, size=3, replace=False).tolist())
    fields = {
        "dense": (vector / np.linalg.norm(vector)).tolist(),
        "sparse": SparseEmbedding([int(t) for t in terms], [1.0] * 3),
        "candidates": 10,
    }
    return LegsQuery(**{**fields, **changes})  # type: ignore[arg-type]


def idf(chunks: list[Document], term: int) -> float:
    """As Qdrant's modifier has it."""
    holders = sum(term in chunk.sparse_embedding.indices for chunk in chunks if chunk.sparse_embedding)
    return math.log((len(chunks) - holders + 0.5) / (holders + 0.5) + 1)


@pytest.fixture
def store(engine: str, tmp_path: Path) -> Iterator[QdrantDocumentStore]:
    yield from closing(build_store(engine, tmp_path, DIMENSION))


def ranking(store: QdrantDocumentStore, query: LegsQuery, leg: str) -> list[str]:
    return [chunk.id for chunk in store.search_legs(query)[leg]]


class TestLegs:
    def test_filter_holds_on_every_leg(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(120)
        for chunk in chunks:
            chunk.meta["identifiers"] = ["e07"]
        store.write_documents(chunks)
        filters = {"field": "meta.kind", "operator": "==", "value": "ticket"}
        legs = store.search_legs(make_query(1, filters=filters, identifiers=("e07",), candidates=100))
        tickets = {str(uuid.UUID(int=number)) for number in range(0, 120, 3)}
        assert set(legs) == {DENSE, SPARSE, IDENTIFIERS}
        assert all({chunk.id for chunk in leg} <= tickets for leg in legs.values())
        assert {chunk.id for chunk in legs[DENSE]} == tickets

    def test_scores_are_the_legs_own(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(50)
        store.write_documents(chunks)
        query = make_query(2)
        found = store.search_legs(query)
        for chunk in found[DENSE]:
            vector = next(c.embedding for c in chunks if c.id == chunk.id)
            assert chunk.score == pytest.approx(float(np.dot(vector or [], query.dense)), abs=1e-5)
        for chunk in found[SPARSE]:
            mine = next(c.sparse_embedding for c in chunks if c.id == chunk.id)
            assert mine is not None
            expected = sum(
                weight * idf(chunks, term)
                for term, weight in zip(mine.indices, mine.values, strict=True)
                if term in query.sparse.indices
            )
            assert chunk.score == pytest.approx(expected, rel=1e-3)

    def test_scores_fall_and_ties_are_ordered_by_id(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(30)
        first = chunks[0]
        twins = [replace(c, embedding=first.embedding, sparse_embedding=first.sparse_embedding) for c in chunks[1:20]]
        store.write_documents([first, *twins, *chunks[20:]])
        for leg in store.search_legs(make_query(2)).values():
            keys = [(-(hit.score or 0), hit.id) for hit in leg]
            assert keys == sorted(keys)

    def test_holders_of_an_identifier_are_found_from_outside_both_legs(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(150)
        query = make_query(3, identifiers=("ppr9087",), candidates=5)
        opposite = [-value for value in query.dense]
        worst = replace(chunks[77], embedding=opposite, meta={**chunks[77].meta, "identifiers": ["ppr9087"]})
        chunks[77] = worst
        store.write_documents(chunks)
        assert worst.id not in {*ranking(store, query, DENSE), *ranking(store, query, SPARSE)}
        assert ranking(store, query, IDENTIFIERS) == [worst.id]

    def test_codes_are_told_of_chunks_that_their_own_leg_has_no_place_for(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(60)
        for chunk in chunks[::2]:
            chunk.meta["identifiers"] = ["x1", "e07"]
        store.write_documents(chunks)
        holders = {chunk.id for chunk in chunks[::2]}
        legs = store.search_legs(make_query(9, identifiers=("e07", "b2"), candidates=5))
        for name, leg in legs.items():
            assert {hit.id for hit in leg if hit.identifiers == ("e07",)} == {hit.id for hit in leg} & holders, name
            assert all(hit.identifiers in ((), ("e07",)) for hit in leg)
        own = {hit.id for hit in legs[IDENTIFIERS]}
        assert len(own) == 5
        assert any(hit.id in holders - own for leg in legs.values() for hit in leg)

    def test_without_terms_there_is_no_sparse_leg(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(40)
        store.write_documents(chunks)
        query = make_query(4, sparse=SparseEmbedding([], []))
        assert set(store.search_legs(query)) == {DENSE}
        assert store.score_chunks(query, {SPARSE: [chunks[0].id]}) == {SPARSE: {}}

    def test_scores_of_chosen_chunks_are_those_of_the_leg(self, store: QdrantDocumentStore) -> None:
        store.write_documents(make_chunks(60))
        query = make_query(5, candidates=60)
        for leg, hits in store.search_legs(query).items():
            some = hits[::3]
            scores = store.score_chunks(query, {leg: [hit.id for hit in some]})[leg]
            assert scores == pytest.approx({hit.id: hit.score for hit in some}, rel=1e-5)
        sharing = {hit.id for hit in store.search_legs(query)[SPARSE]}
        strangers = [chunk.id for chunk in make_chunks(60) if chunk.id not in sharing]
        assert strangers
        assert store.score_chunks(query, {SPARSE: strangers}) == {SPARSE: {}}

    def test_rare_terms_weigh_more(self, store: QdrantDocumentStore) -> None:
        """Fails when the engine's IDF modifier is lost."""
        chunks = [replace(chunk, sparse_embedding=SparseEmbedding([1], [1.0])) for chunk in make_chunks(50)]
        chunks[7] = replace(chunks[7], sparse_embedding=SparseEmbedding([2], [1.0]))
        store.write_documents(chunks)
        query = make_query(5, sparse=SparseEmbedding([1, 2], [1.0, 1.0]))
        assert ranking(store, query, SPARSE)[0] == chunks[7].id


class TestChunkStore:
    def test_queries_at_once_are_queries_one_by_one(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(200)
        for number, chunk in enumerate(chunks):
            chunk.meta["identifiers"] = ["e07"] if number % 10 == 0 else []
        store.write_documents(chunks)
        filters = {"field": "meta.clearance", "operator": "<=", "value": 0}
        queries = [
            make_query(1),
            make_query(1, filters=filters, candidates=3),
            # More holders than candidates, so that others are looked at for the code too.
            make_query(1, identifiers=("e07",), candidates=5),
            make_query(2, sparse=SparseEmbedding([], [])),
        ]
        assert store.search_each(queries) == [store.search_legs(query) for query in queries]
        assert store.search_each([]) == []

    def test_scores_on_both_legs_at_once(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(60)
        store.write_documents(chunks)
        query, ids = make_query(5), [chunk.id for chunk in chunks[:30]]
        both = store.score_chunks(query, {DENSE: ids, SPARSE: ids[:7]})
        assert both == store.score_chunks(query, {DENSE: ids}) | store.score_chunks(query, {SPARSE: ids[:7]})
        assert set(both[DENSE]) == set(ids)
        assert store.score_chunks(query, {DENSE: [], SPARSE: []}) == {DENSE: {}, SPARSE: {}}

    def test_ids_of_all_chunks(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(1200)
        store.write_documents(chunks)
        assert sorted(store.iter_ids()) == sorted(chunk.id for chunk in chunks)

    def test_a_deleted_chunk_is_gone_from_both_legs(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(20)
        store.write_documents(chunks)
        query = make_query(6)
        [first, *_] = ranking(store, query, DENSE)
        store.delete_documents([first])
        assert first not in {*ranking(store, query, DENSE), *ranking(store, query, SPARSE)}

    def test_rewriting_replaces(self, store: QdrantDocumentStore) -> None:
        chunk = make_chunks(1)[0]
        store.write_documents([chunk])
        store.write_documents([replace(chunk, content="改过的段落")], DuplicatePolicy.OVERWRITE)
        assert [found.content for found in store.filter_documents()] == ["改过的段落"]


def test_all_engines_give_the_same_hits(tmp_path: Path) -> None:
    engines = ["edge", "memory", *(["server"] if SERVER_URL else [])]
    stores = [build_store(engine, tmp_path / engine, DIMENSION) for engine in engines]
    chunks = make_chunks(400)
    for number, chunk in enumerate(chunks):
        chunk.meta["identifiers"] = ["e07"] if number % 100 == 0 else []
    for store in stores:
        store.write_documents(chunks)
    filters = {"field": "meta.clearance", "operator": "<=", "value": 0}
    for seed in range(25):
        variants = [
            make_query(seed),
            make_query(seed, filters=filters),
            make_query(seed, identifiers=("e07",), filters=filters),
        ]
        for query in variants:
            reference, *others = (store.search_legs(query) for store in stores)
            for legs in others:
                assert set(legs) == set(reference)
                for leg, hits in legs.items():
                    assert [hit.id for hit in hits] == [hit.id for hit in reference[leg]]
                    np.testing.assert_allclose([h.score for h in hits], [h.score for h in reference[leg]], rtol=1e-3)
    for store in stores:
        store.close()


def test_edge_keeps_everything_over_a_restart(tmp_path: Path) -> None:
    store = EdgeDocumentStore(str(tmp_path / "index"), DIMENSION)
    chunks = make_chunks(60)
    store.write_documents(chunks)
    before = [(hit.id, hit.score) for hit in store.search_legs(make_query(8))[DENSE]]
    store.close()
    again = EdgeDocumentStore.from_dict(store.to_dict())
    assert again.count_documents() == 60
    assert [(hit.id, hit.score) for hit in again.search_legs(make_query(8))[DENSE]] == before
    again.close()


class TestSingleChunks:
    def test_setting_meta_keeps_other_fields_and_vectors(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(3)
        store.write_documents(chunks)
        missing = str(uuid.UUID(int=999))
        store.set_meta([chunks[0].id, missing], {"clearance": 7})
        found = {chunk.id: chunk for chunk in store.filter_documents()}
        assert found[chunks[0].id].meta == {**chunks[0].meta, "clearance": 7}
        assert found[chunks[1].id].meta == chunks[1].meta
        np.testing.assert_allclose(found[chunks[0].id].embedding or [], chunks[0].embedding or [], rtol=1e-5)
        query = make_query(1, filters={"field": "meta.clearance", "operator": "==", "value": 7})
        assert ranking(store, query, DENSE) == [chunks[0].id]

    def test_loading_passes_over_what_is_not_there(self, store: QdrantDocumentStore) -> None:
        chunks = make_chunks(300)
        store.write_documents(chunks)
        loaded = store.load_documents([*(chunk.id for chunk in chunks[:280]), str(uuid.UUID(int=999))])
        assert {chunk.id: chunk.content for chunk in loaded} == {chunk.id: chunk.content for chunk in chunks[:280]}
        assert store.load_documents([]) == []


def test_threads_that_come_first_at_once_open_one_shard(tmp_path: Path) -> None:
    store = build_store("edge", tmp_path, dimension=4)
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: store.count_documents(), range(8)))
    store.close()
    assert counts == [0] * 8
