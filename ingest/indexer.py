"""The indexing run: which sources have changed, and the steps that bring them into the index."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from haystack import Document, Pipeline

from ingest.catalogue import Catalogue
from ingest.catalogue.publication import Adoption, Vanished
from ingest.catalogue.transactions import batches
from ingest.chunking.chunker import Chunker
from ingest.document import SourceRecord
from ingest.embedder import Embedder
from ingest.fingerprint import UNFINISHED_REBUILD, check_reading_rules, check_settings, fingerprint, save_settings
from ingest.passage_embedder import PassageEmbedder
from ingest.records import SourceState, StoredVersion
from ingest.report import Failure, IngestReport, Listener, ReconciliationReport, ignore_events
from ingest.settings import IngestSettings
from ingest.sparse_encoder import SparseDocumentEncoder, SparseEncoder
from ingest.steps import ChunkBuilder, Entry, IndexWriter, SourceParser
from ingest.store.protocol import ChunkStore
from ingest.sync.change_selector import ChangeSelector
from ingest.sync.met_versions import MetVersions
from ingest.sync.publisher import Publisher, settle
from ingest.sync.run_counter import RunCounter
from ingest.sync.source_stream import CHARS_PER_CHUNK, Item, content_chars, gathered, iter_items
from ingest.sync.survey import Survey, Surveyor
from ingest.vector_cache import VectorCache
from ingest.verification import Problem, iter_problems

_SOURCES_AT_ONCE = 100


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
        self._vectors = VectorCache(settings.vector_cache_dir, settings.embedding_cache_bytes)

    def build_preparation(self, met: MetVersions, stays: Callable[[str], bool]) -> Pipeline:
        """The steps from source records to new and changed documents, cut into chunks; for one run."""
        pipeline = Pipeline()
        pipeline.add_component("parser", SourceParser())
        pipeline.add_component("selector", ChangeSelector(self._catalogue, met, stays))
        pipeline.add_component("chunker", ChunkBuilder(self._build_chunker()))
        pipeline.connect("parser.documents", "selector.documents")
        pipeline.connect("selector.documents", "chunker.documents")
        return pipeline

    def build_encoding(self, encoded: Callable[[int, int], None]) -> Pipeline:
        """The steps from chunks to points of the index.

        ``encoded`` is told how many more chunks have their vectors, embedded and reused.
        """
        pipeline = Pipeline()
        pipeline.add_component("sparse_encoder", SparseDocumentEncoder(self._sparse_encoder))
        pipeline.add_component("embedder", PassageEmbedder(self._embedder, self._vectors, encoded))
        pipeline.add_component("writer", IndexWriter(self._store))
        pipeline.connect("sparse_encoder.documents", "embedder.documents")
        pipeline.connect("embedder.documents", "writer.documents")
        return pipeline

    def ingest(
        self, paths: Sequence[Path], listen: Listener = ignore_events, *, only: Sequence[Path] | None = None
    ) -> IngestReport:
        """Bring the index in line with the sources under ``paths``.

        What is new or changed goes in, what is gone goes out; unchanged files are not opened. Removed is what came
        from files below a given folder that are not there any more, and what a file, read without failure, does not
        hold any more. ``only`` limits the run to what lies at or below these paths inside the given folders.
        Broken sources are reported, to ``listen`` at once and in the report, and do not stop the others.

        Raises:
            IndexMismatchError: the index was made with other settings.
        """
        check_settings(self._settings, self._catalogue)
        check_reading_rules(self._catalogue)
        self.recover()
        run = RunCounter(listen)
        found = Surveyor(self._catalogue, self._settings.max_source_bytes, only, run.fail).look(paths)
        run.unchanged += found.unchanged
        try:
            vanished = self._take_in(found, run) if found.changed else []
            self._take_out(found, vanished, run)
        finally:
            self._vectors.close()
        if run.changed:
            self._store.optimize()
            self._store.flush()
        return run.finish()

    def ingest_records(self, records: Sequence[SourceRecord]) -> IngestReport:
        """Bring documents in that stand in no file; each record is a source of its own, named by its origin's path.

        A record takes the place of what its source held before. No folder's run ever takes such a source for gone.

        Raises:
            IndexMismatchError: the index was made with other settings.
        """
        check_settings(self._settings, self._catalogue)
        self.recover()
        run = RunCounter(ignore_events)
        try:
            vanished = self._take_items((_whole_source(record) for record in records), _none_stays, run)
            self._take_out(Survey(), vanished, run)
        finally:
            self._vectors.close()
        if run.changed:
            self._store.flush()
        return run.finish()

    def forget(self, sources: Sequence[str]) -> int:
        """Remove all that came from these sources; return the number of documents. On return no search shows them."""
        documents = self._catalogue.retire_sources(sources)
        self.recover()
        return documents

    def remove(self, document_id: str) -> int:
        """Remove a document with all its versions; return their number. It is gone from every search on return."""
        versions = self._catalogue.retire_document(document_id)
        self.recover()
        return versions

    def rebuild(self, listen: Listener = ignore_events) -> IngestReport:
        """Make the index anew from the catalogue's texts with the settings of today."""
        save_settings(self._catalogue, UNFINISHED_REBUILD)
        self._store.recreate()
        self.recover()
        run = RunCounter(listen)
        run.begin(self._catalogue.counts().versions)
        chunker, publisher = ChunkBuilder(self._build_chunker()), self._build_publisher(run)
        try:
            for versions in gathered(
                self._catalogue.iter_published(), lambda stored: len(stored.document.text), self._batch_chars
            ):
                self._rebuild_batch(versions, chunker, publisher, run)
        finally:
            self._vectors.close()
        self._store.optimize()
        self._store.flush()
        save_settings(self._catalogue, fingerprint(self._settings))
        return run.finish()

    def recover(self) -> None:
        """Finish or clear away what a killed run left behind."""
        settle(self._catalogue, self._store)

    def reconcile(self) -> ReconciliationReport:
        """Compare the ids in index and catalogue, chunk by chunk; `verify` looks into the chunks too."""
        expected = set(self._catalogue.iter_published_chunk_ids())
        found = set(self._store.iter_ids())
        return ReconciliationReport(frozenset(expected - found), frozenset(found - expected))

    def verify(self) -> Iterator[Problem]:
        """Check every published text, outline, chunk and index entry; yields nothing where all is well."""
        return iter_problems(self._catalogue, self._store)

    @property
    def _batch_chars(self) -> int:
        return self._settings.batch_chunks * CHARS_PER_CHUNK

    def _build_chunker(self) -> Chunker:
        embedder = self._embedder
        return Chunker.for_model(embedder.count_tokens, embedder.max_tokens, self._settings.chunk_max_tokens)

    def _build_publisher(self, run: RunCounter) -> Publisher:
        encoding = self.build_encoding(run.encoded)

        def write_chunks(chunks: list[Document]) -> None:
            encoding.run({"sparse_encoder": {"documents": chunks}})

        return Publisher(self._catalogue, self._store, write_chunks, self._settings.batch_chunks)

    def _take_in(self, found: Survey, run: RunCounter) -> list[Vanished]:
        """Read, embed and publish the changed files; return what they hold no more."""
        run.begin(found.work_bytes)
        return self._take_items(iter_items(found.changed, self._settings.max_source_bytes, run.fail), found.stays, run)

    def _take_items(self, items: Iterable[Item], stays: Callable[[str], bool], run: RunCounter) -> list[Vanished]:
        """Embed and publish what the items hold; return what their sources hold no more."""
        self._embedder.warm_up()
        met = MetVersions()
        preparation, publisher = self.build_preparation(met, stays), self._build_publisher(run)
        vanished: list[Vanished] = []
        broken: set[str] = set()
        for batch in gathered(items, content_chars, self._batch_chars):
            prepared = self._prepare(preparation, batch)
            for failure in prepared.failures:
                broken.add(failure.path)
                run.fail(failure)
            finished = [
                replace(item.finished, documents=met.count(item.finished.path))
                for item in batch
                if item.finished and item.finished.path not in broken
            ]
            run.begin_batch(prepared.entries, sum(item.work_bytes for item in batch))
            if prepared.entries or prepared.adoptions or finished:
                vanished += publisher.publish(prepared.entries, prepared.adoptions, finished, met)
            run.updated += prepared.updated
            run.added += len(prepared.entries) - prepared.updated
            run.unchanged += prepared.unchanged
            run.end_batch(prepared.entries, sum(item.record is not None for item in batch))
        return vanished

    def _prepare(self, preparation: Pipeline, batch: Sequence[Item]) -> "_Prepared":
        records = [item.record for item in batch if item.record]
        outputs = preparation.run({"parser": {"records": records}}, include_outputs_from={"selector"})
        parser, selector, chunker = outputs["parser"], outputs["selector"], outputs["chunker"]
        return _Prepared(
            chunker["entries"],
            selector["adoptions"],
            selector["unchanged"],
            sum(
                (entry.document.document_id, entry.document.version) in selector["updated"]
                for entry in chunker["entries"]
            ),
            [*parser["failures"], *selector["failures"], *chunker["failures"]],
        )

    def _take_out(self, found: Survey, vanished: Sequence[Vanished], run: RunCounter) -> None:
        """Remove what the files hold no more, after all that may have moved elsewhere is in."""
        for left in vanished:
            run.removed += self._catalogue.retire_vanished(left)
        for paths in batches(found.gone, _SOURCES_AT_ONCE):
            run.removed += self._catalogue.retire_sources(paths)
        if run.removed:
            self.recover()

    def _rebuild_batch(
        self, versions: Sequence[StoredVersion], chunker: ChunkBuilder, publisher: Publisher, run: RunCounter
    ) -> None:
        built = chunker.run([stored.document for stored in versions])
        for failure in built["failures"]:
            run.fail(failure)
        run.begin_batch(built["entries"], len(versions))
        publisher.write(built["entries"])
        chunks = {id(entry.document): entry.chunks for entry in built["entries"]}
        self._catalogue.replace_chunks([(stored.key, chunks.get(id(stored.document), ())) for stored in versions])
        run.updated += len(versions)
        run.end_batch(built["entries"], len(versions))


@dataclass(frozen=True)
class _Prepared:
    """A batch of records, parsed and compared: what goes in, and what was met besides."""

    entries: list[Entry]
    adoptions: list[Adoption]
    unchanged: int
    updated: int
    failures: list[Failure]


def _whole_source(record: SourceRecord) -> Item:
    path = record.origin.path
    # A size and a time that no file has: only the digest tells whether it is the same.
    return Item(record, finished=SourceState(path, path, record.digest, -1, -1, 0, datetime.now(UTC)))


def _none_stays(_path: str) -> bool:
    return False
