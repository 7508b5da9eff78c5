"""What an index was made with: kept beside it, compared before anyone uses it."""

import zlib
from collections.abc import Mapping

from ingest.catalogue import Catalogue
from ingest.errors import IndexMismatchError
from ingest.settings import IngestSettings
from ingest.sparse_encoder import AVERAGE_LENGTH, K1, B
from ingest.structure.outline import STRUCTURE_VERSION
from ingest.tokenizer import TOKENIZER_VERSION, lexicon_text

ENTRY_FORMAT = "2"
"""Raised when chunks are described otherwise in catalogue and index, so that an index has to be rebuilt."""

READING_RULES = f"2/{STRUCTURE_VERSION}"
"""Raised when a source may read otherwise than before (formats, outline, masking), so that all are read again."""

READING = "reading"

UNFINISHED_REBUILD = {"rebuild": "unfinished"}
"""In place of a fingerprint while a rebuild is under way, so that an interrupted one is noticed."""


def fingerprint(settings: IngestSettings) -> dict[str, str]:
    """Everything that changes a ranking, by name."""
    return {
        "embedding_model": settings.embedding_model,
        "chunk_max_tokens": str(settings.chunk_max_tokens),
        "tokenizer": f"{TOKENIZER_VERSION}/{zlib.crc32(lexicon_text().encode()):08x}",
        "bm25": f"k1={K1} b={B} avg={AVERAGE_LENGTH}",
        "entries": ENTRY_FORMAT,
        "store": settings.qdrant_url or "edge",
    }


def check_settings(settings: IngestSettings, catalogue: Catalogue) -> None:
    """Compare the settings with those of the index; an index without any takes today's.

    Raises:
        IndexMismatchError: names each setting that differs.
    """
    stored, current = catalogue.index_settings(), fingerprint(settings)
    stored.pop(READING, None)
    if not stored:
        save_settings(catalogue, current)
    elif stored != current:
        names = sorted(stored.keys() | current.keys())
        raise IndexMismatchError(
            {n: (stored.get(n, "无"), current.get(n, "无")) for n in names if stored.get(n) != current.get(n)}
        )


def save_settings(catalogue: Catalogue, settings: Mapping[str, str]) -> None:
    """Note what the index is made with; the rules by which its sources were read stay noted."""
    read_by = {name: value for name, value in catalogue.index_settings().items() if name == READING}
    catalogue.save_index_settings({**settings, **read_by})


def check_reading_rules(catalogue: Catalogue) -> None:
    """Have every source read again when it is met, where they were read by other rules than today's."""
    stored = catalogue.index_settings()
    if stored.get(READING) != READING_RULES:
        catalogue.expect_rereading({**stored, READING: READING_RULES})
