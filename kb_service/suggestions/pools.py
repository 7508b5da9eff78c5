"""Searches each source by itself, so that none can crowd out another, and joins what they found into one order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ingest.document import Kind
from kb_service.access.principal import Principal
from kb_service.search.matching import Match, Matches, Source
from kb_service.search.service import SearchService
from kb_service.suggestions.fitting_clauses import CLAUSES

POOLS: Mapping[Kind, int] = {Kind.TICKET: 20, Kind.FAQ: 6, Kind.MANUAL: 6}
"""Source -> hits looked at."""
SURE_PLACES: Sequence[tuple[Collection[Kind], int]] = (((Kind.TICKET,), 3), ((Kind.FAQ, Kind.MANUAL), 1))
"""Places of the first five that these sources have for sure, where they found as many."""
_ROUND = 5


@dataclass(frozen=True)
class Pools:
    """What each source found, best first; ``confidence`` is that of the surest.

    Attributes:
        clauses: of regulations, which are rules and no solutions.
    """

    matches: Mapping[Kind, Sequence[Match]]
    clauses: Sequence[Match]
    answered: bool
    confidence: float


def search_pools(search: SearchService, query: str, product: str | None, principal: Principal) -> Pools:
    """Search tickets, FAQ and manuals, and regulations for clauses.

    Solutions for ``product`` come first, others follow where room is left.
    """
    products = [] if product is None else [product]
    sources = [CLAUSES, *(_source(kind, products) for kind in POOLS)]
    clauses, *pools = search.find_matches(query, sources, principal, as_ticket=True)
    found = dict(zip(POOLS, pools, strict=True))
    if product is not None:
        # Few or none of that name: it may be called otherwise here, or the cause may lie in another product.
        few = [kind for kind, own in found.items() if len(own.matches) < POOLS[kind] // 2]
        every = (
            search.find_matches(query, [_source(kind, []) for kind in few], principal, as_ticket=True) if few else []
        )
        found |= {kind: _own_first(found[kind], others) for kind, others in zip(few, every, strict=True)}
    return Pools(
        {kind: one.matches for kind, one in found.items()},
        clauses.matches,
        any(one.answered for one in found.values()),
        max(one.confidence for one in found.values()),
    )


def _source(kind: Kind, products: Sequence[str]) -> Source:
    return Source([kind], POOLS[kind], products)


def _own_first(own: Matches, every: Matches) -> Matches:
    known = {match.document_id for match in own.matches}
    surest = max(own, every, key=lambda one: one.confidence)
    matches = [*own.matches, *(match for match in every.matches if match.document_id not in known)]
    return Matches(matches, surest.answered, surest.confidence)


def join(ranked: Mapping[Kind, Sequence[str]], scores: Mapping[str, float], limit: int) -> list[str]:
    """Document ids of all sources in one order, each source's own order kept.

    Every five places hold the sure ones, see `SURE_PLACES`; the others go by score. Inside the five, the higher score
    stands first.
    """
    left = {kind: list(ids) for kind, ids in ranked.items()}
    joined: list[str] = []
    while len(joined) < limit and any(left.values()):
        places: list[str] = []
        for kinds, sure in SURE_PLACES:
            places += _take(left, kinds, scores, sure)
        places += _take(left, list(left), scores, _ROUND - len(places))
        joined += sorted(places, key=lambda document_id: -scores[document_id])
    return joined[:limit]


def _take(
    left: Mapping[Kind, list[str]], kinds: Collection[Kind], scores: Mapping[str, float], count: int
) -> list[str]:
    """At most ``count`` of what is left of these sources, the best first; they are left no more."""
    taken: list[str] = []
    while len(taken) < count and (held := [left[kind] for kind in kinds if left.get(kind)]):
        best = max(held, key=lambda ids: scores[ids[0]])
        taken.append(best.pop(0))
    return taken
