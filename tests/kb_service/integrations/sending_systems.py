"""The foreign systems' side: their payloads, and requests signed as each of them signs.

Written without the code under test, so that the two do not err alike.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).with_name("payloads")
GENERIC_KEY = b"\x07" * 32
SECRETS = {
    "zammad": "zammad-secret-of-hengchuan",
    "chatwoot": "chatwoot-secret-of-hengchuan",
    "jira": "jira-secret-of-hengchuan",
    "glpi": "glpi-secret-of-hengchuan",
    "znuny": "znuny:a-password-of-hengchuan",
    "generic": "whsec_" + base64.b64encode(GENERIC_KEY).decode(),
}


def load_payload(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return payload


def to_body(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


def _hmac(algorithm: str, key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, getattr(hashlib, algorithm)).digest()


def sign(system: str, body: bytes, at: datetime, delivery_id: str = "d-1") -> dict[str, str]:
    """The headers that the system sends with the body; lower-case, as they arrive."""
    key, seconds = SECRETS[system].encode(), str(int(at.timestamp()))
    if system == "zammad":
        return {"x-hub-signature": "sha1=" + _hmac("sha1", key, body).hex(), "x-zammad-delivery": delivery_id}
    if system == "jira":
        signature = "sha256=" + _hmac("sha256", key, body).hex()
        return {"x-hub-signature": signature, "x-atlassian-webhook-identifier": delivery_id}
    if system == "chatwoot":
        signature = "sha256=" + _hmac("sha256", key, f"{seconds}.".encode() + body).hex()
        return {
            "x-chatwoot-signature": signature,
            "x-chatwoot-timestamp": seconds,
            "x-chatwoot-delivery": delivery_id,
        }
    if system == "glpi":
        signature = _hmac("sha256", key, body + seconds.encode()).hex()
        return {"x-glpi-signature": signature, "x-glpi-timestamp": seconds}
    if system == "znuny":
        return {"authorization": "Basic " + base64.b64encode(key).decode()}
    signature = base64.b64encode(_hmac("sha256", GENERIC_KEY, f"{delivery_id}.{seconds}.".encode() + body)).decode()
    return {"webhook-id": delivery_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}
