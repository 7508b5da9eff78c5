"""What can be wrong with a webhook, a delivery or the file that configures them."""

from http import HTTPStatus

from kb_service.errors import ConflictError, NotFoundError, ServiceError


class IntegrationsError(ServiceError):
    """The file of connections and subscriptions cannot be used."""

    code = "integrations"
    title = "外部系统配置有误"


class ConnectionNotFoundError(NotFoundError):
    code = "connection-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的外部系统连接。请核对地址，或在 KB_INTEGRATIONS 的文件中配置")


class BadSignatureError(ServiceError):
    """The webhook was not signed with the connection's secret."""

    status = HTTPStatus.UNAUTHORIZED
    code = "bad-signature"
    title = "签名不符"

    def __init__(self, header: str) -> None:
        super().__init__(f"请求头 {header} 缺失或与内容不符。请核对两边配置的密钥，并确认途中没有改动请求体")


class StaleWebhookError(ServiceError):
    """Signed, but too long ago or ahead of time: perhaps recorded and sent once more."""

    status = HTTPStatus.UNAUTHORIZED
    code = "stale-webhook"
    title = "请求已过时"

    def __init__(self, header: str, tolerance_seconds: float) -> None:
        super().__init__(
            f"请求头 {header} 与本机时间相差超过 {tolerance_seconds:g} 秒。请校准两边的时钟，"
            "或调大该连接的 clock_tolerance_seconds"
        )


class ReplayedError(ConflictError):
    """A body that was taken before comes under another delivery id, which the system does not sign."""

    code = "replayed"

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"内容相同的请求已作为“{delivery_id}”收过，这次没有执行")


class PayloadTooLargeError(ServiceError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "payload-too-large"
    title = "请求体过大"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"请求体超过 {most_bytes:,} 字节，没有读取。请让外部系统不要附带附件")


class UnreadablePayloadError(ServiceError):
    """A signed webhook that is not what its system sends."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unreadable-payload"
    title = "请求内容不符合该系统的格式"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(
            f"字段“{field}”{message}。请核对该连接的 system，以及外部系统中 webhook 的内容模板", {"field": field}
        )


class DeliveryNotFoundError(NotFoundError):
    code = "delivery-not-found"

    def __init__(self, key: int) -> None:
        super().__init__(f"没有编号为 {key} 的死信。全部死信见 /v1/integrations/dead-letters")
