"""``/v1/documents`` and ``/v1/duplicates``."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from ingest.document import Kind
from kb_service.dependencies import CurrentPrincipal, CurrentRuntime
from kb_service.knowledge import duplicates, service
from kb_service.knowledge.comparison import VersionDifference
from kb_service.knowledge.duplicates import DuplicateList
from kb_service.knowledge.models import ChunkList, DocumentDetail, DocumentPage, VersionList
from kb_service.knowledge.outline import ClauseDetail, DocumentOutline

router = APIRouter(prefix="/v1", tags=["documents"])

Version = Annotated[str | None, Query(description="版本；缺省为今天有效的版本，没有时为最新版本")]


@router.get("/documents", operation_id="listDocuments", summary="文档列表")
def list_documents(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    kind: Kind | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DocumentPage:
    today = runtime.today()
    return service.list_documents(runtime.catalogue, principal, today, kind=kind, cursor=cursor, limit=limit)


@router.get("/duplicates", operation_id="listDuplicates", summary="内容几乎相同的文档")
def list_duplicates(runtime: CurrentRuntime, principal: CurrentPrincipal) -> DuplicateList:
    return duplicates.list_duplicates(runtime.catalogue, principal)


@router.get("/documents/{document_id:path}/chunks", operation_id="listChunks", summary="文档的切分段落")
def list_chunks(
    document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, version: Version = None
) -> ChunkList:
    return service.get_chunks(runtime.catalogue, principal, runtime.today(), document_id, version)


@router.get(
    "/documents/{document_id:path}/outline", operation_id="getOutline", summary="条款大纲、略去的内容、原文问题"
)
def get_outline(
    document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, version: Version = None
) -> DocumentOutline:
    return service.get_outline(runtime.catalogue, principal, runtime.today(), document_id, version)


@router.get("/documents/{document_id:path}/clauses/{clause_id}", operation_id="getClause", summary="一条条款")
def get_clause(
    document_id: str,
    clause_id: str,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    version: Version = None,
    on: Annotated[date | None, Query(description="取这一天有效的版本；给出 version 时不起作用")] = None,
) -> ClauseDetail:
    return service.get_clause(
        runtime.catalogue, principal, runtime.today(), document_id, clause_id, version=version, on=on
    )


@router.get("/documents/{document_id:path}/versions", operation_id="listVersions", summary="文档的全部版本")
def list_versions(document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal) -> VersionList:
    return service.list_versions(runtime.catalogue, principal, runtime.today(), document_id)


@router.get("/documents/{document_id:path}/diff", operation_id="compareVersions", summary="两个版本逐条对照")
def compare_versions(
    document_id: str,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    before: Annotated[str, Query(alias="from", description="旧版本")],
    after: Annotated[
        str | None, Query(alias="to", description="新版本；缺省为今天有效的版本，没有时为最新版本")
    ] = None,
) -> VersionDifference:
    return service.get_difference(runtime.catalogue, principal, runtime.today(), document_id, before, after)


@router.get("/documents/{document_id:path}", operation_id="getDocument", summary="文档全文、章节与版本")
def get_document(
    document_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, version: Version = None
) -> DocumentDetail:
    return service.get_document(runtime.catalogue, principal, runtime.today(), document_id, version)
