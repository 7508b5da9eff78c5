"""Sources joined: none is crowded out, each keeps its order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from haystack import Document
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Kind, Meta
from kb_service.access.principal import LOOPBACK, Principal
from kb_service.search.matching import Match, Matches, Source
from kb_service.suggestions.pools import POOLS, SURE_PLACES, Pools, join, search_pools

T, F, M = Kind.TICKET, Kind.FAQ, Kind.MANUAL


def ranked(tickets: int, faqs: int, manuals: int) -> dict[Kind, list[str]]:
    counts = {T: tickets, F: faqs, M: manuals}
    return {kind: [f"{kind[0]}{place}" for place in range(count)] for kind, count in counts.items()}


def test_of_five_three_are_tickets_and_one_a_faq_or_a_manual() -> None:
    found = ranked(9, 9, 9)
    scores = {
        name: 10.0 - place + (100 if kind is T else 0) for kind in found for place, name in enumerate(found[kind])
    }
    assert join(found, scores, 5) == ["t0", "t1", "t2", "t3", "f0"]
    # However well the others score.
    scores |= {name: scores[name] + 1_000 for kind in (F, M) for name in found[kind]}
    assert set(join(found, scores, 5)) == {"t0", "t1", "t2", "f0", "m0"}
    assert join(found, scores, 5)[:2] == ["f0", "m0"]


def test_the_next_five_begin_anew() -> None:
    found = ranked(9, 9, 9)
    scores = {name: -float(place) for kind in found for place, name in enumerate(found[kind])}
    joined = join(found, scores, 10)
    assert sorted(joined[:5]) == ["f0", "m0", "t0", "t1", "t2"]
    assert sorted(joined[5:]) == ["f1", "m1", "t3", "t4", "t5"]


def test_the_better_of_faq_and_manual_has_their_place() -> None:
    scores = {**{f"t{place}": 9.0 - place for place in range(5)}, "f0": 1.0, "m0": 2.0}
    assert join(ranked(5, 1, 1), scores, 5) == ["t0", "t1", "t2", "t3", "m0"]


def test_free_places_go_to_the_best_of_the_others() -> None:
    assert join(ranked(1, 9, 0), {"t0": 1, **{f"f{place}": -place for place in range(9)}}, 5) == [
        *("t0", "f0", "f1", "f2", "f3"),
    ]
    found = ranked(0, 3, 3)
    scores = {"f0": 9.0, "f1": 8, "f2": 1, "m0": 7, "m1": 6, "m2": 5}
    assert join(found, scores, 5) == ["f0", "f1", "m0", "m1", "m2"]


def test_a_source_that_was_not_asked_is_no_error() -> None:
    assert join({F: ["f0"]}, {"f0": 1.0}, 5) == ["f0"]
    assert join({}, {}, 5) == []


@given(st.fixed_dictionaries({kind: st.lists(st.floats(-9, 9), max_size=12) for kind in POOLS}), st.integers(1, 20))
def test_whatever_was_found(drawn: dict[Kind, list[float]], limit: int) -> None:
    found = {kind: [f"{kind[0]}{place}" for place in range(len(scores))] for kind, scores in drawn.items()}
    scores = {
        name: score
        for kind, names in found.items()
        for name, score in zip(names, sorted(drawn[kind], reverse=True), strict=True)
    }
    joined = join(found, scores, limit)
    assert len(joined) == len(set(joined)) == min(limit, len(scores))
    for names in found.values():
        assert [name for name in joined if name in names] == names[: sum(name in names for name in joined)]
    for kinds, sure in SURE_PLACES:
        if limit >= 5:
            held = [name for kind in kinds for name in found[kind]]
            assert sum(name in held for name in joined[:5]) >= min(sure, len(held))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_fewer_than_five_are_the_best_of_the_five(limit: int) -> None:
    scores = {"t0": 1.0, "t1": 0.9, "t2": 0.8, "f0": 5.0, "m0": 3.0}
    assert join(ranked(3, 1, 1), scores, limit) == ["f0", "m0", "t0"][:limit]


class CannedSearch:
    """Has these documents of a product, or of any (None), by kind, and notes what it is asked."""

    def __init__(self, held: Mapping[tuple[Kind, str | None], tuple[Sequence[str], float]]) -> None:
        self.held = held
        self.asked: list[list[tuple[Kind, tuple[str, ...]]]] = []

    def find_matches(
        self, _text: str, sources: Sequence[Source], _principal: Principal, *, as_ticket: bool
    ) -> list[Matches]:
        assert as_ticket
        self.asked.append([(source.kinds[0], tuple(source.products)) for source in sources])
        return [self._matches(source) for source in sources]

    def _matches(self, source: Source) -> Matches:
        [kind] = source.kinds
        ids, confidence = self.held.get((kind, next(iter(source.products), None)), ((), 0.0))
        chunks = [Document(content=one, meta={Meta.DOCUMENT_ID: one, Meta.KIND: kind.value}) for one in ids]
        return Matches([Match(chunk, 1.0) for chunk in chunks[: source.limit]], confidence > 0.5, confidence)


def pools(search: CannedSearch, product: str | None) -> Pools:
    return search_pools(cast("Any", search), "打印机脱机", product, LOOPBACK)


def ids(found: Pools) -> dict[Kind, list[str]]:
    return {kind: [match.document_id for match in matches] for kind, matches in found.matches.items()}


def test_without_a_product_each_source_is_asked_once() -> None:
    search = CannedSearch({(T, None): (["t1", "t2"], 0.3), (M, None): (["m1"], 0.7)})
    found = pools(search, None)
    assert search.asked == [[(Kind.REGULATION, ()), *((kind, ()) for kind in POOLS)]]
    assert (ids(found), found.answered, found.confidence) == ({T: ["t1", "t2"], F: [], M: ["m1"]}, True, 0.7)


def test_where_a_product_has_few_the_others_follow_its_own() -> None:
    own = [f"t{number}" for number in range(10)]
    held = {(T, "OA"): (own, 0.2), (T, None): (["x"], 0.9), (F, "OA"): (["f1", "f2"], 0.4)}
    search = CannedSearch({**held, (F, None): (["f9", "f2", "f8"], 0.3), (M, None): (["m1"], 0.1)})
    found = pools(search, "OA")
    # Ten tickets are half of what is looked at, and enough.
    assert search.asked == [[(Kind.REGULATION, ()), *((kind, ("OA",)) for kind in POOLS)], [(F, ()), (M, ())]]
    assert ids(found) == {T: own, F: ["f1", "f2", "f9", "f8"], M: ["m1"]}
    # The surest answer of those that were asked.
    assert (found.answered, found.confidence) == (False, 0.4)
