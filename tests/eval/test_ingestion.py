"""The scale benchmark: texts that make the chunks asked for, slopes that are what they say."""

import json
from pathlib import Path

import pytest

from eval.ingestion import Measured, fit_exponent, measure, render
from eval.synthetic import ARTICLES, load_sentences, write_texts
from tests.conftest import CORPUS


def test_texts_are_the_same_for_the_same_seed_and_all_different(tmp_path: Path) -> None:
    sentences = load_sentences(CORPUS)
    assert len(sentences) > 500
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        assert write_texts(folder, sentences, chunks=1_500) == 1_500 // ARTICLES
    files = sorted(path.name for path in folders[0].iterdir())
    assert files == ["texts-00000.jsonl", "texts-00001.jsonl"]
    contents = [[(folder / name).read_text(encoding="utf-8") for name in files] for folder in folders]
    assert contents[0] == contents[1]
    texts = [json.loads(line) for content in contents[0] for line in content.splitlines()]
    assert len({text["id"] for text in texts}) == len({text["text"] for text in texts}) == 300


def test_the_slope_is_the_exponent() -> None:
    sizes = [1_000, 10_000, 100_000]
    assert fit_exponent(sizes, [0.001 * size for size in sizes]) == pytest.approx(1)
    assert fit_exponent(sizes, [0.001 * size**2 for size in sizes]) == pytest.approx(2)


def test_a_small_size_is_measured_and_consistent(model_dir: Path) -> None:
    measured = measure(CORPUS, model_dir, 100, real_vectors=False)
    assert measured.documents == 20
    assert measured.chunks >= 100
    assert measured.consistent
    # Both are read by the system in its own steps.
    assert 0 < measured.warm_mib <= measured.peak_mib + 1


def test_the_report_tells_what_differs() -> None:
    row = Measured(200, 1_000, True, 20.0, 30.0, 900.0, 1_000.0, 20.0, True)
    drawn = [
        Measured(200, 1_000, False, 2.0, 3.0, 900.0, 910.0, 20.0, True),
        Measured(2_000, 10_000, False, 20.0, 30.0, 900.0, 920.0, 200.0, False),
    ]
    lines = render([row, *drawn]).splitlines()
    assert lines[2] == "| 200 | 1,000 | 模型 | 20.0 | 10.0 | 50.0 | 30.00 | 900 | 1000 | 20 | 是 |"
    assert lines[4].endswith("| 否 |")
    assert lines[-1] == "用时随段数的指数（1 为线性）：1.00；峰值内存每增一万段多 11.1 MiB"
