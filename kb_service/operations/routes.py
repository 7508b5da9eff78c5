"""The operator's calls: ingest, rebuild, remove, status. Changes need the token from the data folder."""

import json
import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from ingest.errors import IngestError
from ingest.report import Event, IngestReport, Listener
from kb_service.dependencies import CurrentRuntime, require_operator
from kb_service.errors import ServiceError
from kb_service.operations.local import LocalOperations
from kb_service.operations.models import (
    IngestionRequest,
    RemovalResponse,
    StatusResponse,
    VerificationResponse,
    event_to_json,
)

_logger = logging.getLogger(__name__)
_NDJSON = "application/x-ndjson"

router = APIRouter(prefix="/v1", tags=["operations"], dependencies=[Depends(require_operator)])


@router.get("/operator", operation_id="checkOperator", status_code=HTTPStatus.NO_CONTENT, summary="核对操作令牌")
def check_operator() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/status", operation_id="getStatus", summary="知识库状态与索引核对")
def get_status(runtime: CurrentRuntime) -> StatusResponse:
    return LocalOperations(runtime).status()


@router.get("/verification", operation_id="verify", summary="核对全部出处与索引")
def verify(runtime: CurrentRuntime) -> VerificationResponse:
    return LocalOperations(runtime).verify()


@router.post("/ingestions", operation_id="ingest", summary="导入本机文件", response_class=StreamingResponse)
def ingest(request: IngestionRequest, runtime: CurrentRuntime) -> StreamingResponse:
    """逐行返回 JSON：progress（进度）、failure（失败的文件）、report（结束）；出错时为 problem。"""
    paths = [Path(path) for path in request.paths]
    only = None if request.only is None else [Path(path) for path in request.only]
    return _streamed(lambda listen: LocalOperations(runtime).ingest(paths, listen, only))


@router.post("/rebuilds", operation_id="rebuild", summary="用当前设置重建索引", response_class=StreamingResponse)
def rebuild(runtime: CurrentRuntime) -> StreamingResponse:
    return _streamed(lambda listen: LocalOperations(runtime).rebuild(listen))


@router.delete("/documents/{document_id:path}", operation_id="removeDocument", summary="删除文档及其全部版本")
def remove_document(document_id: str, runtime: CurrentRuntime) -> RemovalResponse:
    versions = LocalOperations(runtime).remove_document(document_id)
    return RemovalResponse(document_id=document_id, versions=versions)


def _streamed(work: Callable[[Listener], IngestReport]) -> StreamingResponse:
    """Run ``work`` in a thread of its own, so that it finishes even if its caller goes away."""
    events: SimpleQueue[Event | dict[str, str] | None] = SimpleQueue()

    def run() -> None:
        try:
            work(events.put)
        except IngestError as error:
            events.put({"event": "problem", "code": error.code, "detail": str(error)})
        except ServiceError as error:
            events.put({"event": "problem", "code": error.code, "detail": error.detail})
        except Exception:  # a border: the caller hears that it failed, the log hears why
            _logger.exception("ingestion failed")
            events.put({"event": "problem", "code": "internal-error", "detail": "导入意外中断，原因见服务日志"})
        finally:
            events.put(None)

    def lines() -> Iterator[str]:
        Thread(target=run, name="ingestion", daemon=False).start()
        while (event := events.get()) is not None:
            data = event if isinstance(event, dict) else event_to_json(event)
            yield json.dumps(data, ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type=_NDJSON)
