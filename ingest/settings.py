"""What ingestion and the index can be told; built once, passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.bundled_model import BUNDLED_MODEL


class IngestSettings(BaseSettings):
    """Settings of the ingestion half, from environment variables with the prefix ``KB_``."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path(".kb-data"), description="everything that is kept lies under this folder")
    qdrant_url: str | None = Field(None, description="Qdrant server; without it the embedded engine is used")
    qdrant_api_key: SecretStr | None = Field(None, description="API key of the Qdrant server")
    qdrant_collection: str = Field("kb_chunks", description="collection on the Qdrant server")
    embedding_model: str = Field(
        BUNDLED_MODEL, description="the bundled model, or another sentence-transformers model by name or folder"
    )
    embedding_backend: Literal["onnx", "torch"] = Field(
        "onnx", description="`onnx` runs the same weights faster on a CPU; `torch` is the plain path"
    )
    embedding_batch_size: int = Field(8, ge=1, le=256, description="passages embedded at once")
    embedding_cache_bytes: int = Field(
        2 * 2**30, ge=0, description="vectors of embedded texts are kept up to this size; 0 keeps none"
    )
    chunk_max_tokens: int = Field(256, ge=32, le=8192, description="longest chunk, in the embedding model's tokens")
    max_source_bytes: int = Field(50 * 2**20, ge=1, description="a larger file is refused")
    batch_chunks: int = Field(128, ge=1, description="chunks that are embedded and published together")

    @property
    def model_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def vector_cache_dir(self) -> Path:
        return self.data_dir / "embeddings"

    @property
    def engine_dir(self) -> Path:
        return self.data_dir / "index"
