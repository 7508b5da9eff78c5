"""A match and what became of it before -> a solution that can be adopted."""

from collections.abc import Sequence

from ingest.document import Kind, Meta, sha256
from kb_service.search.citing import build_citation, cite_chunk
from kb_service.search.matching import Match
from kb_service.search.models import Citation
from kb_service.suggestions.evidence import Record
from kb_service.suggestions.models import Evidence, Solution, UsedEdit
from kb_service.suggestions.ticket_parts import split_parts

_LONGEST_SYMPTOM_CHARS = 300


def build_solution(rank: int, match: Match, score: float, record: Record, edits: Sequence[UsedEdit]) -> Solution:
    """A ticket's or an article's solution is its part of that name; of other texts, the passage that was found."""
    text, citation, whole = match.text, cite_chunk(match.chunk), match.whole
    parts = split_parts(whole, match.kind)
    found = parts.get("solution") or parts.get("diagnosis")
    if found:
        start, label = citation.start_char, citation.label
        if whole != match.text:
            start, label = match.chunk.meta[Meta.PARENT_START_CHAR], match.chunk.meta[Meta.PARENT_CITATION]
        text = whole[slice(*found)]
        citation = _cite(citation, label, text, start + found[0])
    return Solution(
        rank=rank,
        source=match.kind,
        document_id=match.document_id,
        title=match.title,
        solution=text,
        citation=citation,
        score=round(score, 6),
        evidence=build_evidence(find_symptom(whole, match.kind), record, edits),
    )


def build_evidence(symptom: str | None, record: Record, edits: Sequence[UsedEdit]) -> Evidence:
    return Evidence(
        similar_symptom=symptom,
        times_adopted=record.adopted,
        times_rejected=record.rejected,
        success_rate=None if record.success_rate is None else round(record.success_rate, 4),
        alike=round(record.alike, 4),
        edits=list(edits),
    )


def find_symptom(text: str, kind: Kind) -> str | None:
    """The beginning of what a ticket or an article says of its symptom; None for other texts."""
    part = split_parts(text, kind).get("symptom")
    return None if part is None else text[slice(*part)][:_LONGEST_SYMPTOM_CHARS]


def _cite(within: Citation, label: str, text: str, start: int) -> Citation:
    return build_citation(
        label=label,
        document_id=within.document_id,
        version=within.version,
        heading_path=within.heading_path,
        clause_id=within.clause_id,
        start_char=start,
        end_char=start + len(text),
        sha256=sha256(text.encode()),
        page=within.page,
    )
