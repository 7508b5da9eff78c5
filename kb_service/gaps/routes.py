"""``/v1/gaps``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from kb_service.articles.models import Article
from kb_service.dependencies import CurrentRuntime, get_principal
from kb_service.gaps.models import Gap, GapDismissal, GapDraftRequest, GapList, GapState, UnwrittenTicketList

router = APIRouter(prefix="/v1/gaps", tags=["gaps"], dependencies=[Depends(get_principal)])

Days = Annotated[int, Query(ge=1, le=3_650, description="只看最近多少天")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("", operation_id="listGaps", summary="知识缺口：搜了却没有答案的问题，相近的归在一起")
def list_gaps(
    runtime: CurrentRuntime,
    state: GapState = GapState.OPEN,
    days: Days = 90,
    at_least: Annotated[int, Query(ge=1, description="至少被问过几次")] = 1,
    limit: Limit = 50,
) -> GapList:
    return runtime.gaps.find(state=state, days=days, at_least=at_least, limit=limit)


@router.get("/tickets", operation_id="listUnwrittenTickets", summary="已解决、却没有写成或用上文章的工单")
def list_unwritten_tickets(runtime: CurrentRuntime, days: Days = 90, limit: Limit = 50) -> UnwrittenTicketList:
    return runtime.gaps.find_unwritten(days=days, limit=limit)


@router.post(
    "/{gap_id}/draft", operation_id="draftFromGap", summary="为缺口起草文章", status_code=status.HTTP_201_CREATED
)
def draft_from_gap(gap_id: str, request: GapDraftRequest, response: Response, runtime: CurrentRuntime) -> Article:
    """没有给出的标题与现象取自用户的问法。"""
    article = runtime.gaps.draft(gap_id, request)
    response.headers["Location"] = f"/v1/articles/{article.article_id}"
    return article


@router.post("/{gap_id}/dismissal", operation_id="dismissGap", summary="忽略缺口，此后相近的问法也不再列出")
def dismiss_gap(gap_id: str, request: GapDismissal, runtime: CurrentRuntime) -> Gap:
    return runtime.gaps.dismiss(gap_id, request)


@router.delete(
    "/{gap_id}/dismissal", operation_id="reopenGap", summary="取消忽略", status_code=status.HTTP_204_NO_CONTENT
)
def reopen_gap(gap_id: str, runtime: CurrentRuntime) -> Response:
    runtime.gaps.reopen(gap_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
