"""Which near-duplicates of the found documents a reader may be shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from kb_service.access.principal import Principal
from kb_service.search.hits import Version, build_twin
from kb_service.search.models import Twin


class TwinRecord(Protocol):
    """A published version that says nearly the same as another document."""

    document_id: str
    version: str
    title: str
    similarity: float
    clearance: int
    departments: tuple[str, ...]
    effective_from: date
    effective_to: date


class TwinFinder(Protocol):
    def find_twins(self, versions: Sequence[Version]) -> Mapping[Version, Sequence[TwinRecord]]: ...


def find_readable_twins(
    finder: TwinFinder, versions: Sequence[Version], principal: Principal, day: date
) -> dict[Version, list[Twin]]:
    """Twins of each of ``versions`` that ``principal`` may read and that are in force on ``day``, most alike first."""
    return {
        version: [
            build_twin(record.document_id, record.version, record.title, record.similarity)
            for record in sorted(records, key=lambda record: (-record.similarity, record.document_id))
            if principal.may_read(record.clearance, record.departments)
            and record.effective_from <= day <= record.effective_to
        ]
        for version, records in finder.find_twins(versions).items()
    }
