"""What can be wrong with a request for a report."""

from http import HTTPStatus

from kb_service.errors import ServiceError


class PeriodError(ServiceError):
    """The text names no calendar period."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid-period"
    title = "报告期写法不对"

    def __init__(self, text: str) -> None:
        super().__init__(f"看不懂报告期“{text}”。月份写成 2026-11，季度写成 2026-Q4（1970 年以后）")


class FuturePeriodError(ServiceError):
    """The period has not begun."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "period-in-future"
    title = "报告期尚未开始"

    def __init__(self, text: str, begins: str) -> None:
        super().__init__(f"报告期“{text}”要到 {begins} 才开始，请选择本期或以前的报告期")
