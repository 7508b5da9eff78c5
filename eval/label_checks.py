"""Checks that our labels fit the texts: every document there, every quote in it, nothing asked twice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from eval.labelled_set import LabelledSet
from ingest.errors import SourceError
from ingest.parser import parse
from ingest.reader import find_sources, read_records

_LIMIT_BYTES = 2**24
GRADES = (1, 2, 3)
UNANSWERABLE = ("unanswerable", "unanswerable-tempting")
"""Slices of queries that nothing in the texts answers."""


def load_texts(sources: Path, today: date) -> dict[str, str]:
    """Document id -> the text in force ``today``, its title in front."""
    texts: dict[str, str] = {}
    for source in find_sources([sources]):
        if isinstance(source, SourceError):
            raise source
        for record in read_records(source, _LIMIT_BYTES):
            if isinstance(record, SourceError):
                raise record
            for document in parse(record):
                if document.effective_from <= today <= document.effective_to:
                    texts[document.document_id] = f"{document.title}\n{document.text}"
    return texts


def iter_problems(labelled: LabelledSet, texts: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, each with the query's id."""
    for name, counts in (
        ("编号重复", Counter(query.query_id for query in labelled.queries)),
        ("问题重复", Counter(query.text for query in labelled.queries)),
    ):
        yield from (f"{value}: {name}" for value, count in counts.items() if count > 1)
    for query in labelled.queries:
        judgments = labelled.judgments[query.query_id]
        if not query.query_id.startswith(f"{query.slice}-"):
            yield f"{query.query_id}: 编号不以 {query.slice}- 开头"
        if bool(judgments) == (query.slice in UNANSWERABLE):
            yield f"{query.query_id}: {'不应有' if judgments else '没有'}答案"
        if judgments and max(judgment.relevance for judgment in judgments) != max(GRADES):
            yield f"{query.query_id}: 没有一篇的 relevance 是 {max(GRADES)}"
        for judgment in judgments:
            if judgment.relevance not in GRADES:
                yield f"{query.query_id}: relevance {judgment.relevance} 不在 {GRADES} 之内"
            if judgment.document_id not in texts:
                yield f"{query.query_id}: 没有文档 {judgment.document_id}"
            elif not judgment.quote or judgment.quote not in texts[judgment.document_id]:
                yield f"{query.query_id}: {judgment.document_id} 中没有原文“{judgment.quote}”"
