"""Sends one event to one subscriber, signed as a Standard Webhook."""

from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from kb_service.integrations.configuration import Subscription

_TIMEOUT = httpx.Timeout(10, connect=5)
"""Seconds, for each of connecting, writing and waiting."""
_LONGEST_ERROR = 500


class NotTakenError(Exception):
    """The subscriber could not be reached, or did not answer with a 2xx status."""


class Sender:
    """Follows no redirects: who moved tells us in the configuration. Safe to call from several threads."""

    def __init__(self) -> None:
        # Proxies of the environment are left out: subscribers are named by address, mostly within the house.
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)

    def send(self, subscription: Subscription, webhook_id: str, body: str, now: datetime) -> None:
        """
        Raises:
            NotTakenError: says why.
        """
        moment = now.astimezone(UTC)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "kb-service",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(subscription.secret).sign(webhook_id, moment, body),
        }
        try:
            # The answer's body is of no interest and is not read.
            with self._client.stream("POST", str(subscription.url), content=body.encode(), headers=headers) as response:
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotTakenError(f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]) from error
        if not 200 <= status < 300:
            raise NotTakenError(f"HTTP {status}")

    def close(self) -> None:
        self._client.close()
