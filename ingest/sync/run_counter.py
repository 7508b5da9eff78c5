"""Counts one run and tells its listener."""

import time
from collections import Counter
from collections.abc import Sequence

from ingest.report import Failure, IngestReport, Listener, Progress
from ingest.steps import Entry


class RunCounter:
    """Gathers what becomes the report; every change is told to ``listen`` at once."""

    def __init__(self, listen: Listener) -> None:
        self.failures: list[Failure] = []
        self.added = self.updated = self.unchanged = self.removed = 0
        self._listen = listen
        self._started = time.monotonic()
        self._documents = self._chunks = self._embedded = self._reused = 0
        self._masked: Counter[str] = Counter()
        self._work_total = self._work_done = 0
        self._batch_work = self._batch_chunks = self._batch_chunks_done = 0

    @property
    def changed(self) -> bool:
        return bool(self.added or self.updated or self.removed or self._chunks)

    def begin(self, work_total: int) -> None:
        self._work_total = work_total
        self._tell()

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self._listen(failure)

    def begin_batch(self, entries: Sequence[Entry], work: int) -> None:
        """From now on the chunks of ``entries`` get their vectors, which is ``work`` of the total."""
        self._batch_work, self._batch_chunks_done = work, 0
        self._batch_chunks = sum(len(entry.chunks) for entry in entries)

    def encoded(self, embedded: int, reused: int) -> None:
        self._embedded += embedded
        self._reused += reused
        self._batch_chunks_done += embedded + reused
        self._tell()

    def end_batch(self, entries: Sequence[Entry], documents: int) -> None:
        """The batch is published; it held ``documents`` documents, unchanged and failed ones included."""
        self._chunks += self._batch_chunks
        self._documents += documents
        self._work_done += self._batch_work
        self._batch_work = self._batch_chunks = self._batch_chunks_done = 0
        for entry in entries:
            self._masked.update(entry.document.masked)
        self._tell()

    def finish(self) -> IngestReport:
        report = IngestReport(
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            removed=self.removed,
            chunks=self._chunks,
            embedded=self._embedded,
            reused=self._reused,
            masked=dict(self._masked),
            seconds=time.monotonic() - self._started,
            failures=tuple(self.failures),
        )
        self._listen(report)
        return report

    def _tell(self) -> None:
        share = self._batch_chunks_done / self._batch_chunks if self._batch_chunks else 0.0
        work_done = self._work_done + int(self._batch_work * share)
        self._listen(Progress(self._documents, self._embedded + self._reused, work_done, self._work_total))
