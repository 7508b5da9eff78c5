"""Which foreign systems send to us, and who is told of our tickets' events: a YAML file, read once."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from kb_service.errors import explain_first
from kb_service.integrations.errors import ConnectionNotFoundError, IntegrationsError
from kb_service.integrations.event_types import KNOWN_TYPES
from kb_service.settings_file import read_settings_file

SECRET_PREFIX = "whsec_"
_FEWEST_SECRET_BYTES = 24
"""What Standard Webhooks asks for."""

ConnectionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Secret = Annotated[str, StringConstraints(min_length=16, max_length=500)]
SystemName = Literal["zammad", "chatwoot", "jira", "glpi", "znuny", "generic"]


class Connection(BaseModel):
    """A foreign system whose webhooks are taken. ``clock_tolerance_seconds`` is the system's own where None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ConnectionName
    system: SystemName
    secret: Secret = Field(repr=False)
    clock_tolerance_seconds: float | None = Field(None, gt=0, le=7 * 24 * 3600)

    @model_validator(mode="after")
    def _fits_the_system(self) -> "Connection":
        if self.system == "generic":
            check_webhook_secret(self.secret)
        if self.system == "znuny" and ":" not in self.secret:
            raise PydanticCustomError("secret", "连接“{name}”的 secret 应写成“用户名:密码”", {"name": self.name})
        return self


class Subscription(BaseModel):
    """Someone who is told of our tickets' events; no ``events`` means all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ConnectionName
    url: HttpUrl
    secret: Secret = Field(repr=False)
    events: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _is_usable(self) -> "Subscription":
        check_webhook_secret(self.secret)
        if unknown := sorted(self.events - set(KNOWN_TYPES)):
            known = "、".join(KNOWN_TYPES)
            raise PydanticCustomError(
                "events", "没有事件“{unknown}”。可用：{known}", {"unknown": unknown[0], "known": known}
            )
        return self

    def wants(self, event: str) -> bool:
        return not self.events or event in self.events


class DifyAccess(BaseModel):
    """Who asks with this key reads what the clearance and the departments allow; None means all departments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: Secret = Field(repr=False)
    clearance: int = Field(0, ge=0)
    departments: frozenset[str] | None = frozenset()


class Integrations(BaseModel):
    """All that the file states."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connections: tuple[Connection, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    dify: DifyAccess | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Integrations":
        for group in (self.connections, self.subscriptions):
            names = [one.name for one in group]
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise PydanticCustomError("names", "名称“{name}”用了两次", {"name": twice})
        return self

    @classmethod
    def build(cls, stated: Mapping[str, Any]) -> "Integrations":
        """
        Raises:
            IntegrationsError: something in it cannot be used.
        """
        try:
            return cls.model_validate(stated)
        except ValidationError as error:
            raise IntegrationsError(explain_first(error)) from None

    @classmethod
    def load(cls, path: Path | None) -> "Integrations":
        """From a YAML file; without one there are no connections.

        Raises:
            IntegrationsError: the file cannot be read or used.
        """
        if path is None:
            return cls()
        stated = read_settings_file(path, "KB_INTEGRATIONS", IntegrationsError)
        try:
            return cls.build(stated)
        except IntegrationsError as error:
            raise IntegrationsError(f"{path}：{error.detail}") from error

    def get_connection(self, name: str) -> Connection:
        """
        Raises:
            ConnectionNotFoundError
        """
        for connection in self.connections:
            if connection.name == name:
                return connection
        raise ConnectionNotFoundError(name)


def check_webhook_secret(secret: str) -> None:
    """Whether Standard Webhooks can sign with it."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(SECRET_PREFIX) or len(key) < _FEWEST_SECRET_BYTES:
        raise PydanticCustomError("secret", "secret 应为 whsec_ 加 24 个以上随机字节的 Base64")
