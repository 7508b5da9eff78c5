"""How the department says it: kinds, states, steps and their fields in Chinese."""

from kb_service.field_naming import FieldNaming
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState
from kb_service.tickets.linking import Relation

KIND_NAMES = {
    TicketKind.INCIDENT: "故障",
    TicketKind.SERVICE_REQUEST: "服务请求",
    TicketKind.PRESALES_REQUEST: "售前支持",
    TicketKind.QUESTION: "咨询",
}

STATE_NAMES = {
    TicketState.NEW: "新建",
    TicketState.TRIAGED: "已分类",
    TicketState.AWAITING_APPROVAL: "待审批",
    TicketState.APPROVED: "已批准",
    TicketState.ASSIGNED: "已分派",
    TicketState.IN_PROGRESS: "处理中",
    TicketState.WAITING_FOR_CUSTOMER: "等待客户",
    TicketState.ESCALATED: "已升级",
    TicketState.SCHEME_READY: "方案已出",
    TicketState.QUOTED: "已报价",
    TicketState.RESOLVED: "已解决",
    TicketState.CLOSED: "已关闭",
    TicketState.REOPENED: "已重开",
    TicketState.REJECTED: "已驳回",
    TicketState.CANCELLED: "已取消",
}

RELATION_NAMES = {
    Relation.DUPLICATE_OF: "重复于",
    Relation.RELATED: "相关",
    Relation.FOLLOW_UP_OF: "后续于",
    Relation.CAUSED_BY: "起因于",
    Relation.HAS_DUPLICATE: "有重复单",
    Relation.HAS_FOLLOW_UP: "有后续单",
    Relation.CAUSE_OF: "引起了",
}

STATE_GROUPS = {
    "待处理": (
        TicketState.NEW,
        TicketState.TRIAGED,
        TicketState.AWAITING_APPROVAL,
        TicketState.APPROVED,
        TicketState.ASSIGNED,
        TicketState.ESCALATED,
        TicketState.REOPENED,
    ),
    "处理中": (TicketState.IN_PROGRESS,),
    "等待客户": (TicketState.WAITING_FOR_CUSTOMER, TicketState.SCHEME_READY, TicketState.QUOTED),
    "已解决": (TicketState.RESOLVED, TicketState.CLOSED),
}
"""What a queue is looked through by: who has to do something next. Nobody waits for what was refused or cancelled."""

ACTION_NAMES = {
    Action.CREATE: "登记",
    Action.TRIAGE: "分类定级",
    Action.REQUEST_APPROVAL: "提请审批",
    Action.APPROVE: "批准",
    Action.REJECT: "驳回",
    Action.ASSIGN: "分派",
    Action.START: "开始处理",
    Action.RESPOND: "回复客户",
    Action.COMMENT: "备注",
    Action.CHANGE_PRIORITY: "调整优先级",
    Action.ASK_CUSTOMER: "请客户补充",
    Action.CUSTOMER_REPLIED: "客户已答复",
    Action.ESCALATE: "升级",
    Action.SUBMIT_SCHEME: "提交方案",
    Action.QUOTE: "报价",
    Action.REVISE: "退回修改",
    Action.RESOLVE: "解决",
    Action.CONFIRM: "客户确认，关闭",
    Action.NOT_SOLVED: "仍未解决",
    Action.CLOSE_UNREACHABLE: "联系不上，关闭",
    Action.REOPEN: "重开",
    Action.CANCEL: "取消工单",
    Action.RATE: "满意度评分",
    Action.ADOPT_SOLUTION: "采用方案",
    Action.REJECT_SOLUTION: "否决方案",
    Action.MISS_FOLLOW_UP: "回访未接通",
    Action.REVIEW_RATING: "低分复查",
    Action.SUBMIT_PROPOSAL: "提交初步建议书",
    Action.LINK: "关联工单",
    Action.UNLINK: "解除关联",
}

FIELD_NAMES = {
    "title": "标题",
    "document_title": "方案",
    "customer": "客户",
    "channel": "渠道",
    "product": "产品",
    "contract": "合同",
    "category": "分类",
    "priority": "优先级",
    "assignee": "处理人",
    "to_level": "升级到",
    "reason": "原因",
    "text": "说明",
    "tried": "已尝试",
    "cause": "原因分析",
    "solution": "解决办法",
    "minutes_worked": "用时（分钟）",
    "satisfaction": "满意度",
    "relation": "本工单",
    "other_ticket_id": "另一张工单的单号",
}

FIELD_NAMING = FieldNaming(
    FIELD_NAMES,
    {
        (Action.RESPOND, "text"): "对客户说的话",
        (Action.COMMENT, "text"): "备注",
        (Action.ASK_CUSTOMER, "text"): "请客户补充什么",
        (Action.CUSTOMER_REPLIED, "text"): "客户的答复",
        (Action.SUBMIT_PROPOSAL, "text"): "初步建议书",
        (Action.SUBMIT_SCHEME, "text"): "方案",
        (Action.QUOTE, "text"): "报价",
        (Action.CONFIRM, "text"): "客户的话",
        (Action.ESCALATE, "to_level"): "升级到几线",
        (Action.ESCALATE, "tried"): "已试过什么、结果如何",
        (Action.RATE, "satisfaction"): "满意度（1 至 5）",
        (Action.MISS_FOLLOW_UP, "text"): "三次联系的时间，邮件何时发出",
        (Action.REVIEW_RATING, "reason"): "低分的原因",
        (Action.REVIEW_RATING, "text"): "改进措施，何时告知了客户",
        (Action.ADOPT_SOLUTION, "text"): "改后的办法",
        (Action.REOPEN, "priority"): "优先级（不填则升一级）",
    },
)
