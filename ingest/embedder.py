"""Texts -> dense vectors, by a sentence-transformers model on the CPU."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ingest.bundled_model import BUNDLED_MODEL, ensure_bundled_model
from ingest.errors import ModelUnavailableError
from ingest.onnx_backend import use_onnx
from ingest.query_adapter import adapted, attach_adapter, load_adapter
from ingest.settings import IngestSettings
from ingest.tokenizer import load_lexicon

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_QUERY_CACHE_SIZE = 512
_PASSAGE_PROMPTS = ("passage", "document")
_DEFAULT_PROMPTS = {"query": "query: ", "passage": "passage: "}
_SAMPLED_WEIGHTS = 256
_COMMON_SHARE = 0.4
"""Best on average over the tuning halves of four labelled sets. More helps our own labels further (0.8) and costs sets
of one technical field what it gains here."""

Progress = Callable[[int], None]


class Embedder:
    """One model for both sides. Construction only stores; the model loads in `warm_up` or at first use.

    ``as_ticket`` reads a query as what somebody in trouble tells, through the adapter that comes for the model (see
    `ingest.query_adapter`); where none does it makes no difference. Passages are read one way.

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
        self._adapter_digest = ""
        self._centers: dict[bool, NDArray[np.float32]] = {}
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

    @property
    def ticket_fingerprint(self) -> str:
        """Equal for models that give a ticket the same vector."""
        return "\0".join((self.fingerprint, self._adapter_digest))

    def embed_query(self, text: str, *, as_ticket: bool = False) -> NDArray[np.float32]:
        """Vector of a query; those of recent queries are kept."""
        return self._cached_query(text, as_ticket)

    def search_vector(self, text: str, *, as_ticket: bool = False) -> NDArray[np.float32]:
        """Vector of a query to search with: without most of what all queries have in common.

        Queries share a direction, and passages that lie near it come up for whatever is asked (Radovanović,
        Nanopoulos, Ivanović: Hubs in Space, 2010). The dot product with ``query - 0.4 * mean query`` ranks a passage
        by how much nearer it is to this query than to any. Not of unit length.
        """
        center = self.query_center(as_ticket=as_ticket)
        vector: NDArray[np.float32] = self.embed_query(text, as_ticket=as_ticket) - _COMMON_SHARE * center
        return vector

    def query_center(self, *, as_ticket: bool = False) -> NDArray[np.float32]:
        """Mean vector of the sample queries; taken once for each model (some seconds) and kept in a file."""
        if as_ticket not in self._centers:
            samples = load_lexicon("sample_queries.txt")
            if as_ticket:
                self.warm_up()
            adapter = self._adapter_digest if as_ticket else ""
            digest = hashlib.sha256((adapter + chr(10).join(samples)).encode()).hexdigest()
            path = self._folder / f"query-center-{digest[:12]}.npy"
            if not path.exists():
                center = np.mean([self._encode_query(text, as_ticket) for text in samples], axis=0)
                part = path.with_suffix(".part.npy")
                np.save(part, center.astype(np.float32))
                part.replace(path)
            self._centers[as_ticket] = np.load(path)
        return self._centers[as_ticket]

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

    def _encode_query(self, text: str, as_ticket: bool) -> NDArray[np.float32]:
        prompt = "query" if self._model.prompts.get("query") else None
        with adapted() if as_ticket else nullcontext():
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
        self._weights = _weights_digest(model.state_dict())
        encoder_name = "encoder"
        if adapter := load_adapter(self.model_name):
            attach_adapter(model[0].model, adapter)
            self._adapter_digest = _weights_digest(adapter)
            encoder_name += f"-{self._adapter_digest[:12]}"
        if self._backend == "onnx":
            use_onnx(model, self._folder / f"{encoder_name}.onnx")
        return model

    @property
    def _folder(self) -> Path:
        """What is kept of this model: the bundled model's files, the exported encoder, the dimension."""
        return self._model_dir / re.sub(r"[^A-Za-z0-9._-]+", "--", self.model_name).strip("-")

    @property
    def _dimension_file(self) -> Path:
        return self._folder / "dimension.txt"


def _weights_digest(tensors: Mapping[str, Any]) -> str:
    """Hex digest of a sample of every tensor of a model: other weights under the same name show, in milliseconds."""
    digest = hashlib.sha256()
    for name, tensor in tensors.items():
        # Takes no part in a sentence's vector; where the model has none, each load makes one up.
        if ".pooler." in name:
            continue
        flat = tensor.detach().reshape(-1)
        sample = flat[:: max(1, flat.numel() // _SAMPLED_WEIGHTS)].float().cpu().numpy()
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(sample.tobytes())
    return digest.hexdigest()
