"""Checks of signatures and times that several systems share. Compared in constant time."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from kb_service.integrations.errors import BadSignatureError, StaleWebhookError

Headers = Mapping[str, str]
"""Looked up without regard to case, as the web framework's are."""


def check_same(given: str | None, expected: str, header: str) -> None:
    """
    Raises:
        BadSignatureError: they differ, or none was given.
    """
    if given is None or not hmac.compare_digest(given.strip().encode(), expected.encode()):
        raise BadSignatureError(header)


def hmac_hex(algorithm: Literal["sha1", "sha256"], secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, getattr(hashlib, algorithm)).hexdigest()


def check_fresh(seconds: str | None, now: datetime, tolerance_seconds: float, header: str) -> None:
    """Whether a time in Unix seconds is near ``now``. To be asked only of a time that was signed.

    Raises:
        StaleWebhookError: it is not, or is no time.
    """
    text = (seconds or "").strip()
    is_time = text.isascii() and text.isdigit() and len(text) <= 12
    if not is_time or abs(now.timestamp() - int(text)) > tolerance_seconds:
        raise StaleWebhookError(header, tolerance_seconds)
