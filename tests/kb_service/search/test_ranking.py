"""Scores are the sum of their parts, and order is the scores'."""

import pytest

from kb_service.search.candidates import Candidate
from kb_service.search.ranking import rank


def candidate(name: str, dense: float, sparse: float, identifiers: tuple[str, ...] = ()) -> Candidate:
    return Candidate(name, dense, sparse, None, None, identifiers)


def test_the_score_is_the_sum_of_the_told_parts() -> None:
    [ranked] = rank([candidate("a", 0.1, 5.0, ("ppr9087",))], terms=4, chunks=1000)
    assert ranked.score == pytest.approx(ranked.dense + ranked.sparse + ranked.identifiers)
    assert ranked.dense == pytest.approx(1.2)
    assert ranked.sparse == pytest.approx(5 / (4 * 6.9087), rel=1e-3)


def test_equal_scores_are_ordered_by_id() -> None:
    ranked = rank([candidate(name, 0.1, 1.0) for name in "cab"], terms=2, chunks=10)
    assert [one.candidate.chunk_id for one in ranked] == ["a", "b", "c"]


def test_a_holder_of_the_code_goes_before_whatever_is_merely_like_it() -> None:
    like = candidate("like", 0.16, 30.0)
    holder = candidate("holder", 0.02, 1.0, ("ppr9087",))
    assert [one.candidate.chunk_id for one in rank([like, holder], terms=5, chunks=50_000)] == ["holder", "like"]


def test_chance_matches_of_a_long_query_do_not_outweigh_what_is_near() -> None:
    near = candidate("near", 0.14, 0.0)
    chance = candidate("chance", 0.08, 7.0)
    assert rank([near, chance], terms=12, chunks=1000)[0].candidate.chunk_id == "near"
    assert rank([near, chance], terms=1, chunks=1000)[0].candidate.chunk_id == "chance"


def test_nothing_found_is_no_ranking() -> None:
    assert rank([], terms=0, chunks=0) == []
