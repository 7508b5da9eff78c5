"""Reads a labelled set: ``queries.jsonl.gz`` (``id``, ``text``) and ``qrels.tsv`` (query, document, grade)."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import ir_measures


@dataclass(frozen=True)
class Query:
    query_id: str
    text: str


def load_queries(folder: Path) -> list[Query]:
    """Queries in the order of the file."""
    with gzip.open(folder / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [Query(item["id"], item["text"]) for item in map(json.loads, lines)]


def load_qrels(folder: Path) -> list[ir_measures.Qrel]:
    """Judgments at document level; a grade above 0 is relevant."""
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row]
    return [ir_measures.Qrel(query, document, int(grade)) for query, document, grade in rows if grade.isdigit()]
