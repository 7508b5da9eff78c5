"""Clusters follow from the vectors alone, and what comes later never moves what was there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb_service.gaps.clustering import Cluster, build_clusters


def at(*degrees: float) -> NDArray[np.float32]:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_like_come_together_under_the_first_of_them() -> None:
    clusters = build_clusters(at(0, 90, 10, 95, 180), ["x"] * 5, 0.9)
    assert clusters == [Cluster(0, (0, 2)), Cluster(1, (1, 3)), Cluster(4, (4,))]


def test_one_between_two_leaders_joins_the_nearer_of_equals_the_first() -> None:
    assert build_clusters(at(0, 60, 35), ["x"] * 3, 0.8)[1].members == (1, 2)
    assert build_clusters(at(-30, 30, 0), ["x"] * 3, 0.8)[0].members == (0, 2)


def test_a_chain_of_neighbours_is_no_cluster() -> None:
    # Each is near the next, and the last far from the first.
    assert [cluster.members for cluster in build_clusters(at(0, 20, 40, 60), ["x"] * 4, 0.9)] == [(0, 1), (2, 3)]


def test_different_labels_never_come_together() -> None:
    clusters = build_clusters(at(0, 0, 1, 1), ["E701", "E702", "E701", "E703"], 0.5)
    assert [cluster.members for cluster in clusters] == [(0, 2), (1,), (3,)]


def test_given_leaders_lead_however_alike_they_are() -> None:
    clusters = build_clusters(at(0, 1, 1, 90), ["x"] * 4, 0.5, given=2)
    assert clusters == [Cluster(0, (0,)), Cluster(1, (1, 2)), Cluster(3, (3,))]


def test_nothing_makes_no_clusters() -> None:
    assert build_clusters(np.empty((0, 4), np.float32), [], 0.5) == []


@given(st.lists(st.tuples(st.integers(0, 359), st.sampled_from("ab")), max_size=30), st.floats(0.1, 0.99))
def test_what_comes_later_moves_nothing(queries: list[tuple[int, str]], threshold: float) -> None:
    vectors, labels = at(*(degree for degree, _ in queries)).reshape(-1, 2), [label for _, label in queries]
    whole = build_clusters(vectors, labels, threshold)
    assert sorted(index for cluster in whole for index in cluster.members) == list(range(len(queries)))
    for cluster in whole:
        assert cluster.leader == cluster.members[0]
        assert all(vectors[cluster.leader] @ vectors[index] >= threshold - 1e-6 for index in cluster.members)
        assert len({labels[index] for index in cluster.members}) == 1
    shorter = build_clusters(vectors[:-1], labels[:-1], threshold)
    last = len(queries) - 1
    kept = [tuple(index for index in cluster.members if index != last) for cluster in whole]
    assert [cluster.members for cluster in shorter] == [members for members in kept if members]
