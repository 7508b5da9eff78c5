"""A knowledge base with a light embedding model, for tests of what happens around the model."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.light_embedder import LightEmbedder
from ingest.settings import IngestSettings
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.models import Hit, SearchFilters, SearchRequest
from kb_service.settings import ServiceSettings


class RecordingEmbedder(LightEmbedder):
    """Remembers every passage that it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.passages.extend(texts)
        return super().embed_passages(texts, progress)


@contextmanager
def light_runtime(folder: Path, embedder: LightEmbedder | None = None, **settings: object) -> Iterator[Runtime]:
    """An opened runtime on ``folder``: real database, real engine, the light model."""
    ingest_settings = IngestSettings(data_dir=folder, **settings)  # type: ignore[arg-type]
    runtime = Runtime(ServiceSettings(data_dir=folder), ingest_settings)
    runtime.__dict__["embedder"] = embedder or LightEmbedder()
    runtime.open()
    try:
        yield runtime
    finally:
        runtime.close()


def search(runtime: Runtime, text: str, on: str | None = None) -> list[Hit]:
    filters = SearchFilters.model_validate({"effective_on": on})
    return runtime.search.search(SearchRequest(query=text, filters=filters), LOOPBACK).hits


def found_ids(runtime: Runtime, text: str, on: str | None = None) -> set[str]:
    return {hit.document_id for hit in search(runtime, text, on)}


def documents(runtime: Runtime) -> dict[tuple[str, str], str]:
    """All published texts by document and version."""
    return {
        (stored.document.document_id, stored.document.version): stored.document.text
        for stored in runtime.catalogue.iter_published()
    }


def assert_sound(runtime: Runtime) -> None:
    """Index and catalogue agree to the last field, and nothing is left over."""
    assert list(runtime.indexer.verify()) == []
    assert runtime.catalogue.find_leftovers(1).keys == ()
    assert runtime.catalogue.find_stale_periods(1) == []
