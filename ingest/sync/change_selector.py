"""Tells what is new or changed among the documents of a run, and under which name of version it goes in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from haystack import component

from ingest.catalogue import Catalogue
from ingest.catalogue.publication import Adoption
from ingest.document import ParsedDocument
from ingest.errors import DuplicateDocumentIdError, MalformedSourceError, Origin
from ingest.records import KnownVersion
from ingest.report import Failure
from ingest.sync.met_versions import MetVersions
from ingest.tables import LONGEST_ID, LONGEST_VERSION


@component
class ChangeSelector:
    """Passes on documents that are new or changed; refuses an id that another source has used.

    ``met`` remembers the versions of one run. ``stays`` tells of a file whether it lies unchanged where this run
    looks, so that what it holds cannot have moved elsewhere.
    """

    def __init__(self, catalogue: Catalogue, met: MetVersions, stays: Callable[[str], bool]) -> None:
        self._catalogue = catalogue
        self._met = met
        self._stays = stays

    @component.output_types(
        documents=list[ParsedDocument],
        adoptions=list[Adoption],
        unchanged=int,
        updated=set[tuple[str, str]],
        failures=list[Failure],
    )
    def run(self, documents: list[ParsedDocument]) -> dict[str, Any]:
        failures: list[Failure] = []
        fresh, changed, adoptions, unchanged = [], [], [], 0
        updated: set[tuple[str, str]] = set()
        for document in documents:
            if error := _unnameable(document) or self._meet(document):
                failures.append(Failure.of(error))
            else:
                fresh.append(document)
        known = self._catalogue.find_known({document.document_id for document in fresh})
        for document in fresh:
            versions = known.get(document.document_id, [])
            path = document.origin.path
            same = next((version for version in versions if version.digest == document.digest), None)
            named = same or next((version for version in versions if version.version == document.version), None)
            if named and named.source_path != path and self._stays(named.source_path):
                failures.append(Failure.of(_taken(document, Origin(named.source_path))))
            elif same:
                unchanged += 1
                # The catalogue may know the version by another name than its source states.
                self._met.meet(same.document_id, same.version, document.origin, renamed=True)
                if same.source_path != path:
                    adoptions.append(Adoption(same.key, path, document.origin.line))
            else:
                entering = _renamed(document, named)
                if entering is not document and (error := self._meet(entering, renamed=True)):
                    failures.append(Failure.of(error))
                    continue
                changed.append(entering)
                if any(version.version == entering.version or version.source_path == path for version in versions):
                    updated.add((entering.document_id, entering.version))
        return {
            "documents": changed,
            "adoptions": adoptions,
            "unchanged": unchanged,
            "updated": updated,
            "failures": failures,
        }

    def _meet(self, document: ParsedDocument, *, renamed: bool = False) -> DuplicateDocumentIdError | None:
        first = self._met.meet(document.document_id, document.version, document.origin, renamed=renamed)
        return _taken(document, first) if first else None


def _taken(document: ParsedDocument, first: Origin) -> DuplicateDocumentIdError:
    return DuplicateDocumentIdError(document.origin, document.document_id, document.version, first)


def _renamed(document: ParsedDocument, named: KnownVersion | None) -> ParsedDocument:
    """A text that takes effect later than the one its file held under the same name of version goes in beside it,
    named by its day: the former one becomes history."""
    if (
        named
        and named.source_path == document.origin.path
        and date.min < named.effective_from < document.effective_from
    ):
        return replace(document, version=document.effective_from.isoformat())
    return document


def _unnameable(document: ParsedDocument) -> MalformedSourceError | None:
    if len(document.document_id) <= LONGEST_ID and len(document.version) <= LONGEST_VERSION:
        return None
    limits = f"编号不超过 {LONGEST_ID} 个字符，版本不超过 {LONGEST_VERSION} 个"
    return MalformedSourceError(document.origin, "文档编号或版本过长", f"请改短文件名、id 或 version：{limits}")
