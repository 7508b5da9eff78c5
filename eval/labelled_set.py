"""Labelled sets: queries, and which documents and passages answer them.

Ours is in ``eval/labels/queries/``, one JSON Lines file a slice; public sets are folders with ``queries.jsonl.gz``
and ``qrels.tsv``.
"""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import ir_measures

OWN = "own"
"""The name of our set; public ones are named by their folders."""

_ROOT = Path(__file__).parents[1]


class Half(StrEnum):
    """Settings are chosen on one half; figures are reported on the other."""

    TUNING = "tuning"
    REPORTING = "reporting"


@dataclass(frozen=True)
class Query:
    """``slice`` is the kind of query, ``""`` where a set has no kinds."""

    query_id: str
    text: str
    slice: str = ""
    half: Half = Half.REPORTING


@dataclass(frozen=True)
class Judgment:
    """What one document is worth to a query.

    Attributes:
        relevance: 3 = answers it, 2 = answers the main part, 1 = helps; a document without a judgment is worth 0.
        quote: words of the passage that answers, as they stand in the document; ``""`` where only documents are
            judged. Chunks come and go with every setting, quotes stay.
    """

    document_id: str
    relevance: int
    quote: str = ""


@dataclass(frozen=True)
class LabelledSet:
    """``judgments`` has the query ids as keys; an unanswerable query has none. ``sources`` is what to ingest."""

    name: str
    queries: Sequence[Query]
    judgments: Mapping[str, Sequence[Judgment]]
    sources: Path

    def only(self, half: Half) -> "LabelledSet":
        """The queries of one half."""
        queries = [query for query in self.queries if query.half is half]
        judgments = {query.query_id: self.judgments.get(query.query_id, ()) for query in queries}
        return LabelledSet(self.name, queries, judgments, self.sources)

    def answerable(self) -> list[Query]:
        return [query for query in self.queries if self.judgments.get(query.query_id)]

    def qrels(self) -> list[ir_measures.Qrel]:
        """Document-level judgments; the best one of each document."""
        best: dict[tuple[str, str], int] = {}
        for query_id, judgments in self.judgments.items():
            for judgment in judgments:
                key = query_id, judgment.document_id
                best[key] = max(best.get(key, 0), judgment.relevance)
        return [ir_measures.Qrel(query_id, document_id, grade) for (query_id, document_id), grade in best.items()]


def load_set(name: str) -> LabelledSet:
    """Our set for ``own``, else the public set in the folder of that path."""
    if name == OWN:
        return load_own_set(_ROOT / "eval" / "labels" / "queries", _ROOT / "corpus")
    return load_public_set(Path(name))


def load_own_set(labels: Path, sources: Path) -> LabelledSet:
    """Our set. Queries with an odd number are for tuning, those with an even one for reporting.

    Raises:
        ValueError: a line that is no labelled query; says which.
    """
    queries: list[Query] = []
    judgments: dict[str, Sequence[Judgment]] = {}
    for path in sorted(labels.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                fields = json.loads(line)
                half = Half.TUNING if int(fields["id"].rpartition("-")[2]) % 2 else Half.REPORTING
                query = Query(fields["id"], fields["text"], path.stem, half)
                judgments[query.query_id] = [
                    Judgment(given["document_id"], int(given["relevance"]), given.get("quote", ""))
                    for given in fields["relevant"]
                ]
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path} line {number}: {type(error).__name__} {error}") from error
            queries.append(query)
    return LabelledSet(OWN, queries, judgments, sources)


def load_public_set(folder: Path) -> LabelledSet:
    """A public set; queries without a relevant document are left out, as they cannot be measured."""
    judgments: dict[str, list[Judgment]] = {}
    for query_id, document_id, grade in _iter_rows(folder / "qrels.tsv"):
        if grade.isdigit() and int(grade):
            judgments.setdefault(query_id, []).append(Judgment(document_id, int(grade)))
    with gzip.open(folder / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [Query(item["id"], item["text"]) for item in map(json.loads, lines)]
    queries = [query for query in found if query.query_id in judgments]
    return LabelledSet(folder.name, queries, judgments, folder / "corpus.jsonl.gz")


def _iter_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.reader(file, delimiter="\t") if row)
