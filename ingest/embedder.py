"""Texts -> dense vectors, by a sentence-transformers model on the CPU."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from haystack import Document, component
from numpy.typing import NDArray

from ingest.bundled_model import BUNDLED_MODEL, ensure_bundled_model
from ingest.document import Meta
from ingest.errors import ModelUnavailableError
from ingest.onnx_backend import use_onnx
from ingest.settings import IngestSettings
from ingest.sparse_encoder import context_text
from ingest.tokenizer import load_lexicon
from ingest.vector_cache import VectorCache, cache_key

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_QUERY_CACHE_SIZE = 512
_PASSAGE_PROMPTS = ("passage", "document")
_DEFAULT_PROMPTS = {"query": "query: ", "passage": "passage: "}
_SAMPLED_WEIGHTS = 256
_SAVED_AT_ONCE = 64
_COMMON_SHARE = 0.4
"""Best on average over the tuning halves of four labelled sets. More helps our own labels further (0.8) and costs sets
of one technical field what it gains here."""

Progress = Callable[[int], None]


class Embedder:
    """One model for both sides. Construction only stores; the model loads in `warm_up` or at first use.

    Vectors are unit length float32 of shape ``(dimension,)`` or ``(n, dimension)``, in the order of the texts.
    """

    def __init__(
        self, model: str, model_dir: Path, *, backend: Literal["onnx", "torch"] = "onnx", batch_size: int = 8
    ) -> None:
        self.model_name = model
        self._model_dir = model_dir
        self._backend = backend
        self._batch_size = batch_size
        self._loaded: SentenceTransformer | None = None
        self._weights = ""
        self._center: NDArray[np.float32] | None = None
        self._lock = Lock()
        self._cached_query = lru_cache(maxsize=_QUERY_CACHE_SIZE)(self._encode_query)

    @classmethod
    def from_settings(cls, settings: IngestSettings) -> "Embedder":
        return cls(
            settings.embedding_model,
            settings.model_dir,
            backend=settings.embedding_backend,
            batch_size=settings.embedding_batch_size,
        )

    def warm_up(self) -> None:
        """Load the model (some seconds), unpacking the bundled one on its first use.

        Raises:
            ModelUnavailableError: no model of that name can be had.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()

    @property
    def dimension(self) -> int:
        """Length of the vectors; kept in a file, so that asking for it need not load the model."""
        if self._loaded is None and self._dimension_file.exists():
            return int(self._dimension_file.read_text(encoding="ascii"))
        dimension = int(self._model.get_embedding_dimension() or 0)
        self._dimension_file.write_text(str(dimension), encoding="ascii")
        return dimension

    @property
    def max_tokens(self) -> int:
        """Longest text in tokens that the model reads, prompt and special tokens included."""
        return int(self._model.max_seq_length or 512)

    @property
    def fingerprint(self) -> str:
        """Equal for models that give a passage the same vector, whatever runs them: name, weights, prompt, length."""
        model = self._model
        prompt = model.prompts.get(self._passage_prompt or "") or ""
        return "\0".join((self.model_name, self._weights, prompt, str(self.max_tokens)))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Vector of a query; those of recent queries are kept."""
        return self._cached_query(text)

    def search_vector(self, text: str) -> NDArray[np.float32]:
        """Vector of a query to search with: without most of what all queries have in common.

        Queries share a direction, and passages that lie near it come up for whatever is asked (Radovanović,
        Nanopoulos, Ivanović: Hubs in Space, 2010). The dot product with ``query - 0.4 * mean query`` ranks a passage
        by how much nearer it is to this query than to any. Not of unit length.
        """
        vector: NDArray[np.float32] = self.embed_query(text) - _COMMON_SHARE * self.query_center
        return vector

    @property
    def query_center(self) -> NDArray[np.float32]:
        """Mean vector of the sample queries; taken once for each model (some seconds) and kept in a file."""
        if self._center is None:
            samples = load_lexicon("sample_queries.txt")
            name = f"query-center-{hashlib.sha256(chr(10).join(samples).encode()).hexdigest()[:12]}.npy"
            path = self._folder / name
            if not path.exists():
                prompt = "query" if self._model.prompts.get("query") else None
                center = np.mean(np.concatenate([self._encode([text], prompt) for text in samples]), axis=0)
                part = path.with_suffix(".part.npy")
                np.save(part, center.astype(np.float32))
                part.replace(path)
            self._center = np.load(path)
        return self._center

    def forget_queries(self) -> None:
        """Drop the kept query vectors; for measurements."""
        self._cached_query.cache_clear()

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Vectors of passages. Texts are batched by length, since a batch costs as much as its longest.

        ``progress`` is told how many more texts are done.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for low in range(0, len(by_length), self._batch_size):
            batch = by_length[low : low + self._batch_size]
            vectors[batch] = self._encode([texts[index] for index in batch], self._passage_prompt)
            if progress:
                progress(len(batch))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in the model's tokens, without prompt and special tokens."""
        if not texts:
            return []
        return [len(ids) for ids in self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    @property
    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            self.warm_up()
        assert self._loaded is not None
        return self._loaded

    @property
    def _passage_prompt(self) -> str | None:
        prompts = self._model.prompts
        return next((name for name in _PASSAGE_PROMPTS if prompts.get(name)), None)

    def _encode_query(self, text: str) -> NDArray[np.float32]:
        prompt = "query" if self._model.prompts.get("query") else None
        vector: NDArray[np.float32] = self._encode([text], prompt)[0]
        vector.setflags(write=False)
        return vector

    def _encode(self, texts: list[str], prompt_name: str | None) -> Any:
        return self._model.encode(
            texts,
            prompt_name=prompt_name,
            prompt="" if prompt_name is None else None,
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )

    def _load(self) -> "SentenceTransformer":
        folder = self.model_name
        if self.model_name == BUNDLED_MODEL:
            # Nothing of the bundled model is to be asked of a model hub.
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            folder = str(ensure_bundled_model(self._folder))
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar, set_verbosity_error

        disable_progress_bar()  # type: ignore[no-untyped-call]
        set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(folder, device="cpu")
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ModelUnavailableError(self.model_name, reason) from error
        if "e5" in self.model_name.lower() and not model.prompts.get("query"):
            model.prompts = {**model.prompts, **_DEFAULT_PROMPTS}
        self._folder.mkdir(parents=True, exist_ok=True)
        # Before the encoder's weights are handed to another runtime.
        self._weights = _weights_digest(model)
        if self._backend == "onnx":
            use_onnx(model, self._folder / "encoder.onnx")
        return model

    @property
    def _folder(self) -> Path:
        """What is kept of this model: the bundled model's files, the exported encoder, the dimension."""
        return self._model_dir / re.sub(r"[^A-Za-z0-9._-]+", "--", self.model_name).strip("-")

    @property
    def _dimension_file(self) -> Path:
        return self._folder / "dimension.txt"


def _weights_digest(model: "SentenceTransformer") -> str:
    """Hex digest of a sample of every tensor of the model: other weights under the same name show, in milliseconds."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        # Takes no part in a sentence's vector; where the model has none, each load makes one up.
        if ".pooler." in name:
            continue
        flat = tensor.detach().reshape(-1)
        sample = flat[:: max(1, flat.numel() // _SAMPLED_WEIGHTS)].float().cpu().numpy()
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(sample.tobytes())
    return digest.hexdigest()


@component
class PassageEmbedder:
    """Pipeline step: gives every chunk its dense vector, new texts' from the model, known ones' from the cache.

    ``progress`` is told how many more chunks have theirs, embedded and reused.
    """

    def __init__(
        self, embedder: Embedder, cache: VectorCache, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._embedder = embedder
        self._cache = cache
        self._progress = progress

    def warm_up(self) -> None:
        self._embedder.warm_up()

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        texts = [
            context_text(chunk.meta[Meta.TITLE], chunk.meta[Meta.HEADING_PATH], chunk.content or "")
            for chunk in documents
        ]
        fingerprint = self._embedder.fingerprint
        keys = [cache_key(fingerprint, text) for text in texts]
        vectors = self._cache.load(keys, self._embedder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        self._tell(0, len(texts) - len(missing))
        # In order of length, so that the batches are those of one call; saved in between, so that a kill costs little.
        by_length = sorted(missing, key=lambda key: len(missing[key]))
        for low in range(0, len(by_length), _SAVED_AT_ONCE):
            some = by_length[low : low + _SAVED_AT_ONCE]
            new = self._embedder.embed_passages([missing[key] for key in some], lambda count: self._tell(count, 0))
            self._cache.save(some, new)
            vectors.update(zip(some, new, strict=True))
        embedded = [replace(chunk, embedding=vectors[key].tolist()) for chunk, key in zip(documents, keys, strict=True)]
        return {"documents": embedded}

    def _tell(self, embedded: int, reused: int) -> None:
        if self._progress and embedded + reused:
            self._progress(embedded, reused)
