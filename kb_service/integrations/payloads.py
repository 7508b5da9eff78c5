"""A webhook's bytes -> JSON -> the fields that a system promises; what it sends besides is ignored."""

import hashlib
from datetime import UTC, datetime
from html import unescape
from typing import Annotated, Any, TypeVar

from bs4 import BeautifulSoup
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import from_json

from kb_service.errors import explain_validation
from kb_service.integrations.errors import UnreadablePayloadError

_MILLISECONDS_FROM = 100_000_000_000
"""Greater numbers are times in milliseconds: as seconds they would lie beyond the year 5000."""


class Payload(BaseModel):
    """Base of the systems' payloads: only what is read of them is declared."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


Read = TypeVar("Read", bound=Payload)


def parse_object(body: bytes) -> dict[str, Any]:
    """
    Raises:
        UnreadablePayloadError: it is no JSON object.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise UnreadablePayloadError("请求体", "不是合法的 JSON") from error
    if not isinstance(value, dict):
        raise UnreadablePayloadError("请求体", "应为 JSON 对象")
    return value


def read_as(shape: type[Read], payload: dict[str, Any]) -> Read:
    """
    Raises:
        UnreadablePayloadError: a field that is needed is missing or of another type; says which.
    """
    try:
        return shape.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnreadablePayloadError(place or "请求体", explain_validation(first)) from error


def get_header(value: str | None, name: str) -> str:
    """A header without which the webhook cannot be told from others.

    Raises:
        UnreadablePayloadError: it is missing.
    """
    if value is None or not value.strip():
        raise UnreadablePayloadError(name, "缺失（请求头）")
    return value.strip()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def html_to_text(html: str) -> str:
    """The words of a text that is written as HTML; each block a line."""
    text = BeautifulSoup(html, "lxml").get_text("\n") if "<" in html else unescape(html)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _read_moment(value: Any) -> Any:
    """As the systems write times: Unix seconds or milliseconds, ISO 8601, or Rails' ``… UTC``; bare ones are UTC."""
    if value is None or isinstance(value, bool):
        return value
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS_FROM else value, UTC)
        moment = datetime.fromisoformat(str(value).strip().removesuffix(" UTC"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("看不懂的时刻") from error


Moment = Annotated[datetime, BeforeValidator(_read_moment)]
