"""Runs and judgments as TREC's text files, which every tool of the field reads."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

import ir_measures

from eval.measures import Found, Run, to_scored_documents

_UNSAFE = re.compile(r"[\s%]")


def save_run(path: Path, run: Run, tag: str) -> None:
    """``query Q0 document rank score tag`` a line; texts are not kept. A query without hits leaves no line."""
    ranks: dict[str, int] = {}
    lines = []
    for scored in to_scored_documents(run):
        rank = ranks[scored.query_id] = ranks.get(scored.query_id, 0) + 1
        lines.append(f"{_name(scored.query_id)} Q0 {_name(scored.doc_id)} {rank} {scored.score:g} {_name(tag)}\n")
    path.write_text("".join(lines), encoding="utf-8")


def load_run(path: Path) -> dict[str, list[Found]]:
    """Query id -> documents, best first."""
    run: dict[str, list[tuple[float, str]]] = {}
    for scored in ir_measures.read_trec_run(str(path)):  # type: ignore[no-untyped-call]
        run.setdefault(unquote(scored.query_id), []).append((-scored.score, unquote(scored.doc_id)))
    return {query_id: [Found(document_id) for _, document_id in sorted(found)] for query_id, found in run.items()}


def save_qrels(path: Path, qrels: Iterable[ir_measures.Qrel]) -> None:
    """``query 0 document relevance`` a line."""
    lines = (f"{_name(qrel.query_id)} 0 {_name(qrel.doc_id)} {qrel.relevance}\n" for qrel in qrels)
    path.write_text("".join(lines), encoding="utf-8")


def _name(text: str) -> str:
    """The format separates fields by white space, so that becomes ``%20``; `unquote` brings it back."""
    return _UNSAFE.sub(lambda match: quote(match[0]), text)
