"""The indexing run: which sources have changed, and the steps that bring them into the index."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haystack import Pipeline

from ingest.catalogue import Catalogue
from ingest.chunker import Chunker
from ingest.document import SourceRecord
from ingest.embedder import Embedder, PassageEmbedder
from ingest.errors import SourceError
from ingest.fingerprint import UNFINISHED_REBUILD, check_settings, fingerprint
from ingest.reader import SourceFile, count_records, file_digest, find_sources, read_records
from ingest.report import Failure, IngestReport, Listener, Progress, ReconciliationReport, ignore_events
from ingest.settings import IngestSettings
from ingest.sparse_encoder import SparseDocumentEncoder, SparseEncoder
from ingest.steps import ChangeSelector, ChunkBuilder, Publisher, SourceParser, clear_leftovers
from ingest.store.protocol import ChunkStore

_CHARS_PER_CHUNK = 200
"""Rough size of a chunk, by which records are gathered into batches before they are cut."""

_CONTEXT_TOKENS = 128
"""Room left for title, headings, prompt and special tokens beside a chunk."""


@dataclass(frozen=True)
class _ChangedFile:
    source: SourceFile
    digest: str
    documents: int


class Indexer:
    """Keeps catalogue and index in step with the sources. Not for use by two threads at once."""

    def __init__(
        self,
        settings: IngestSettings,
        catalogue: Catalogue,
        store: ChunkStore,
        embedder: Embedder,
        sparse_encoder: SparseEncoder,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder
        self._sparse_encoder = sparse_encoder

    def build_pipeline(self, embedded: Callable[[int], None] | None = None) -> Pipeline:
        """The steps from a source record to a published index entry, in order; one pipeline serves one run.

        ``embedded`` is told how many more chunks have their vectors.
        """
        pipeline = Pipeline()
        pipeline.add_component("parser", SourceParser())
        pipeline.add_component("selector", ChangeSelector(self._catalogue))
        pipeline.add_component("chunker", ChunkBuilder(self._build_chunker()))
        pipeline.add_component("sparse_encoder", SparseDocumentEncoder(self._sparse_encoder))
        pipeline.add_component("embedder", PassageEmbedder(self._embedder, embedded))
        pipeline.add_component("publisher", Publisher(self._catalogue, self._store))
        pipeline.connect("parser.documents", "selector.documents")
        pipeline.connect("selector.documents", "chunker.documents")
        pipeline.connect("chunker.chunks", "sparse_encoder.documents")
        pipeline.connect("sparse_encoder.documents", "embedder.documents")
        pipeline.connect("embedder.documents", "publisher.documents")
        pipeline.connect("chunker.entries", "publisher.entries")
        return pipeline

    def ingest(self, paths: Sequence[Path], listen: Listener = ignore_events) -> IngestReport:
        """Bring the sources under ``paths`` into the index; unchanged files are not opened past their digest.

        Broken sources are reported, to ``listen`` at once and in the report, and do not stop the others.

        Raises:
            IndexMismatchError: the index was made with other settings.
        """
        check_settings(self._settings, self._catalogue)
        self.recover()
        run = _Run(listen)
        changed, unchanged = self._find_changed(paths, run)
        run.report(unchanged=unchanged)
        if changed:
            self._ingest_files(changed, run)
            self._store.optimize()
            self._store.flush()
        return run.finish()

    def remove(self, document_id: str) -> int:
        """Remove a document with all its versions; return their number. It is gone from every search on return."""
        versions = self._catalogue.retire_document(document_id)
        clear_leftovers(self._catalogue, self._store)
        return versions

    def rebuild(self, listen: Listener = ignore_events) -> IngestReport:
        """Make the index anew from the catalogue's texts with the settings of today."""
        started = time.monotonic()
        self._catalogue.save_index_settings(UNFINISHED_REBUILD)
        self._store.recreate()
        self.recover()
        chunker, sparse, dense = (
            ChunkBuilder(self._build_chunker()),
            SparseDocumentEncoder(self._sparse_encoder),
            PassageEmbedder(self._embedder),
        )
        total, done, chunks = self._catalogue.counts().versions, 0, 0
        for stored in self._catalogue.iter_published():
            built = chunker.run([stored.document])
            encoded = dense.run(sparse.run(built["chunks"])["documents"])["documents"]
            self._store.write_documents(encoded)
            self._catalogue.replace_chunks(stored.key, built["entries"][0].chunks)
            done, chunks = done + 1, chunks + len(encoded)
            listen(Progress(total, done, chunks))
        self._store.optimize()
        self._store.flush()
        self._catalogue.save_index_settings(fingerprint(self._settings))
        report = IngestReport(updated=done, chunks=chunks, seconds=time.monotonic() - started)
        listen(report)
        return report

    def recover(self) -> None:
        """Clear away what a killed run left behind."""
        clear_leftovers(self._catalogue, self._store)

    def reconcile(self) -> ReconciliationReport:
        """Compare the index with the catalogue, chunk by chunk."""
        expected = set(self._catalogue.iter_published_chunk_ids())
        found = set(self._store.iter_ids())
        return ReconciliationReport(frozenset(expected - found), frozenset(found - expected))

    def _build_chunker(self) -> Chunker:
        # Context and special tokens have to fit beside the chunk, whatever the model.
        room = max(self._embedder.max_tokens - _CONTEXT_TOKENS, _CONTEXT_TOKENS)
        return Chunker(self._embedder.count_tokens, min(self._settings.chunk_max_tokens, room))

    def _find_changed(self, paths: Sequence[Path], run: "_Run") -> tuple[list[_ChangedFile], int]:
        known = self._catalogue.source_digests()
        changed, unchanged = [], 0
        met: set[Path] = set()
        for source in find_sources(paths):
            if isinstance(source, SourceError):
                run.fail(Failure.of(source))
                continue
            if (path := source.path.resolve()) in met:
                # Named twice, or named and lying in a named folder.
                continue
            met.add(path)
            try:
                digest = file_digest(source, self._settings.max_source_bytes)
            except SourceError as error:
                run.fail(Failure.of(error))
                continue
            name, old_digest, documents = known.get(str(path), ("", "", 0))
            if (name, old_digest) == (source.name, digest):
                unchanged += documents
            else:
                changed.append(_ChangedFile(source, digest, count_records(source, self._settings.max_source_bytes)))
        return changed, unchanged

    def _ingest_files(self, files: Sequence[_ChangedFile], run: "_Run") -> None:
        self._embedder.warm_up()
        pipeline = self.build_pipeline(run.embedded)
        run.begin(sum(file.documents for file in files))
        batch_chars = self._settings.batch_chunks * _CHARS_PER_CHUNK
        broken: set[str] = set()
        for batch in _batches(self._read(files, run), batch_chars):
            failures = run.take(
                pipeline.run({"parser": {"records": batch}}, include_outputs_from={"selector"}), len(batch)
            )
            broken.update(failure.path for failure in failures)
        broken.update(failure.path for failure in run.failures)
        for file in files:
            if str(file.source.path) not in broken:
                path = str(file.source.path.resolve())
                self._catalogue.remember_source(path, file.source.name, file.digest, file.documents)

    def _read(self, files: Iterable[_ChangedFile], run: "_Run") -> Iterator[SourceRecord]:
        for file in files:
            try:
                for record in read_records(file.source, self._settings.max_source_bytes):
                    if isinstance(record, SourceError):
                        run.fail(Failure.of(record))
                    else:
                        yield record
            except SourceError as error:
                run.fail(Failure.of(error))


