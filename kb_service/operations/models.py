"""Requests and answers of the operator's calls, and ingestion events as lines of JSON."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.report import Event, Failure, IngestReport, Progress
from ingest.verification import ProblemCode


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


class ProblemItem(BaseModel):
    """One thing that does not verify; ``place`` is a citation or clause, ``""`` where none can be named."""

    code: ProblemCode
    document_id: str
    version: str
    place: str
    message: str


class VerificationResponse(BaseModel):
    """Whether every stored text, clause, chunk and index entry is what it should be."""

    ok: bool
    versions: int
    chunks: int
    total: int = Field(description="问题总数")
    counts: dict[ProblemCode, int] = Field(description="各类问题的数量，没有的不列")
    problems: list[ProblemItem] = Field(description="最多列出 1,000 处")


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
