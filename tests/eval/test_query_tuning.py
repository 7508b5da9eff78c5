"""Tellings are whole, and learning from some of them brings them nearer to their records."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from eval.query_tuning import Telling, load_tellings, tune
from ingest.bundled_model import BUNDLED_MODEL, ensure_bundled_model
from ingest.query_adapter import adapted


def test_each_record_has_three_tellings_in_other_words() -> None:
    records, told = load_tellings()
    assert len(records) == len(set(records)) >= 1_000
    assert len(told) == 4 * len(records)
    for number, record in enumerate(records):
        *three, title = (one.text for one in told[4 * number : 4 * number + 4])
        assert len(set(three)) == 3
        assert not any(text in record for text in three)
        assert record.startswith(title)


@pytest.fixture(scope="module")
def model(model_dir: Path) -> SentenceTransformer:
    return SentenceTransformer(str(ensure_bundled_model(model_dir / BUNDLED_MODEL)), device="cpu")


def test_tellings_come_nearer_to_their_records_and_passages_stay(model: SentenceTransformer) -> None:
    records, told = load_tellings()
    few = 8
    records = records[:few]
    told = [one for one in told if one.record < few]
    queries, targets = [f"query: {one.text}" for one in told], model.encode([f"passage: {text}" for text in records])
    before = model.encode(queries)
    lines: list[str] = []
    tuned = tune(model, records, told, lines.append, epochs=12)
    assert lines[0].startswith("0/")
    assert len(tuned.tensors) == 6 * 6 * 2
    np.testing.assert_allclose(model.encode([f"passage: {text}" for text in records]), targets, atol=1e-6)
    with adapted():
        after = model.encode(queries)

    def lead(vectors: np.ndarray, kept: list[Telling]) -> float:
        """Mean lead of a telling's own record over the mean of all."""
        cosines = vectors @ targets.T
        return float(np.mean([cosines[told.index(one), one.record] - cosines[told.index(one)].mean() for one in kept]))

    learned = [one for one in told if one.record % 12]
    assert lead(after, learned) > 1.2 * lead(before, learned)
