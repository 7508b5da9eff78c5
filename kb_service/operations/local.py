"""Operations in this process."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ingest.document import Kind
from ingest.fingerprint import check_settings
from ingest.report import IngestReport, Listener
from ingest.verification import ProblemCode
from kb_service.access.principal import LOOPBACK
from kb_service.errors import ConflictError, DocumentNotFoundError
from kb_service.knowledge import service as knowledge
from kb_service.knowledge.duplicates import DuplicateList, list_duplicates
from kb_service.knowledge.models import DocumentDetail, DocumentPage
from kb_service.operations.models import ProblemItem, StatusResponse, VerificationResponse
from kb_service.runtime import Runtime
from kb_service.search.models import SearchRequest, SearchResponse

_PAGE = 500
_MOST_PROBLEMS_LISTED = 1000
_MOMENT_SECONDS = 1.0


class LocalOperations:
    """Works on a runtime that this process has opened; changes run one at a time."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def search(self, request: SearchRequest) -> SearchResponse:
        self._runtime.warm_up()
        return self._runtime.search.search(request, LOOPBACK)

    def ingest(self, paths: Sequence[Path], listen: Listener, only: Sequence[Path] | None = None) -> IngestReport:
        # Before anything loads a model that the index was not made with.
        check_settings(self._runtime.ingest_settings, self._runtime.catalogue)
        with _Writing(self._runtime):
            return self._runtime.indexer.ingest(paths, listen, only=only)

    def rebuild(self, listen: Listener) -> IngestReport:
        with _Writing(self._runtime):
            return self._runtime.indexer.rebuild(listen)

    def status(self) -> StatusResponse:
        runtime = self._runtime
        counts = runtime.catalogue.counts()
        reconciliation = runtime.indexer.reconcile()
        return StatusResponse(
            data_dir=str(runtime.settings.data_dir),
            engine="server" if runtime.ingest_settings.qdrant_url else "edge",
            embedding_model=runtime.ingest_settings.embedding_model,
            documents=counts.documents,
            versions=counts.versions,
            chunks=counts.chunks,
            indexed_chunks=runtime.store.count_documents(),
            consistent=reconciliation.ok,
            missing_chunks=len(reconciliation.missing),
            orphan_chunks=len(reconciliation.orphans),
        )

    def verify(self) -> VerificationResponse:
        """Check all that is stored. Nothing changes the index meanwhile; searches go on."""
        runtime = self._runtime
        counted: Counter[ProblemCode] = Counter()
        listed: list[ProblemItem] = []
        with _Writing(runtime):
            counts = runtime.catalogue.counts()
            for problem in runtime.indexer.verify():
                counted[problem.code] += 1
                if len(listed) < _MOST_PROBLEMS_LISTED:
                    listed.append(ProblemItem(**asdict(problem)))
        return VerificationResponse(
            ok=not counted,
            versions=counts.versions,
            chunks=counts.chunks,
            total=counted.total(),
            counts=counted,
            problems=listed,
        )

    def list_duplicates(self) -> DuplicateList:
        return list_duplicates(self._runtime.catalogue, LOOPBACK)

    def list_documents(self, kind: Kind | None, cursor: str | None) -> DocumentPage:
        runtime = self._runtime
        return knowledge.list_documents(
            runtime.catalogue, LOOPBACK, runtime.today(), kind=kind, cursor=cursor, limit=_PAGE
        )

    def get_document(self, document_id: str, version: str | None) -> DocumentDetail:
        runtime = self._runtime
        return knowledge.get_document(runtime.catalogue, LOOPBACK, runtime.today(), document_id, version)

    def remove_document(self, document_id: str) -> int:
        with _Writing(self._runtime):
            versions = self._runtime.indexer.remove(document_id)
        if versions == 0:
            raise DocumentNotFoundError(document_id)
        return versions

    def close(self) -> None:
        self._runtime.close()


class _Writing:
    """Holds the runtime for one change, and refuses a second one instead of letting it wait unseen.

    An article that is being published is over within a moment, and waited for.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._lock = runtime.writing

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=_MOMENT_SECONDS):
            raise ConflictError("另一项导入、删除或重建正在进行，请等它结束后重试")

    def __exit__(self, *_: object) -> None:
        self._lock.release()
