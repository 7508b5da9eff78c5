"""What an answer list is worth: measures of documents by ir-measures, of passages by their gold quotes.

A run is what a system answered: query id -> its hits, best first. ``hit@k`` is the share of queries with a relevant
document among the first k (``Success@k`` in TREC's words). nDCG takes 2^relevance - 1 as the gain of a document
(Burges et al. 2005, eq. 4).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import ir_measures
from ir_measures import RR, Success, nDCG

from eval.labelled_set import LabelledSet

_GAINS = {0: 0, 1: 1, 2: 3, 3: 7}
_MEASURES = {
    "nDCG@10": nDCG(gains=_GAINS) @ 10,
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "RR@10": RR @ 10,
}
PASSAGE_DEPTHS = (1, 5)
_ANSWERS = 2
"""From this relevance on, a passage with the quote answers the query."""

Scores = dict[str, dict[str, float]]
"""Measure -> query id -> value from 0 to 1."""


@dataclass(frozen=True)
class Found:
    """One hit: its document, the text shown for it (the passage, or what the system has in its place), and what of
    the document it quotes as the answer."""

    document_id: str
    text: str = ""
    answer: str = ""


Run = Mapping[str, Sequence[Found]]


def to_scored_documents(run: Run) -> list[ir_measures.ScoredDoc]:
    """The run in TREC's terms, scored so that the order of the hits counts and nothing else; repeats are dropped."""
    return [
        ir_measures.ScoredDoc(query_id, document_id, -float(rank))
        for query_id, found in run.items()
        for rank, document_id in enumerate(dict.fromkeys(hit.document_id for hit in found), start=1)
    ]


def score(labelled: LabelledSet, run: Run) -> Scores:
    """Every measure of every answerable query of the set; a query that the run does not answer counts 0.

    Passage measures are there where the set has quotes, ``answer@1`` where the system quotes answers as well: the
    share of queries whose first hit's answer and labelled words have half of the shorter one in common, in one piece.
    """
    asked = [query.query_id for query in labelled.queries if labelled.judgments.get(query.query_id)]
    scores: Scores = {name: dict.fromkeys(asked, 0.0) for name in _MEASURES}
    kept = {query_id: run[query_id] for query_id in asked if query_id in run}
    qrels = [qrel for qrel in labelled.qrels() if qrel.query_id in scores["nDCG@10"]]
    names = {measure: name for name, measure in _MEASURES.items()}
    for result in ir_measures.iter_calc(list(names), qrels, to_scored_documents(kept)):
        scores[names[result.measure]][result.query_id] = float(result.value)
    if any(judgment.quote for judgments in labelled.judgments.values() for judgment in judgments):
        for depth in PASSAGE_DEPTHS:
            scores[f"passage@{depth}"] = {
                query_id: float(_quoted(labelled, query_id, run.get(query_id, ())[:depth])) for query_id in asked
            }
        if any(hit.answer for found in run.values() for hit in found):
            scores["answer@1"] = {
                query_id: float(_answered(labelled, query_id, run.get(query_id, ())[:1])) for query_id in asked
            }
    return scores


def mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values) if values else 0.0


def _quoted(labelled: LabelledSet, query_id: str, found: Sequence[Found]) -> bool:
    return any(quote in hit.text for hit, quote in _with_quotes(labelled, query_id, found))


def _answered(labelled: LabelledSet, query_id: str, found: Sequence[Found]) -> bool:
    return any(_in_common(hit.answer, quote) >= 0.5 for hit, quote in _with_quotes(labelled, query_id, found))


def _with_quotes(labelled: LabelledSet, query_id: str, found: Sequence[Found]) -> Iterator[tuple[Found, str]]:
    """Each hit with the labelled words of its document that answer."""
    for judgment in labelled.judgments[query_id]:
        if judgment.relevance >= _ANSWERS:
            yield from ((hit, judgment.quote) for hit in found if hit.document_id == judgment.document_id)


def _in_common(one: str, other: str) -> float:
    """Length of the longest common stretch as a share of the shorter text, white space aside."""
    first, second = "".join(one.split()), "".join(other.split())
    if not first or not second:
        return 0.0
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return match.size / min(len(first), len(second))
