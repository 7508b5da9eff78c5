"""What can be wrong with a step of an article's life."""

from collections.abc import Iterable

from kb_service.articles.lifecycle import ArticleAction, ArticleState
from kb_service.articles.wording import ACTION_NAMES, STATE_NAMES
from kb_service.errors import ConflictError, ForbiddenError, NotFoundError
from kb_service.tickets.lifecycle import TicketState
from kb_service.tickets.wording import STATE_NAMES as TICKET_STATE_NAMES


class ArticleNotFoundError(NotFoundError):
    code = "article-not-found"

    def __init__(self, article_id: str) -> None:
        super().__init__(f"没有编号为“{article_id}”的知识文章。请核对编号，或在文章列表中查找")


class IllegalArticleActionError(ConflictError):
    """The article's state does not allow it."""

    code = "illegal-action"

    def __init__(self, action: ArticleAction, state: ArticleState, allowed: Iterable[ArticleAction]) -> None:
        known = list(allowed)
        names = "、".join(ACTION_NAMES[one] for one in known)
        detail = f"文章处于“{STATE_NAMES[state]}”，不能“{ACTION_NAMES[action]}”。现在可以：{names}"
        super().__init__(detail, {"state": state.value, "allowed_actions": [one.value for one in known]})


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
        others = "、".join(name for name in names if name != actor)
        told = f"（同为撰写人的还有{others}）" if others else ""
        detail = f"“{actor}”参与了这一稿的撰写{told}，不能自己审核。请另一位同事审核"
        super().__init__(detail, {"writers": names})


class TicketNotSolvedError(ConflictError):
    """There is nothing to learn from a ticket yet."""

    code = "ticket-not-solved"

    def __init__(self, ticket_id: str, state: TicketState) -> None:
        detail = (
            f"工单 {ticket_id} 处于“{TICKET_STATE_NAMES[state]}”，没有解决办法可写成文章。"
            "请等它解决，或自行填写标题与现象（title、symptom）"
        )
        super().__init__(detail, {"state": state.value})


class ArticleExistsError(ConflictError):
    """A ticket is to be drafted from of which an article was written before."""

    code = "article-exists"

    def __init__(self, ticket_id: str, articles: Iterable[str]) -> None:
        names = list(articles)
        detail = (
            f"工单 {ticket_id} 已写成文章 {'、'.join(names)}，请在其上修改。"
            "确需另写一篇时，不从工单起草，自行填写标题与现象（title、symptom），并把它列为来源工单（source_tickets）"
        )
        super().__init__(detail, {"article_ids": names})


class LinkedTicketError(ConflictError):
    code = "ticket-link"

    def __init__(self, article_id: str, ticket_id: str, *, linked: bool) -> None:
        state = "已经关联" if linked else "没有关联"
        super().__init__(f"文章 {article_id} {state}工单 {ticket_id}，无需再操作")
