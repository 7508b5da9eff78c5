"""What can be wrong with a step of an article's life."""

from collections.abc import Iterable

from kb_service.articles.lifecycle import ArticleAction, ArticleState
from kb_service.errors import ConflictError, ForbiddenError, NotFoundError


class ArticleNotFoundError(NotFoundError):
    code = "article-not-found"

    def __init__(self, article_id: str) -> None:
        super().__init__(f"没有编号为“{article_id}”的知识文章")


class IllegalArticleActionError(ConflictError):
    """The article's state does not allow it."""

    code = "illegal-action"

    def __init__(self, action: ArticleAction, state: ArticleState, allowed: Iterable[ArticleAction]) -> None:
        names = [one.value for one in allowed]
        detail = f"文章处于“{state}”，不能“{action}”。现在可以：{'、'.join(names)}"
        super().__init__(detail, {"state": state.value, "allowed_actions": names})


class StaleArticleError(ConflictError):
    """Somebody else has changed the article meanwhile."""

    code = "stale-article"

    def __init__(self, article_id: str, seen: int | None, sequence: int) -> None:
        detail = f"文章 {article_id} 已有新的变更（所见 {seen or '未给出'}，现为 {sequence}）。请重新读取后再操作"
        super().__init__(detail, {"sequence": sequence})


class OwnArticleError(ForbiddenError):
    """Nobody reviews what they wrote themselves."""

    code = "own-article"

    def __init__(self, actor: str, writers: Iterable[str]) -> None:
        names = list(writers)
        detail = f"“{actor}”参与了这一稿的撰写（{'、'.join(names)}），不能自己审核。请另一位同事审核"
        super().__init__(detail, {"writers": names})


class TicketNotSolvedError(ConflictError):
    """There is nothing to learn from a ticket yet."""

    code = "ticket-not-solved"

    def __init__(self, ticket_id: str, state: str) -> None:
        detail = f"工单 {ticket_id} 处于“{state}”，没有解决办法可写成文章。请等它解决，或自行填写 title 与 symptom"
        super().__init__(detail, {"state": state})


class ArticleExistsError(ConflictError):
    """A ticket is to be drafted from of which an article was written before."""

    code = "article-exists"

    def __init__(self, ticket_id: str, articles: Iterable[str]) -> None:
        names = list(articles)
        detail = (
            f"工单 {ticket_id} 已写成文章 {'、'.join(names)}，请在其上修改。"
            "确需另写一篇时，自行填写 title 与 symptom，把单号列入 source_tickets"
        )
        super().__init__(detail, {"article_ids": names})


class LinkedTicketError(ConflictError):
    code = "ticket-link"

    def __init__(self, article_id: str, ticket_id: str, *, linked: bool) -> None:
        state = "已经关联" if linked else "没有关联"
        super().__init__(f"文章 {article_id} {state}工单 {ticket_id}，无需再操作")
