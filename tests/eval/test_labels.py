"""Our labelled queries fit the texts, are enough, and their checks find what is wrong."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.label_checks import UNANSWERABLE, iter_problems, load_texts
from eval.labelled_set import OWN, Half, Judgment, LabelledSet, Query, load_own_set, load_set
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def labelled() -> LabelledSet:
    return load_set(OWN)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return load_texts(CORPUS, date.today())


def test_every_label_fits_the_texts(labelled: LabelledSet, texts: dict[str, str]) -> None:
    assert list(iter_problems(labelled, texts)) == []


def test_there_are_enough_of_every_kind_in_both_halves(labelled: LabelledSet) -> None:
    counts = Counter(query.slice for query in labelled.queries)
    assert sum(counts.values()) >= 400
    assert counts["identifier"] >= 100
    assert counts["locator"] >= 40
    assert sum(counts[name] for name in UNANSWERABLE) >= 80
    assert counts["unanswerable-tempting"] >= 40
    halves = Counter((query.slice, query.half) for query in labelled.queries)
    assert all(abs(halves[name, Half.TUNING] - halves[name, Half.REPORTING]) <= 1 for name in counts)


def test_answers_come_from_every_kind_of_text_and_every_regulation(
    labelled: LabelledSet, texts: dict[str, str]
) -> None:
    answering = {judgment.document_id for judgments in labelled.judgments.values() for judgment in judgments}
    assert {name for name in texts if name.startswith(("regulations/", "manuals/"))} <= answering
    assert {name.partition("-")[0] for name in answering if "/" not in name} == {"faq", "TK"}


@pytest.mark.parametrize(
    ("query", "judgments", "problem"),
    [
        (Query("kind-001", "a", "other"), [Judgment("d", 3, "原文")], "编号不以"),
        (Query("kind-001", "a", "kind"), [], "没有答案"),
        (Query("unanswerable-001", "a", "unanswerable"), [Judgment("d", 3, "原文")], "不应有答案"),
        (Query("kind-001", "a", "kind"), [Judgment("d", 2, "原文")], "没有一篇的 relevance 是 3"),
        (Query("kind-001", "a", "kind"), [Judgment("d", 4, "原文")], "relevance 4"),
        (Query("kind-001", "a", "kind"), [Judgment("e", 3, "原文")], "没有文档 e"),
        (Query("kind-001", "a", "kind"), [Judgment("d", 3, "别的")], "没有原文"),
        (Query("kind-001", "a", "kind"), [Judgment("d", 3)], "没有原文"),
    ],
)
def test_checks(query: Query, judgments: list[Judgment], problem: str) -> None:
    made = LabelledSet("made", [query], {query.query_id: judgments}, Path())
    assert problem in "\n".join(iter_problems(made, {"d": "这里是原文。"}))


def test_what_is_asked_twice_is_told() -> None:
    query = Query("kind-001", "a", "kind")
    judgments = [Judgment("d", 3, "原文")]
    made = LabelledSet(
        "made",
        [query, query, replace(query, query_id="kind-002")],
        dict.fromkeys(("kind-001", "kind-002"), judgments),
        Path(),
    )
    problems = "\n".join(iter_problems(made, {"d": "原文"}))
    assert "编号重复" in problems
    assert "问题重复" in problems


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    good = {"id": "kind-001", "text": "a", "relevant": []}
    (tmp_path / "kind.jsonl").write_text(f'{json.dumps(good)}\n{{"id": "kind-002"}}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"kind\.jsonl line 2: KeyError 'text'"):
        load_own_set(tmp_path, CORPUS)
