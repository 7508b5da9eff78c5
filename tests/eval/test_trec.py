"""What is written as a run reads back as that run, by us and by the field's tools."""

from pathlib import Path

import ir_measures

from eval.measures import Found
from eval.trec import load_run, save_qrels, save_run


def test_a_run_comes_back_in_its_order(tmp_path: Path) -> None:
    run = {"q 1": [Found("手册/安装 指南", "文字"), Found("100%")], "q2": [Found("b"), Found("a"), Found("b")]}
    save_run(tmp_path / "r.run", run, "our system")
    assert load_run(tmp_path / "r.run") == {
        "q 1": [Found("手册/安装 指南"), Found("100%")],
        "q2": [Found("b"), Found("a")],
    }
    first = (tmp_path / "r.run").read_text(encoding="utf-8").splitlines()[0]
    assert first == "q%201 Q0 手册/安装%20指南 1 -1 our%20system"


def test_judgments_are_read_by_the_fields_tools(tmp_path: Path) -> None:
    qrels = [ir_measures.Qrel("q1", "a", 3), ir_measures.Qrel("q1", "b", 1)]
    save_qrels(tmp_path / "q.qrels", qrels)
    assert [(q.query_id, q.doc_id, q.relevance) for q in ir_measures.read_trec_qrels(str(tmp_path / "q.qrels"))] == [
        ("q1", "a", 3),
        ("q1", "b", 1),
    ]
