"""A service that runs somewhere, asked over HTTP."""

import httpx

from eval.measures import Found
from eval.systems.protocol import Answer

_TIMEOUT_SECONDS = 60


class RunningService:
    """``url`` is the service's root; close it when done."""

    name = "kb-service"

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False)

    def answer(self, text: str, limit: int) -> Answer:
        response = self._client.post("/v1/search", json={"query": text, "limit": limit}).raise_for_status().json()
        hits = sorted(response["hits"], key=lambda hit: hit["rank"])
        found = [Found(hit["document_id"], hit["text"], (hit.get("answer") or {}).get("text", "")) for hit in hits]
        return Answer(found, response["answered"])

    def close(self) -> None:
        self._client.close()
