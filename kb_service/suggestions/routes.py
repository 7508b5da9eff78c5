"""``/v1/suggestions`` and ``/v1/tickets/{ticket_id}/suggestions``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from kb_service.dependencies import CurrentPrincipal, CurrentRuntime, get_principal
from kb_service.suggestions.models import (
    FeedbackRequest,
    Suggestion,
    SuggestionRecord,
    SuggestionRequest,
    TicketRules,
    TicketSuggestionRequest,
    TicketSuggestions,
)

router = APIRouter(prefix="/v1", tags=["suggestions"], dependencies=[Depends(get_principal)])


@router.post("/suggestions", operation_id="suggest", summary="为其他系统的工单推荐方案")
def suggest(request: SuggestionRequest, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Suggestion:
    return runtime.suggestions.suggest(request, principal)


@router.post("/tickets/{ticket_id}/suggestions", operation_id="suggestForTicket", summary="为本系统的工单推荐方案")
def suggest_for_ticket(
    ticket_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal, request: TicketSuggestionRequest | None = None
) -> Suggestion:
    return runtime.suggestions.suggest_for(ticket_id, request or TicketSuggestionRequest(), principal)


@router.get("/tickets/{ticket_id}/suggestions", operation_id="listTicketSuggestions", summary="为工单推荐过的方案")
def list_ticket_suggestions(
    ticket_id: str,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    limit: Annotated[int, Query(ge=1, le=50, description="最多几次推荐")] = 10,
) -> TicketSuggestions:
    """只读以前的推荐及其反馈，不产生新的推荐。"""
    return runtime.earlier_suggestions.find(ticket_id, limit, principal)


@router.get("/tickets/{ticket_id}/rules", operation_id="getTicketRules", summary="工单现在适用的规定")
def get_ticket_rules(ticket_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal) -> TicketRules:
    return TicketRules(ticket_id=ticket_id, rules=runtime.suggestions.rules_for(ticket_id, principal))


@router.get("/suggestions/{suggestion_id}", operation_id="getSuggestion", summary="一次推荐及其全部反馈")
def get_suggestion(suggestion_id: str, runtime: CurrentRuntime) -> SuggestionRecord:
    return runtime.ledger.get(suggestion_id)


@router.post("/suggestions/{suggestion_id}/feedback", operation_id="giveFeedback", summary="反馈一条方案的结果")
def give_feedback(suggestion_id: str, request: FeedbackRequest, runtime: CurrentRuntime) -> SuggestionRecord:
    return runtime.ledger.give_feedback(suggestion_id, request)
