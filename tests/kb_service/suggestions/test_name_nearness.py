"""A name is embedded once, and its cosine with the ticket is what counts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kb_service.suggestions.name_nearness import NameNearness


def test_a_name_is_embedded_once() -> None:
    asked: list[str] = []

    def embed(name: str) -> NDArray[np.float32]:
        asked.append(name)
        return np.array([0.6, 0.8], np.float32)

    nearness = NameNearness(embed)
    assert nearness(np.array([1.0, 0.0], np.float32), "打印输出") == pytest.approx(0.6)
    assert nearness(np.array([0.0, 1.0], np.float32), "打印输出") == pytest.approx(0.8)
    assert asked == ["打印输出"]
