"""What states, kinds, steps and their fields are called in documents."""

from kb_service.tickets.clocks import ClockState
from kb_service.tickets.lifecycle import Action, TicketKind, TicketState

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
ACTION_NAMES = {
    Action.CREATE: "登记",
    Action.TRIAGE: "分类定级",
    Action.REQUEST_APPROVAL: "提交审批",
    Action.APPROVE: "批准",
    Action.REJECT: "驳回",
    Action.ASSIGN: "分派",
    Action.START: "开始处理",
    Action.RESPOND: "联系客户",
    Action.COMMENT: "备注",
    Action.CHANGE_PRIORITY: "调整优先级",
    Action.ASK_CUSTOMER: "等待客户",
    Action.CUSTOMER_REPLIED: "客户回复",
    Action.ESCALATE: "升级",
    Action.SUBMIT_SCHEME: "提交方案",
    Action.QUOTE: "报价",
    Action.REVISE: "修改方案",
    Action.RESOLVE: "解决",
    Action.CONFIRM: "客户确认",
    Action.NOT_SOLVED: "客户反馈未解决",
    Action.CLOSE_UNREACHABLE: "联系不上客户而关闭",
    Action.REOPEN: "重开",
    Action.CANCEL: "取消",
    Action.RATE: "客户评价",
}
FIELD_NAMES = {
    "title": "标题",
    "customer": "客户",
    "channel": "渠道",
    "product": "产品",
    "contract": "合同",
    "category": "类别",
    "priority": "优先级",
    "assignee": "负责人",
    "to_level": "升级到",
    "reason": "原因",
    "text": "内容",
    "tried": "已尝试",
    "cause": "问题原因",
    "solution": "解决办法",
    "minutes_worked": "工时（分钟）",
    "satisfaction": "满意度",
}
CLOCK_NAMES = {
    ClockState.RUNNING: "计时中",
    ClockState.WARNING: "即将到期",
    ClockState.BREACHED: "已逾期",
    ClockState.PAUSED: "暂停（等待客户）",
    ClockState.MET: "达标",
    ClockState.MISSED: "超时",
    ClockState.VOID: "未到期已结束",
}
LEVEL_NAMES = {1: "一线", 2: "二线", 3: "三线"}
NOBODY = "（未填）"
