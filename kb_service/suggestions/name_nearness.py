"""How near a ticket is to the names of categories."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class NameNearness:
    """Keeps the vectors of the names that it was asked for: a department has some dozen."""

    def __init__(self, embed: Callable[[str], NDArray[np.float32]]) -> None:
        """``embed``: text -> unit vector."""
        self._embed = embed
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def __call__(self, vector: NDArray[np.float32], name: str) -> float:
        """Cosine of the ticket's unit vector and the name."""
        known = self._vectors.get(name)
        if known is None:
            known = self._vectors[name] = self._embed(name)
        return float(vector @ known)
