"""What clocks and lines of support are called in documents; the rest is in `kb_service.tickets.wording`."""

from kb_service.tickets.clocks import ClockState

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
