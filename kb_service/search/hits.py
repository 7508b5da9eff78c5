"""The chunks of a document, as they are in the index -> the hit that a reader gets."""

from collections.abc import Sequence
from datetime import date

from haystack import Document

from ingest.document import ALWAYS, Kind, Meta, day_from_number
from kb_service.search.citing import build_parent, build_passage
from kb_service.search.models import Answer, Highlight, Hit, Twin
from kb_service.search.query_analysis import AnalyzedQuery

MOST_PASSAGES_FOLDED = 5
"""Of one document, beside the best one."""


def build_hit(
    rank: int,
    chunks: Sequence[Document],
    parent_text: str | None,
    twins: Sequence[Twin],
    answer: Answer | None,
    analyzed: AnalyzedQuery,
    today: date,
) -> Hit:
    """``chunks`` are of one document, best first.

    ``parent_text`` is the article or section around the best one, None where the catalogue has it no more.
    """
    best, *others = chunks
    meta = best.meta
    passage = build_passage(best)
    effective_from = day_from_number(meta[Meta.EFFECTIVE_FROM])
    effective_to = day_from_number(meta[Meta.EFFECTIVE_TO])
    return Hit(
        **passage.model_dump(),
        rank=rank,
        document_id=meta[Meta.DOCUMENT_ID],
        kind=Kind(meta[Meta.KIND]),
        title=meta[Meta.TITLE],
        product=meta[Meta.PRODUCT],
        effective_from=None if effective_from == date.min else effective_from,
        effective_to=None if effective_to == ALWAYS else effective_to,
        in_force=effective_from <= today <= effective_to,
        highlights=[Highlight(start=start, end=end) for start, end in analyzed.find_matches(passage.text)],
        answer=answer,
        parent=None if parent_text is None else build_parent(best, parent_text),
        more=[build_passage(chunk) for chunk in others[:MOST_PASSAGES_FOLDED]],
        twins=list(twins),
    )
