"""How the department says it: an article's states, steps, fields and doubts in Chinese."""

from kb_service.articles.lifecycle import ArticleAction, ArticleState, FlagReason
from kb_service.field_naming import FieldNaming

STATE_NAMES = {
    ArticleState.DRAFT: "草稿",
    ArticleState.IN_REVIEW: "审核中",
    ArticleState.PUBLISHED: "已发布",
    ArticleState.ARCHIVED: "已归档",
}

ACTION_NAMES = {
    ArticleAction.CREATE: "起草",
    ArticleAction.EDIT: "修改",
    ArticleAction.SUBMIT: "提交审核",
    ArticleAction.SEND_BACK: "退回",
    ArticleAction.PUBLISH: "发布",
    ArticleAction.REVISE: "修订",
    ArticleAction.DISCARD_REVISION: "放弃修订",
    ArticleAction.CONFIRM: "复核通过",
    ArticleAction.FLAG: "标记问题",
    ArticleAction.LINK: "关联工单",
    ArticleAction.UNLINK: "取消关联",
    ArticleAction.ARCHIVE: "归档",
    ArticleAction.RESTORE: "重新起草",
}

FLAG_NAMES = {
    FlagReason.OUTDATED: "过时",
    FlagReason.WRONG: "有误",
    FlagReason.DUPLICATE: "重复",
    FlagReason.UNCLEAR: "不清楚",
}

FIELD_NAMES = {
    "title": "标题",
    "symptom": "现象",
    "environment": "环境",
    "cause": "原因",
    "solution": "解决办法",
    "product": "产品",
    "category": "类别",
    "product_version": "适用版本",
    "source_tickets": "来源工单",
    "reason": "理由",
    "flag": "问题",
    "ticket_id": "单号",
    "review_due_at": "下次复核",
}

FIELD_NAMING = FieldNaming(
    FIELD_NAMES,
    {
        (ArticleAction.SEND_BACK, "reason"): "退回的理由",
        (ArticleAction.DISCARD_REVISION, "reason"): "放弃的理由",
        (ArticleAction.FLAG, "reason"): "说明",
        (ArticleAction.ARCHIVE, "reason"): "归档的理由",
        (ArticleAction.RESTORE, "reason"): "重新起草的理由",
    },
)
