"""Queries that ask for the same thing, put together."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cluster:
    """``leader`` is the index of the member that it began with, ``members`` are in order, the leader first."""

    leader: int
    members: tuple[int, ...]


def build_clusters(
    vectors: NDArray[np.float32], labels: Sequence[Hashable], threshold: float, given: int = 0
) -> list[Cluster]:
    """Go through ``vectors`` in order: each joins the most similar leader, if near enough, or becomes one itself.

    This is leader clustering (Hartigan: Clustering Algorithms, 1975, chapter 3). What comes later never changes where
    earlier ones belong, so that a cluster keeps its leader while it grows.

    Args:
        vectors: unit length, of shape ``(n, dimension)``.
        labels: one a vector; those with different labels never come together, however alike they are.
        threshold: cosine from which on two are near enough.
        given: so many of the first are leaders in any case.
    """
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    kinds = np.array([numbers[label] for label in labels], dtype=np.int64)
    leaders: list[int] = []
    members: list[list[int]] = []
    for index, vector in enumerate(vectors):
        likeness = np.where(kinds[leaders] == kinds[index], vectors[leaders] @ vector, -np.inf)
        # The first of equals, so that the same queries make the same clusters.
        best = int(likeness.argmax()) if leaders else -1
        if index >= given and best >= 0 and likeness[best] >= threshold:
            members[best].append(index)
        else:
            leaders.append(index)
            members.append([index])
    return [Cluster(leader, tuple(own)) for leader, own in zip(leaders, members, strict=True)]
