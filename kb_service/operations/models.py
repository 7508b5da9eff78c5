"""Requests and answers of the operator's calls, and ingestion events as lines of JSON."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.report import Event, Failure, IngestReport, Progress


class IngestionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    paths: list[str] = Field(min_length=1, description="服务器本机的绝对路径，文件或文件夹")
    only: list[str] | None = Field(None, description="只处理文件夹里位于这些路径之内的部分；缺省为全部")


class StatusResponse(BaseModel):
    """Figures of catalogue and index; ``consistent`` says that each has exactly the other's chunks."""

    data_dir: str
    engine: Literal["edge", "server"]
    embedding_model: str
    documents: int
    versions: int
    chunks: int
    indexed_chunks: int
    consistent: bool
    missing_chunks: int
    orphan_chunks: int


class RemovalResponse(BaseModel):
    document_id: str
    versions: int


_NAMES: dict[type[Any], str] = {Progress: "progress", Failure: "failure", IngestReport: "report"}


def event_to_json(event: Event) -> dict[str, Any]:
    return {"event": _NAMES[type(event)], **asdict(event)}


def event_from_json(data: dict[str, Any]) -> Event:
    fields = {key: value for key, value in data.items() if key != "event"}
    if data["event"] == "progress":
        return Progress(**fields)
    if data["event"] == "failure":
        return Failure(**fields)
    fields["failures"] = tuple(Failure(**failure) for failure in fields["failures"])
    return IngestReport(**fields)
