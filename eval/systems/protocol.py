"""What can be asked queries and measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from haystack import Document

from eval.measures import Found
from ingest.document import Meta
from ingest.sparse_encoder import context_text


@dataclass(frozen=True)
class Answer:
    """Hits, best first, one a document; ``answered`` is False where the system says that it knows nothing."""

    found: Sequence[Found]
    answered: bool = True


class System(Protocol):
    """A search system over a set's documents."""

    @property
    def name(self) -> str: ...

    def answer(self, text: str, limit: int) -> Answer: ...


def indexed_text(chunk: Document) -> str:
    """What every system indexes of a chunk: title and headings above the text."""
    return context_text(chunk.meta[Meta.TITLE], chunk.meta[Meta.HEADING_PATH], chunk.content or "")


def fold(chunks: Iterable[Document], limit: int) -> Answer:
    """Ranked chunks -> documents, each at the place of its best chunk."""
    found: dict[str, Found] = {}
    for chunk in chunks:
        document_id = chunk.meta[Meta.DOCUMENT_ID]
        if document_id not in found:
            found[document_id] = Found(document_id, chunk.content or "")
            if len(found) == limit:
                break
    return Answer(list(found.values()))
