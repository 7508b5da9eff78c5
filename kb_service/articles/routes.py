"""``/v1/articles``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response, status

from kb_service.articles.findings import ArticleFindings
from kb_service.articles.lifecycle import ArticleState
from kb_service.articles.models import Article, ArticleActionRequest, ArticleHistory, ArticlePage, ArticleRequest
from kb_service.articles.reviewing import ArticleReviewList
from kb_service.articles.workflow import ArticleWorkflow, build_workflow
from kb_service.dependencies import CurrentPrincipal, CurrentRuntime, get_principal
from kb_service.tickets.tables import LONGEST_NAME

router = APIRouter(prefix="/v1/articles", tags=["articles"], dependencies=[Depends(get_principal)])

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=LONGEST_NAME, description="同一键的同一请求只执行一次，重发得到该文章的现状"),
]


@router.post(
    "",
    operation_id="createArticle",
    summary="起草知识文章：从已解决的工单，或自行填写",
    status_code=status.HTTP_201_CREATED,
)
def create_article(
    request: ArticleRequest, response: Response, runtime: CurrentRuntime, idempotency_key: IdempotencyKey = None
) -> Article:
    """客户名称与个人信息会被遮盖。"""
    article = runtime.articles.create(request, idempotency_key)
    response.headers["Location"] = f"/v1/articles/{article.article_id}"
    return article


@router.get("", operation_id="listArticles", summary="知识文章，最新的在前")
def list_articles(
    runtime: CurrentRuntime,
    state: Annotated[list[ArticleState] | None, Query()] = None,
    live: Annotated[bool | None, Query(description="只看有（或没有）已发布文本的")] = None,
    source_ticket: Annotated[str | None, Query(pattern=r"^T[1-9]\d{0,9}$", description="只看来自这张工单的")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^A[1-9]\d{0,9}$", description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ArticlePage:
    return runtime.articles.list(states=state or (), live=live, source_ticket=source_ticket, cursor=cursor, limit=limit)


@router.get(
    "/review",
    operation_id="listArticlesToReview",
    summary="待复审的文章：到期、被标记、与新办法矛盾、改后采用、久未使用、重复",
)
def list_articles_to_review(
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    unused_days: Annotated[int, Query(ge=1, le=3_650, description="多少天没有解决过工单算久未使用")] = 90,
    limit: Annotated[int, Query(ge=1, le=200, description="每一类最多几篇")] = 50,
) -> ArticleReviewList:
    return runtime.article_reviews.find(principal, unused_days=unused_days, limit=limit)


@router.get("/workflow", operation_id="getArticleWorkflow", summary="文章流程：状态、步骤、各栏与标记的名称")
def get_article_workflow() -> ArticleWorkflow:
    return build_workflow()


@router.get(
    "/{article_id}/findings", operation_id="getArticleFindings", summary="使用中发现的：改后采用的办法，与新办法的矛盾"
)
def get_article_findings(article_id: str, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ArticleFindings:
    """只算最近一次发布或复核之后的。"""
    return runtime.article_usage.find(article_id, principal)


@router.get("/{article_id}", operation_id="getArticle", summary="一篇知识文章")
def get_article(article_id: str, runtime: CurrentRuntime) -> Article:
    return runtime.articles.get(article_id)


@router.get("/{article_id}/events", operation_id="getArticleHistory", summary="文章的全部经过")
def get_article_history(article_id: str, runtime: CurrentRuntime) -> ArticleHistory:
    return runtime.articles.history(article_id)


@router.post("/{article_id}/actions", operation_id="actOnArticle", summary="一步：送审、退回、发布、修订、归档、关联…")
def act_on_article(
    article_id: str, request: ArticleActionRequest, runtime: CurrentRuntime, idempotency_key: IdempotencyKey = None
) -> Article:
    """发布与归档随即反映到检索。修改已发布的文章（edit）成为待审的修订，审核通过前检索仍得到原文。"""
    return runtime.articles.act(article_id, request, idempotency_key)
