"""Checks that every citation can be verified and that the index holds exactly what the catalogue publishes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from haystack import Document

from ingest.catalogue import Catalogue
from ingest.catalogue.transactions import batches
from ingest.document import Meta, sha256
from ingest.records import ChunkRecord, StoredVersion
from ingest.steps import build_chunk
from ingest.store.protocol import ChunkStore

_IDS_AT_ONCE = 1000
_CHUNKS_AT_ONCE = 256


class ProblemCode(StrEnum):
    SECTION_TEXT = "section-text"  # a section's range no longer has the stored hash
    CHUNK_TEXT = "chunk-text"  # a chunk's range no longer has the stored hash
    MISSING_CHUNK = "missing-chunk"  # published, but not in the index
    STALE_CHUNK = "stale-chunk"  # the index has another text, version or period than the catalogue
    ORPHAN_CHUNK = "orphan-chunk"  # in the index, but not published


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    ``place`` is the citation or clause, ``""`` where none can be named; ``document_id`` and ``version`` are what the
    index says for chunks that the catalogue does not know, ``""`` where it does not say.
    """

    code: ProblemCode
    document_id: str
    version: str
    place: str
    message: str


def iter_problems(catalogue: Catalogue, store: ChunkStore) -> Iterator[Problem]:
    """Look at all published versions, then at all chunks of the index; a few are in memory at a time.

    Nothing may change meanwhile, else what is on its way in or out may be named.
    """
    for stored in catalogue.iter_published():
        yield from _section_problems(stored)
        for records in batches(catalogue.list_chunks(stored.key), _CHUNKS_AT_ONCE):
            yield from _chunk_problems(stored, records, store)
    for ids in batches(store.iter_ids(), _IDS_AT_ONCE):
        unpublished = catalogue.find_unpublished(ids)
        for chunk in store.load_documents(sorted(unpublished)):
            yield Problem(
                ProblemCode.ORPHAN_CHUNK,
                str(chunk.meta.get(Meta.DOCUMENT_ID, "")),
                str(chunk.meta.get(Meta.VERSION, "")),
                str(chunk.meta.get(Meta.CITATION, "")),
                f"索引中有目录未发布的段落 {chunk.id}",
            )


def _section_problems(stored: StoredVersion) -> Iterator[Problem]:
    document = stored.document
    for section in document.sections:
        # Sections kept by an older version of this program have no hash.
        if section.sha256 and sha256(document.text[section.start : section.end].encode()) != section.sha256:
            place = section.label or section.heading
            message = f"章节“{place}”的原文与保存的校验值不符"
            yield Problem(ProblemCode.SECTION_TEXT, document.document_id, document.version, place, message)


def _chunk_problems(stored: StoredVersion, records: list[ChunkRecord], store: ChunkStore) -> Iterator[Problem]:
    document = stored.document
    entries = {chunk.id: chunk for chunk in store.load_documents([record.chunk_id for record in records])}
    for record in records:
        found: list[tuple[ProblemCode, str]] = []
        if sha256(document.text[record.start_char : record.end_char].encode()) != record.sha256:
            found.append((ProblemCode.CHUNK_TEXT, f"段落 {record.chunk_id} 的原文与保存的校验值不符"))
        entry = entries.get(record.chunk_id)
        if entry is None:
            found.append((ProblemCode.MISSING_CHUNK, f"段落 {record.chunk_id} 不在索引中"))
        elif differing := _differences(build_chunk(document, record), entry):
            names = "、".join(differing)
            found.append((ProblemCode.STALE_CHUNK, f"段落 {record.chunk_id} 在索引中的 {names} 与目录不同"))
        for code, message in found:
            yield Problem(code, document.document_id, document.version, record.citation, message)


def _differences(expected: Document, found: Document) -> list[str]:
    """Names of the fields in which an index entry is not what the catalogue would write today."""
    names = [name for name, value in expected.meta.items() if found.meta.get(name) != value]
    return names if found.content == expected.content else ["content", *names]
