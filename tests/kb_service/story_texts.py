"""What the whole story is told with, over HTTP and in the browser."""

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU="
TEXTS = (
    "tickets/erp.jsonl",
    "faq/business.jsonl",
    "regulations/service-level.md",
    "regulations/first-and-second-line.md",
    "regulations/support-workflow-by-chapter.md",
)
SYMPTOM = "今早应付账龄表一点开就报 PPR-9087，日志里有 ORA-04063"


def sign_delivery(kind: str, delivery_id: str, **ticket: Any) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook in the generic format, about ticket R-1001 of the customer's own system."""
    now = datetime.now(UTC)
    data = {"ticket": {"id": "R-1001", **ticket}, "who": "林小禾"}
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
    headers = {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(delivery_id, now, body),
        "content-type": "application/json",
    }
    return body.encode(), headers
