"""What can be wrong with a decision about a gap."""

from kb_service.errors import ConflictError, NotFoundError


class GapNotFoundError(NotFoundError):
    code = "gap-not-found"

    def __init__(self, gap_id: str) -> None:
        super().__init__(f"没有编号为“{gap_id}”的知识缺口：可能已有答案，或检索记录已过保存期。请重新列出")


class GapDecidedError(ConflictError):
    """Somebody has seen to it already."""

    code = "gap-decided"

    def __init__(self, gap_id: str, state: str, article_id: str | None) -> None:
        done = f"已起草文章 {article_id}" if article_id else "已被忽略"
        super().__init__(f"知识缺口 {gap_id} {done}，无需再处理", {"state": state, "article_id": article_id})