class _Run:
    """Counts one ingestion and tells its listener."""

    def __init__(self, listen: Listener) -> None:
        self.listen = listen
        self.started = time.monotonic()
        self.failures: list[Failure] = []
        self.added = self.updated = self.unchanged = self.chunks = 0
        self.total = self.done = self.embedded_chunks = 0

    def report(self, unchanged: int) -> None:
        self.unchanged += unchanged

    def begin(self, total: int) -> None:
        self.total = total
        self._tell()

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.listen(failure)

    def embedded(self, chunks: int) -> None:
        self.embedded_chunks += chunks
        self._tell()

    def take(self, result: dict[str, Any], documents: int) -> list[Failure]:
        failures = [*result.get("parser", {}).get("failures", []), *result["selector"]["failures"]]
        for failure in failures:
            self.fail(failure)
        updated = result["selector"]["updated"]
        self.updated += updated
        self.added += result["publisher"]["published"] - updated
        self.unchanged += result["selector"]["unchanged"]
        self.chunks += result["publisher"]["chunks_written"]
        self.done += documents
        self._tell()
        return failures

    def finish(self) -> IngestReport:
        report = IngestReport(
            self.added,
            self.updated,
            self.unchanged,
            self.chunks,
            time.monotonic() - self.started,
            tuple(self.failures),
        )
        self.listen(report)
        return report

    def _tell(self) -> None:
        self.listen(Progress(self.total, self.done, self.embedded_chunks))


def _batches(records: Iterator[SourceRecord], batch_chars: int) -> Iterator[list[SourceRecord]]:
    batch: list[SourceRecord] = []
    chars = 0
    for record in records:
        batch.append(record)
        content = record.content
        chars += max(len(content if isinstance(content, str | bytes) else str(content)), _CHARS_PER_CHUNK)
        if chars >= batch_chars:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch
