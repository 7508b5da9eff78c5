"""What can be wrong with a step of the workflow."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from kb_service.errors import ConflictError, ForbiddenError, NotFoundError, ServiceError
from kb_service.tickets.lifecycle import Action, TicketState
from kb_service.tickets.wording import ACTION_NAMES, STATE_NAMES


class TicketNotFoundError(NotFoundError):
    code = "ticket-not-found"

    def __init__(self, ticket_id: str) -> None:
        super().__init__(f"没有编号为“{ticket_id}”的工单。请核对单号，或在工单队列的“全部”中查找")


class IllegalActionError(ConflictError):
    """The workflow does not allow it in this state."""

    code = "illegal-action"

    def __init__(self, action: Action, state: TicketState, allowed: Iterable[Action]) -> None:
        known = list(allowed)
        names = "、".join(ACTION_NAMES[one] for one in known)
        detail = f"工单处于“{STATE_NAMES[state]}”，不能“{ACTION_NAMES[action]}”。现在可以：{names}"
        super().__init__(detail, {"state": state.value, "allowed_actions": [one.value for one in known]})


class StaleTicketError(ConflictError):
    """Somebody else has changed the ticket meanwhile."""

    code = "stale-ticket"

    def __init__(self, ticket_id: str, seen: int, sequence: int) -> None:
        detail = f"工单 {ticket_id} 已有新的变更（所见 {seen}，现为 {sequence}）。请重新读取后再操作"
        super().__init__(detail, {"sequence": sequence})


class TakenOverError(ConflictError):
    """A foreign system's ticket has become one of ours before."""

    code = "ticket-taken-over"

    def __init__(self, ticket_id: str, source: str, external_id: str) -> None:
        super().__init__(f"“{source}”的工单 {external_id} 已登记为 {ticket_id}", {"ticket_id": ticket_id})


class MissingFieldsError(ServiceError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "missing-fields"
    title = "缺少必填字段"

    def __init__(self, action: str, fields: Mapping[str, str]) -> None:
        """``action`` as people call it; ``fields`` by name, with what people call them."""
        super().__init__(f"操作“{action}”还需要字段：{'、'.join(fields.values())}", {"fields": list(fields)})


class UnfittingFieldsError(ServiceError):
    """A field that has no place in the action: who sent it meant another one."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unfitting-fields"
    title = "字段与操作不符"

    def __init__(self, action: str, fields: Mapping[str, str]) -> None:
        """``action`` as people call it; ``fields`` by name, with what people call them."""
        told = "、".join(fields.values())
        super().__init__(f"操作“{action}”不带字段：{told}。请去掉，或改用相应的操作", {"fields": list(fields)})


class ReopenTooLateError(ConflictError):
    """A ticket is reopened within some days only; later, the problem is a new one."""

    code = "reopen-too-late"

    def __init__(self, ticket_id: str, days: int) -> None:
        super().__init__(f"工单 {ticket_id} 关闭已超过 {days} 天，不能重开。请新建工单，并与原单关联")


class OwnFollowUpError(ForbiddenError):
    """Nobody asks the customer of their own ticket."""

    code = "own-follow-up"

    def __init__(self, actor: str, handlers: Iterable[str]) -> None:
        names = list(handlers)
        detail = f"“{actor}”是这张工单的处理人（{'、'.join(names)}），不能自己回访。请由客户服务专员或其他同事记录"
        super().__init__(detail, {"handlers": names})


class TicketLinkError(ConflictError):
    """Two tickets cannot be linked, or are not."""

    code = "ticket-link"


class ServiceLevelsError(ServiceError):
    """The file of service levels cannot be used."""

    code = "service-levels"
    title = "服务级别文件有误"


class ReusedKeyError(ServiceError):
    """An idempotency key comes with another request than the first time."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency-key-reused"
    title = "幂等键已用于另一请求"

    def __init__(self, key: str) -> None:
        super().__init__(f"幂等键“{key}”已用于内容不同的请求。请为新的请求换一个键")
