"""The difference between two versions as the API shows it, clause by clause."""

from collections import Counter

from pydantic import BaseModel, Field

from ingest.citation import citation_label
from ingest.document import ParsedDocument
from kb_service.knowledge.differences import Change, Clause, build_differences
from kb_service.knowledge.text_edits import Op


class ClauseSide(BaseModel):
    """A clause in one of the versions: its own text ``text[start_char:end_char]``, clauses below it left out."""

    clause_id: str
    label: str
    heading: str
    citation: str
    start_char: int
    end_char: int


class PieceItem(BaseModel):
    op: Op
    text: str


class ClauseDifferenceItem(BaseModel):
    """``before`` is null for an added clause, ``after`` for a removed one.

    ``pieces`` without the inserted ones are the old text, without the deleted ones the new text.
    """

    change: Change
    before: ClauseSide | None
    after: ClauseSide | None
    pieces: list[PieceItem]


class VersionDifference(BaseModel):
    document_id: str
    title: str
    from_version: str
    to_version: str
    counts: dict[Change, int] = Field(description="各类变化的条数")
    clauses: list[ClauseDifferenceItem] = Field(description="按新版本的顺序；删去的条款列在原来的位置")


def version_difference(before: ParsedDocument, after: ParsedDocument) -> VersionDifference:
    differences = build_differences(before, after)
    counts = Counter(one.change for one in differences)
    return VersionDifference(
        document_id=after.document_id,
        title=after.title,
        from_version=before.version,
        to_version=after.version,
        counts={change: counts[change] for change in Change},
        clauses=[
            ClauseDifferenceItem(
                change=one.change,
                before=_side(before, one.before),
                after=_side(after, one.after),
                pieces=[PieceItem(op=piece.op, text=piece.text) for piece in one.pieces],
            )
            for one in differences
        ],
    )


def _side(document: ParsedDocument, clause: Clause | None) -> ClauseSide | None:
    if clause is None:
        return None
    section = clause.section
    return ClauseSide(
        clause_id=clause.clause_id,
        label=section.label if section else "",
        heading=section.heading if section else "",
        citation=citation_label(document, section.index if section else None),
        start_char=clause.start,
        end_char=clause.end,
    )
