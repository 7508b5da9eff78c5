"""What engineers told of suggestions -> a labelled set, in the format of the public ones."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.repository import LedgerRepository

GRADES = {
    Outcome.CONFIRMED: 3,
    Outcome.RESOLVED_WITH: 2,
    Outcome.ADOPTED: 1,
    Outcome.EDITED: 1,
    Outcome.REJECTED: 0,
    Outcome.REOPENED: 0,
}
"""Relevance that an outcome stands for: the customer's word counts most."""


@dataclass(frozen=True)
class Exported:
    queries: int
    judgments: int


def export_labels(engine: Engine, folder: Path) -> Exported:
    """Write ``queries.jsonl.gz`` and ``qrels.tsv`` (query, document, relevance 0 to 3) into ``folder``.

    A query is what a suggestion searched for. Both files are put in place when they are complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f"{name}.part" for name in ("queries.jsonl.gz", "qrels.tsv")}
    queries = judgments = 0
    with (
        Session(engine) as session,
        gzip.open(parts["queries.jsonl.gz"], "wt", encoding="utf-8") as lines,
        parts["qrels.tsv"].open("w", encoding="utf-8", newline="") as table,
    ):
        rows = csv.writer(table, delimiter="\t", lineterminator="\n")
        for suggestion, solutions in LedgerRepository(session).iter_judged():
            lines.write(json.dumps({"id": suggestion.id, "text": suggestion.query}, ensure_ascii=False) + "\n")
            rows.writerows((suggestion.id, one.document_id, GRADES[Outcome(one.state)]) for one in solutions)
            queries += 1
            judgments += len(solutions)
    for name, part in parts.items():
        part.replace(folder / name)
    return Exported(queries, judgments)
