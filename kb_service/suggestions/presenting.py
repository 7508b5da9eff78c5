"""The ledger's rows -> what callers see of them."""

from collections.abc import Sequence

from ingest.privacy.masking import mask
from kb_service.suggestions.models import OutcomeItem, SolutionStanding, SuggestionRecord, UsedEdit
from kb_service.suggestions.outcomes import Outcome, possible_outcomes
from kb_service.suggestions.tables import SuggestedSolutionRow, SuggestionOutcomeRow, SuggestionRow
from kb_service.suggestions.usage_repository import Edit
from kb_service.tickets.presenting import ID_PREFIX


def build_record(
    row: SuggestionRow, solutions: Sequence[SuggestedSolutionRow], outcomes: Sequence[SuggestionOutcomeRow]
) -> SuggestionRecord:
    return SuggestionRecord(
        suggestion_id=row.id,
        ticket_id=None if row.ticket_key is None else f"{ID_PREFIX}{row.ticket_key}",
        external_id=row.external_id,
        at=row.at,
        answered=row.answered,
        query=row.query,
        solutions=[build_standing(solution) for solution in solutions],
        outcomes=build_outcomes(solutions, outcomes),
    )


def build_standing(solution: SuggestedSolutionRow) -> SolutionStanding:
    state = Outcome(solution.state)
    return SolutionStanding(
        document_id=solution.document_id,
        rank=solution.rank,
        title=solution.title,
        state=state,
        possible=possible_outcomes(state),
    )


def build_outcomes(
    solutions: Sequence[SuggestedSolutionRow], outcomes: Sequence[SuggestionOutcomeRow]
) -> list[OutcomeItem]:
    """In the order they came; ``solutions`` are those of the same suggestion."""
    ranks = {solution.document_id: solution.rank for solution in solutions}
    return [
        OutcomeItem(
            document_id=one.document_id,
            rank=ranks[one.document_id],
            outcome=Outcome(one.outcome),
            actor=one.actor,
            at=one.at,
            reason=one.reason,
            text=one.text,
        )
        for one in outcomes
    ]


def build_edit(edit: Edit) -> UsedEdit:
    """The text was written for one customer and is shown for others, so personal data in it is masked."""
    return UsedEdit(
        text=mask(edit.text, addresses=True).text,
        state=edit.state,
        actor=edit.actor,
        at=edit.at,
        ticket_id=None if edit.ticket_key is None else f"{ID_PREFIX}{edit.ticket_key}",
        external_id=edit.external_id,
    )
