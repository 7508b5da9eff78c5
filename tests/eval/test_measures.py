"""Known answers in, known figures out."""

from math import log2
from pathlib import Path

import pytest

from eval.labelled_set import Judgment, LabelledSet, Query
from eval.measures import Found, mean, score

LABELLED = LabelledSet(
    "known",
    [Query(name, name) for name in ("first", "second", "graded", "missed", "silent", "unanswerable")],
    {
        "first": [Judgment("d1", 3, "重启交换机")],
        "second": [Judgment("d2", 3, "换线")],
        "graded": [Judgment("d3", 3, "甲"), Judgment("d4", 1, "乙")],
        "missed": [Judgment("d5", 3, "丙")],
        "silent": [Judgment("d6", 3, "丁")],
        "unanswerable": [],
    },
    Path(),
)
RUN = {
    "first": [Found("d1", "请重启交换机。"), Found("d9")],
    "second": [Found("d9", "换线"), Found("d2", "别的一段")],
    "graded": [Found("d4", "乙"), Found("d3", "甲")],
    "missed": [Found("d9")] * 10,
    "unanswerable": [Found("d1")],
}
GRADED = (1 + 7 / log2(3)) / (7 + 1 / log2(3))


def test_documents() -> None:
    scores = score(LABELLED, RUN)
    assert scores["nDCG@10"] == pytest.approx(
        {"first": 1, "second": 1 / log2(3), "graded": GRADED, "missed": 0, "silent": 0}
    )
    assert scores["hit@1"] == {"first": 1, "second": 0, "graded": 1, "missed": 0, "silent": 0}
    assert scores["RR@10"] == {"first": 1, "second": 0.5, "graded": 1, "missed": 0, "silent": 0}
    assert mean(scores["hit@5"]) == pytest.approx(3 / 5)


def test_a_passage_counts_by_its_quote_in_the_right_document() -> None:
    scores = score(LABELLED, RUN)
    # The words of `second` stand in another document, and the first passage of `graded` only helps.
    assert scores["passage@1"] == {"first": 1, "second": 0, "graded": 0, "missed": 0, "silent": 0}
    assert scores["passage@5"] == {"first": 1, "second": 0, "graded": 1, "missed": 0, "silent": 0}


def test_an_answer_counts_by_what_it_has_in_common_with_the_labelled_words() -> None:
    labelled = LabelledSet("made", (Query("q", "问"),), {"q": (Judgment("d1", 3, "先重启服务，再看日志"),)}, sources=())

    def answered(text: str, document: str = "d1") -> float:
        return score(labelled, {"q": [Found(document, "", text)]})["answer@1"]["q"]

    assert answered("1. 先重启\n服务，再看日志；2. 仍不行请报修") == 1
    assert answered("先重启服务") == 1
    assert answered("再看日志是否有报错，必要时联系厂家") == 0
    assert answered("先重启服务，再看日志", "d2") == 0
    assert "answer@1" not in score(labelled, {"q": [Found("d1", "先重启服务，再看日志")]})


def test_a_document_that_comes_twice_counts_once() -> None:
    run = {"second": [Found("d9"), Found("d9"), Found("d2")]}
    assert score(LABELLED, run)["RR@10"]["second"] == 0.5


def test_beyond_the_depth_nothing_counts() -> None:
    run = {"first": [*(Found(f"x{number}") for number in range(10)), Found("d1")]}
    assert {name: values["first"] for name, values in score(LABELLED, run).items()} == dict.fromkeys(
        ("nDCG@10", "hit@1", "hit@5", "hit@10", "RR@10", "passage@1", "passage@5"), 0.0
    )
