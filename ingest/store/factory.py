"""Chooses the engine by the settings."""

from haystack.utils import Secret

from ingest.settings import IngestSettings
from ingest.store.document_store import QdrantDocumentStore
from ingest.store.edge import EdgeDocumentStore
from ingest.store.server import ServerDocumentStore


def build_store(settings: IngestSettings, dimension: int) -> QdrantDocumentStore:
    """A Qdrant server where ``qdrant_url`` is set, else the embedded engine under the data folder."""
    if settings.qdrant_url:
        key = settings.qdrant_api_key
        secret = Secret.from_token(key.get_secret_value()) if key else None
        return ServerDocumentStore(settings.qdrant_url, settings.qdrant_collection, dimension, secret)
    return EdgeDocumentStore(str(settings.engine_dir), dimension)
