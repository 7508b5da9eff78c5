"""Vectors once computed are used again, by anyone for whom they would be the same, and never stand in the way."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from diskcache import Cache
from haystack import Document

from eval.light_embedder import LightEmbedder
from ingest.bundled_model import BUNDLED_MODEL
from ingest.document import Meta
from ingest.embedder import Embedder, _weights_digest
from ingest.passage_embedder import PassageEmbedder
from ingest.vector_cache import VectorCache, cache_key

SIZE_BYTES = 2**20


def vectors(count: int, dimension: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)


def test_what_was_saved_is_found_after_reopening(tmp_path: Path) -> None:
    cache, keys, saved = VectorCache(tmp_path, SIZE_BYTES), [b"a" * 32, b"b" * 32], vectors(2)
    cache.save(keys, saved)
    cache.close()
    found = VectorCache(tmp_path, SIZE_BYTES)
    loaded = found.load([*keys, b"c" * 32], 8)
    found.close()
    assert set(loaded) == set(keys)
    for key, vector in zip(keys, saved, strict=True):
        np.testing.assert_array_equal(loaded[key], vector)


def test_a_vector_of_another_length_does_not_count(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, SIZE_BYTES)
    cache.save([b"a" * 32], vectors(1))
    assert cache.load([b"a" * 32], 16) == {}
    cache.close()


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, SIZE_BYTES)
    keys = [cache_key("m", str(number)) for number in range(2_000)]
    for low in range(0, len(keys), 100):
        cache.save(keys[low : low + 100], vectors(100, 384))
    kept = cache.load(keys, 384)
    cache.close()
    assert 0 < len(kept) < len(keys)
    assert keys[-1] in kept
    assert keys[0] not in kept


def test_without_a_size_nothing_is_kept(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "none", 0)
    cache.save([b"a" * 32], vectors(1))
    assert cache.load([b"a" * 32], 8) == {}
    assert not (tmp_path / "none").exists()


def test_a_damaged_cache_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"this is no database" * 100)
    cache = VectorCache(tmp_path, SIZE_BYTES)
    cache.save([b"a" * 32], vectors(1))
    assert cache.load([b"a" * 32], 8) == {}
    cache.close()


class Trap:
    """Leaves a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    with Cache(str(tmp_path / "cache")) as planted:
        planted[b"a" * 32] = Trap(tmp_path / "sprung")
    cache = VectorCache(tmp_path / "cache", SIZE_BYTES)
    assert cache.load([b"a" * 32], 8) == {}
    cache.close()
    assert not (tmp_path / "sprung").exists()
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()


def chunk(text: str, title: str = "标题") -> Document:
    return Document(content=text, meta={Meta.TITLE: title, Meta.HEADING_PATH: []})


def test_equal_texts_are_embedded_once_and_progress_tells_both_kinds(tmp_path: Path) -> None:
    cache, embedder = VectorCache(tmp_path, SIZE_BYTES), LightEmbedder()
    told: list[tuple[int, int]] = []
    step = PassageEmbedder(embedder, cache, lambda embedded, reused: told.append((embedded, reused)))
    chunks = [chunk("甲"), chunk("乙"), chunk("甲"), chunk("甲", title="另一个")]
    first = step.run(documents=chunks)["documents"]
    assert embedder.embedded == 3
    assert [sum(column) for column in zip(*told, strict=True)] == [3, 1]
    assert first[0].embedding == first[2].embedding != first[3].embedding
    told.clear()
    again = step.run(documents=chunks)["documents"]
    cache.close()
    assert embedder.embedded == 3
    assert told == [(0, 4)]
    assert [item.embedding for item in again] == [item.embedding for item in first]


def test_a_cached_vector_is_the_model_s_to_the_last_bit(tmp_path: Path, embedder: Embedder) -> None:
    cache = VectorCache(tmp_path, SIZE_BYTES)
    step = PassageEmbedder(embedder, cache)
    texts = [chunk("卡纸时先断电再取纸。"), chunk("玻璃板用无绒布擦拭。")]
    first = [item.embedding for item in step.run(documents=texts)["documents"]]
    again = [item.embedding for item in step.run(documents=texts)["documents"]]
    cache.close()
    assert first == again
    np.testing.assert_array_equal(
        np.float32(first), embedder.embed_passages(["标题\n卡纸时先断电再取纸。", "标题\n玻璃板用无绒布擦拭。"])
    )


def test_the_fingerprint_is_the_model_s_and_not_the_backend_s(
    embedder: Embedder, model_dir: Path, tmp_path: Path
) -> None:
    torch = Embedder(BUNDLED_MODEL, model_dir, backend="torch")
    assert torch.fingerprint == embedder.fingerprint
    elsewhere = Embedder(str(model_dir / BUNDLED_MODEL), tmp_path, backend="torch")
    assert elsewhere.fingerprint != embedder.fingerprint


def test_other_weights_under_the_same_name_have_another_fingerprint(model_dir: Path) -> None:
    changed = Embedder(BUNDLED_MODEL, model_dir, backend="torch")
    changed.warm_up()
    before = _weights_digest(changed._model.state_dict())
    for parameter in changed._model.parameters():
        parameter.data.mul_(1.01)
    assert _weights_digest(changed._model.state_dict()) != before


@pytest.mark.parametrize("other", [("m2", "文"), ("m1", "文 ")])
def test_keys_differ_by_model_and_text(other: tuple[str, str]) -> None:
    assert cache_key("m1", "文") == cache_key("m1", "文") != cache_key(*other)
