"""Dify's external knowledge API over our search.

https://docs.dify.ai/en/self-host/use-dify/knowledge/external-knowledge-api
"""

import hmac
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.document import Kind
from kb_service.access.principal import Principal
from kb_service.errors import explain_validation
from kb_service.integrations.configuration import DifyAccess
from kb_service.search.models import Hit, Passage, Query, SearchFilters, SearchRequest
from kb_service.search.service import SearchService

_ALL_KINDS = "all"
_MOST_RECORDS = 50
_FILTERS: dict[str, Literal["products", "document_ids"]] = {"product": "products", "document_id": "document_ids"}


class DifyError(Exception):
    """Told in Dify's own shape. Its codes: 1001 malformed header, 1002 key refused, 2001 no such knowledge."""

    def __init__(self, status: HTTPStatus, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class _Lenient(BaseModel):
    """Newer versions of Dify may send more."""

    model_config = ConfigDict(extra="ignore")


class RetrievalSetting(_Lenient):
    top_k: int = Field(ge=1, description="最多返回几条；超过 50 按 50")
    score_threshold: float = Field(0.0, ge=0, le=1, description="低于该分数的不返回")


class MetadataComparison(_Lenient):
    name: str | list[str] = Field(description="product 或 document_id")
    comparison_operator: str = Field(description="is 或 in")
    value: str | list[str] | float | None = None


class MetadataCondition(_Lenient):
    logical_operator: Literal["and", "or"] = "and"
    conditions: list[MetadataComparison] = Field(max_length=100)


class RetrievalRequest(_Lenient):
    knowledge_id: str = Field(description="regulation、faq、manual、ticket，或 all")
    query: Query
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


REQUEST_SCHEMA = {
    "schema": {"type": "object", "required": ["knowledge_id", "query", "retrieval_setting"]},
    "example": {
        "knowledge_id": "regulation",
        "query": "客户报修后多久必须响应",
        "retrieval_setting": {"top_k": 3, "score_threshold": 0.5},
    },
}
"""For the API's description: errors are told in Dify's shape, so the web framework does not read the body itself."""


class RetrievalRecord(BaseModel):
    content: str
    score: float = Field(description="0 到 1：首条为答案的可信度，其余按相对得分")
    title: str
    metadata: dict[str, Any]


class RetrievalAnswer(BaseModel):
    records: list[RetrievalRecord]


class DifyRetrieval:
    """Without ``access`` nobody has a key."""

    def __init__(self, search: SearchService, access: DifyAccess | None) -> None:
        self._search = search
        self._access = access

    def authorize(self, authorization: str | None) -> Principal:
        """
        Raises:
            DifyError: 1001 the header is not ``Bearer <key>``; 1002 the key is not ours.
        """
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            message = "Authorization 请求头应为：Bearer <API Key>"
            raise DifyError(HTTPStatus.UNAUTHORIZED, 1001, message)
        access = self._access
        if access is None or not hmac.compare_digest(key.strip().encode(), access.api_key.encode()):
            raise DifyError(HTTPStatus.UNAUTHORIZED, 1002, "API Key 无效，请核对 KB_INTEGRATIONS 文件中的 dify.api_key")
        return Principal("dify", access.clearance, access.departments)

    def retrieve(self, authorization: str | None, body: bytes) -> RetrievalAnswer:
        """The best passages. Nothing of the body is read before the key is found right.

        Raises:
            DifyError: also 2001 for an unknown ``knowledge_id``, 400 for what cannot be read or filtered by.
        """
        principal = self.authorize(authorization)
        try:
            request = RetrievalRequest.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "请求体"
            raise DifyError(HTTPStatus.BAD_REQUEST, 400, f"{place}：{explain_validation(first)}") from error
        if request.knowledge_id not in (_ALL_KINDS, *Kind):
            known = "、".join((_ALL_KINDS, *Kind))
            message = f"没有知识库“{request.knowledge_id}”，可用：{known}"
            raise DifyError(HTTPStatus.NOT_FOUND, 2001, message)
        setting = request.retrieval_setting
        limit = min(setting.top_k, _MOST_RECORDS)
        asked = SearchRequest(query=request.query, limit=limit, filters=_filters(request))
        found = self._search.search(asked, principal)
        records = _records(found.hits, found.confidence)[: setting.top_k]
        return RetrievalAnswer(records=[one for one in records if one.score >= setting.score_threshold])


def _records(hits: list[Hit], confidence: float) -> list[RetrievalRecord]:
    """Each passage a record, best first.

    Our scores have no upper bound, Dify's are 0 to 1: the first passage has the answer's confidence, others a share.
    """
    found = [(hit, passage) for hit in hits for passage in (hit, *_further(hit))]
    found.sort(key=lambda one: -one[1].score)
    best = found[0][1].score if found else 0.0
    return [
        RetrievalRecord(
            content=hit.parent.text if passage is hit and hit.parent else passage.text,
            score=round(confidence * max(0.0, passage.score / best), 4) if best > 0 else 0.0,
            title=hit.title,
            metadata={
                "document_id": hit.document_id,
                "kind": hit.kind.value,
                "citation": passage.citation.label,
                "url": passage.citation.url,
                "product": hit.product or "",
            },
        )
        for hit, passage in found
    ]


def _further(hit: Hit) -> list[Passage]:
    """The document's other passages that do not stand in the article that the best one is shown with."""
    around = hit.parent.citation if hit.parent else None
    return [
        one
        for one in hit.more
        if around is None or not around.start_char <= one.citation.start_char < one.citation.end_char <= around.end_char
    ]


def _filters(request: RetrievalRequest) -> SearchFilters:
    kinds = [] if request.knowledge_id == _ALL_KINDS else [request.knowledge_id]
    chosen: dict[str, list[str]] = {}
    condition = request.metadata_condition
    for comparison in condition.conditions if condition else []:
        values = comparison.value if isinstance(comparison.value, list) else [comparison.value]
        names = comparison.name if isinstance(comparison.name, list) else [comparison.name]
        field = _FILTERS.get(names[0]) if len(names) == 1 else None
        is_clear = comparison.comparison_operator in ("is", "in") and all(isinstance(one, str) for one in values)
        is_joined = condition is not None and condition.logical_operator == "or" and len(condition.conditions) > 1
        if field is None or field in chosen or not is_clear or is_joined or not values:
            message = "metadata_condition 只支持 product、document_id 各一条，用 is 或 in，以 and 相连"
            raise DifyError(HTTPStatus.BAD_REQUEST, 400, message)
        chosen[field] = [str(one) for one in values]
    return SearchFilters.model_validate({"kinds": kinds, **chosen})
