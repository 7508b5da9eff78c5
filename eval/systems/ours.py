"""The service's own search."""

from eval.measures import Found
from eval.systems.protocol import Answer
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.models import SearchRequest


class Ours:
    """Asks the search of an opened, warmed-up runtime, as the API does."""

    name = "kb-service"

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def answer(self, text: str, limit: int) -> Answer:
        response = self._runtime.search.search(SearchRequest(query=text, limit=limit), LOOPBACK)
        found = [Found(hit.document_id, hit.text, hit.answer.text if hit.answer else "") for hit in response.hits]
        return Answer(found, response.answered)
