"""Searches each source by itself, so that none can crowd out another, and joins what they found into one order."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from ingest.document import Kind
from kb_service.access.principal import Principal
from kb_service.search.models import Hit, SearchFilters, SearchRequest, SearchResponse
from kb_service.search.service import SearchService

POOLS: Mapping[Kind, int] = {Kind.TICKET: 20, Kind.FAQ: 6, Kind.MANUAL: 6}
"""Source -> hits looked at."""
SURE_PLACES: Mapping[Kind, int] = {Kind.TICKET: 3, Kind.FAQ: 1, Kind.MANUAL: 1}
"""Places of the first five that a source has for sure, where it found as many."""
_ROUND = sum(SURE_PLACES.values())


@dataclass(frozen=True)
class Pools:
    """What each source found, best first; ``confidence`` is that of the surest."""

    hits: Mapping[Kind, Sequence[Hit]]
    answered: bool
    confidence: float


def search_pools(
    search: SearchService, query: str, product: str | None, principal: Principal, executor: Executor
) -> Pools:
    """Search tickets, FAQ and manuals at once. Those of ``product`` come first, others follow where room is left."""
    answers = list(executor.map(lambda kind: _search(search, query, kind, product, principal), POOLS))
    hits = dict(zip(POOLS, (found for _, found in answers), strict=True))
    responses = [response for response, _ in answers]
    return Pools(
        hits,
        any(response.answered for response in responses),
        max((response.confidence for response in responses), default=0.0),
    )


def _search(
    search: SearchService, query: str, kind: Kind, product: str | None, principal: Principal
) -> tuple[SearchResponse, list[Hit]]:
    def ask(products: list[str]) -> SearchResponse:
        filters = SearchFilters(kinds=[kind], products=products)
        return search.search(SearchRequest(query=query, limit=POOLS[kind], filters=filters), principal)

    if product is None:
        response = ask([])
        return response, list(response.hits)
    own = ask([product])
    if len(own.hits) >= POOLS[kind] // 2:
        return own, list(own.hits)
    # Few or none of that name: it may be called otherwise here, or the cause may lie in another product.
    every = ask([])
    known = {hit.document_id for hit in own.hits}
    surest = max(own, every, key=lambda response: response.confidence)
    return surest, [*own.hits, *(hit for hit in every.hits if hit.document_id not in known)]


def join(ranked: Mapping[Kind, Sequence[str]], scores: Mapping[str, float], limit: int) -> list[str]:
    """Document ids of all sources in one order, each source's own order kept.

    Every five places hold the sure ones of each source, see `SURE_PLACES`; what a source leaves free goes to the others
    by score. Inside the five, the higher score stands first.
    """
    left = {kind: list(ids) for kind, ids in ranked.items()}
    joined: list[str] = []
    while len(joined) < limit and any(left.values()):
        places: list[str] = []
        for kind, sure in SURE_PLACES.items():
            taken = left.get(kind, [])[:sure]
            left[kind] = left.get(kind, [])[sure:]
            places += taken
        while len(places) < _ROUND and any(left.values()):
            best = max((ids for ids in left.values() if ids), key=lambda ids: scores[ids[0]])
            places.append(best.pop(0))
        joined += sorted(places, key=lambda document_id: -scores[document_id])
    return joined[:limit]
