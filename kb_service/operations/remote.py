"""Operations handed over loopback to the process that serves the data folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ingest.document import Kind
from ingest.report import IngestReport, Listener
from kb_service.errors import ServiceError
from kb_service.knowledge.duplicates import DuplicateList
from kb_service.knowledge.models import DocumentDetail, DocumentPage
from kb_service.operations.models import IngestionRequest, StatusResponse, VerificationResponse, event_from_json
from kb_service.operations.registration import Registration
from kb_service.search.models import SearchRequest, SearchResponse

_TIMEOUT = httpx.Timeout(60.0, read=None)
_PAGE = 500


class RemoteServiceError(ServiceError):
    """The service answered with a problem, whose detail is passed on; or it went away."""

    code = "remote-service-error"


class RemoteOperations:
    def __init__(self, registration: Registration) -> None:
        headers = {"Authorization": f"Bearer {registration.token}"}
        self._client = httpx.Client(base_url=registration.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def search(self, request: SearchRequest) -> SearchResponse:
        body = request.model_dump(mode="json")
        return SearchResponse.model_validate(self._json("POST", "/v1/search", json=body))

    def ingest(self, paths: Sequence[Path], listen: Listener, only: Sequence[Path] | None = None) -> IngestReport:
        # The service may run in another working folder.
        request = IngestionRequest(
            paths=[str(path.absolute()) for path in paths],
            only=None if only is None else [str(path.absolute()) for path in only],
        )
        return self._stream("/v1/ingestions", request.model_dump(), listen)

    def rebuild(self, listen: Listener) -> IngestReport:
        return self._stream("/v1/rebuilds", None, listen)

    def status(self) -> StatusResponse:
        return StatusResponse.model_validate(self._json("GET", "/v1/status"))

    def verify(self) -> VerificationResponse:
        return VerificationResponse.model_validate(self._json("GET", "/v1/verification"))

    def list_duplicates(self) -> DuplicateList:
        return DuplicateList.model_validate(self._json("GET", "/v1/duplicates"))

    def list_documents(self, kind: Kind | None, cursor: str | None) -> DocumentPage:
        given = {"kind": kind.value if kind else None, "cursor": cursor}
        params = {"limit": _PAGE, **{key: value for key, value in given.items() if value}}
        return DocumentPage.model_validate(self._json("GET", "/v1/documents", params=params))

    def get_document(self, document_id: str, version: str | None) -> DocumentDetail:
        params = {"version": version} if version else {}
        return DocumentDetail.model_validate(self._json("GET", f"/v1/documents/{quote(document_id)}", params=params))

    def remove_document(self, document_id: str) -> int:
        return int(self._json("DELETE", f"/v1/documents/{quote(document_id)}")["versions"])

    def close(self) -> None:
        self._client.close()

    def _json(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise _gone(error) from error
        _raise_problem(response)
        return response.json()

    def _stream(self, path: str, body: dict[str, Any] | None, listen: Listener) -> IngestReport:
        try:
            with self._client.stream("POST", path, json=body) as response:
                if response.is_error:
                    response.read()
                    _raise_problem(response)
                for line in response.iter_lines():
                    data = json.loads(line)
                    if data["event"] == "problem":
                        raise RemoteServiceError(data["detail"])
                    event = event_from_json(data)
                    listen(event)
                    if isinstance(event, IngestReport):
                        return event
        except httpx.HTTPError as error:
            raise _gone(error) from error
        raise RemoteServiceError("服务在导入结束之前断开了连接；已完成的部分不会丢失，请重试以继续")


def _raise_problem(response: httpx.Response) -> None:
    if response.is_error:
        try:
            detail = response.json()["detail"]
        except (ValueError, KeyError, TypeError):
            detail = f"服务返回了 {response.status_code}"
        raise RemoteServiceError(detail)


def _gone(error: httpx.HTTPError) -> RemoteServiceError:
    return RemoteServiceError(f"与正在运行的 kb serve 失去联系：{error}。请确认它仍在运行后重试")
