"""What an ingestion tells while it runs and at its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.errors import SourceError
from ingest.privacy.masking import mask


@dataclass(frozen=True)
class Failure:
    """A source document that was not taken in; ``line`` counts from 1 and is None for whole files."""

    path: str
    line: int | None
    code: str
    message: str
    remedy: str

    @classmethod
    def of(cls, error: SourceError) -> "Failure":
        # What is wrong with a source is often told by quoting it.
        return cls(error.origin.path, error.origin.line, error.code, mask(error.message).text, error.remedy)

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path} 第 {self.line} 行"
        return f"{place}：{self.message}。{self.remedy}"


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        documents: documents dealt with, unchanged ones of changed files included.
        chunks: chunks that have their vectors, embedded or reused.
        work_done, work_total: bytes of the changed files in an ingestion, documents in a rebuild; time goes with them.
    """

    documents: int
    chunks: int
    work_done: int
    work_total: int


@dataclass(frozen=True)
class IngestReport:
    """The outcome.

    Attributes:
        added, updated, unchanged, removed: documents.
        chunks: chunks written, ``embedded`` of them by the model and ``reused`` with vectors that were there.
        masked: kind of personal data -> places of it masked in the texts taken in.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    masked: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    failures: tuple[Failure, ...] = field(default=())

    @property
    def ok(self) -> bool:
        return not self.failures


Event = Progress | Failure | IngestReport
Listener = Callable[[Event], None]


def ignore_events(event: Event) -> None:
    """A listener for those who only want the report."""


@dataclass(frozen=True)
class ReconciliationReport:
    """Where catalogue and index differ: chunk ids that only one of them has."""

    missing: frozenset[str]
    orphans: frozenset[str]

    @property
    def ok(self) -> bool:
        return not self.missing and not self.orphans
