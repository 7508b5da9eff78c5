"""``/healthz``: the process answers. ``/readyz``: it can search."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from ingest.errors import IngestError
from ingest.fingerprint import check_settings
from kb_service.dependencies import CurrentRuntime
from kb_service.errors import NotReadyError

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


@router.get("/healthz", operation_id="healthz", summary="进程存活")
def healthz() -> Health:
    return Health()


@router.get("/readyz", operation_id="readyz", summary="可以检索")
def readyz(runtime: CurrentRuntime) -> Health:
    """Checks database, index and that the index belongs to today's settings."""
    try:
        check_settings(runtime.ingest_settings, runtime.catalogue)
        runtime.store.count_documents()
    except (IngestError, SQLAlchemyError) as error:
        raise NotReadyError(f"数据库或索引不可用：{error}") from error
    return Health()
