"""Writes documents to index and catalogue so that searches see whole ones or nothing.

The catalogue notes the chunks first, the index gets them, then one transaction publishes. A process killed anywhere
in between leaves leftovers that `settle` clears away, and no search shows them.
"""

from collections.abc import Callable, Sequence

from haystack import Document

from ingest.catalogue import Catalogue
from ingest.catalogue.publication import Adoption, Vanished
from ingest.document import Meta, day_number
from ingest.records import SourceState
from ingest.steps import Entry, iter_chunks
from ingest.store.protocol import ChunkStore
from ingest.sync.met_versions import MetVersions

_VERSIONS_AT_ONCE = 200


class Publisher:
    """Publishes whole documents; ``write_chunks`` encodes chunks and writes them to ``store``, ``at_once`` a time."""

    def __init__(
        self, catalogue: Catalogue, store: ChunkStore, write_chunks: Callable[[list[Document]], None], at_once: int
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._write_chunks = write_chunks
        self._at_once = at_once

    def publish(
        self,
        entries: Sequence[Entry],
        adoptions: Sequence[Adoption],
        finished: Sequence[SourceState],
        met: MetVersions,
    ) -> list[Vanished]:
        """Bring ``entries`` in, see `Catalogue.publish`; the versions that they replace answer until they are in."""
        keys = self._catalogue.add_pending([(entry.document, entry.chunks) for entry in entries]) if entries else []
        self.write(entries)
        vanished = self._catalogue.publish(keys, adoptions=adoptions, finished=finished, met=met)
        settle(self._catalogue, self._store)
        return vanished

    def write(self, entries: Sequence[Entry]) -> None:
        """Have all chunks of ``entries`` in the index, on disk."""
        for chunks in iter_chunks(entries, self._at_once):
            self._write_chunks(chunks)
        if entries:
            self._store.flush()


def settle(catalogue: Catalogue, store: ChunkStore) -> None:
    """Bring the index in line with what the catalogue has published: periods first, so that a version whose
    successor is removed answers before the successor's points go; then the points of unpublished versions go."""
    while periods := catalogue.find_stale_periods(_VERSIONS_AT_ONCE):
        for period in periods:
            days = {
                Meta.EFFECTIVE_FROM: day_number(period.effective_from),
                Meta.EFFECTIVE_TO: day_number(period.effective_to),
            }
            store.set_meta(period.chunk_ids, days)
        store.flush()
        catalogue.settle_stale_periods(periods)
    while (leftovers := catalogue.find_leftovers(_VERSIONS_AT_ONCE)).keys:
        if leftovers.chunk_ids:
            store.delete_documents(list(leftovers.chunk_ids))
            store.flush()
        catalogue.drop_leftovers(leftovers.keys)
