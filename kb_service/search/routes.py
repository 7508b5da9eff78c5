"""``/v1/search``."""

from fastapi import APIRouter

from kb_service.dependencies import CurrentPrincipal, CurrentRuntime
from kb_service.search.models import SearchFilters, SearchRequest, SearchResponse

router = APIRouter(prefix="/v1", tags=["search"])


@router.post("/search", operation_id="search", summary="检索")
def search(request: SearchRequest, runtime: CurrentRuntime, principal: CurrentPrincipal) -> SearchResponse:
    """在制度、常见问题、手册与历史工单中检索，每条命中附可核对的出处。"""
    response = runtime.search.search(request, principal)
    runtime.search_log.note(
        request.query,
        answered=response.answered,
        confidence=response.confidence,
        filtered=request.filters != SearchFilters(),
    )
    return response
