"""What an index was made with: kept beside it, compared before anyone uses it."""

import zlib

from ingest.catalogue import Catalogue
from ingest.errors import IndexMismatchError
from ingest.settings import IngestSettings
from ingest.sparse_encoder import AVERAGE_LENGTH, K1, B
from ingest.tokenizer import TOKENIZER_VERSION, lexicon_text

UNFINISHED_REBUILD = {"rebuild": "unfinished"}
"""In place of a fingerprint while a rebuild is under way, so that an interrupted one is noticed."""


def fingerprint(settings: IngestSettings) -> dict[str, str]:
    """Everything that changes a ranking, by name."""
    return {
        "embedding_model": settings.embedding_model,
        "chunk_max_tokens": str(settings.chunk_max_tokens),
        "tokenizer": f"{TOKENIZER_VERSION}/{zlib.crc32(lexicon_text().encode()):08x}",
        "bm25": f"k1={K1} b={B} avg={AVERAGE_LENGTH}",
        "store": settings.qdrant_url or "edge",
    }


def check_settings(settings: IngestSettings, catalogue: Catalogue) -> None:
    """Compare the settings with those of the index; an index without any takes today's.

    Raises:
        IndexMismatchError: names each setting that differs.
    """
    stored, current = catalogue.index_settings(), fingerprint(settings)
    if not stored:
        catalogue.save_index_settings(current)
    elif stored != current:
        names = sorted(stored.keys() | current.keys())
        raise IndexMismatchError(
            {n: (stored.get(n, "无"), current.get(n, "无")) for n in names if stored.get(n) != current.get(n)}
        )
