"""The commands' view of a knowledge base, wherever its engine runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ingest.document import Kind
from ingest.report import IngestReport, Listener
from kb_service.knowledge.duplicates import DuplicateList
from kb_service.knowledge.models import DocumentDetail, DocumentPage
from kb_service.operations.models import StatusResponse, VerificationResponse
from kb_service.search.models import SearchRequest, SearchResponse


class Operations(Protocol):
    """Raises `IngestError` or `ServiceError` as the parts below do."""

    def search(self, request: SearchRequest) -> SearchResponse: ...

    def ingest(self, paths: Sequence[Path], listen: Listener, only: Sequence[Path] | None = None) -> IngestReport:
        """Bring the index in line with what lies under ``paths``, see `Indexer.ingest`."""
        ...

    def rebuild(self, listen: Listener) -> IngestReport: ...

    def status(self) -> StatusResponse: ...

    def verify(self) -> VerificationResponse: ...

    def list_duplicates(self) -> DuplicateList: ...

    def list_documents(self, kind: Kind | None, cursor: str | None) -> DocumentPage: ...

    def get_document(self, document_id: str, version: str | None) -> DocumentDetail: ...

    def remove_document(self, document_id: str) -> int: ...

    def close(self) -> None: ...
