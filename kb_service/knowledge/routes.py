"""``/v1/documents``."""

from typing import Annotated

from fastapi import APIRouter, Query

from ingest.document import Kind
from kb_service.dependencies import CurrentPrincipal, CurrentRuntime
from kb_service.knowledge import service
from kb_service.knowledge.models import ChunkList, DocumentDetail, DocumentPage

router = APIRouter(prefix="/v1/documents", tags=["documents"])

Version = Annotated[str | None, Query(description="版本；缺省为今天有效的版本，没有时为最新版本")]


@router.get("", operation_id="listDocuments", summary="文档列表")
def list_documents(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    kind: Kind | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DocumentPage:
    today = runtime.today()
    return service.list_documents(runtime.catalogue, principal, today, kind=kind, cursor=cursor, limit=limit)


@router.get("/{document_id:path}/chunks", operation_id="listChunks", summary="文档的切分段落")
def list_chunks(
    document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, version: Version = None
) -> ChunkList:
    return service.get_chunks(runtime.catalogue, principal, runtime.today(), document_id, version)


@router.get("/{document_id:path}", operation_id="getDocument", summary="文档全文、章节与版本")
def get_document(
    document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, version: Version = None
) -> DocumentDetail:
    return service.get_document(runtime.catalogue, principal, runtime.today(), document_id, version)
