"""What can be wrong with a suggestion's feedback."""

from collections.abc import Iterable
from http import HTTPStatus

from kb_service.errors import ConflictError, NotFoundError, ServiceError
from kb_service.suggestions.outcomes import Outcome
from kb_service.suggestions.wording import OUTCOME_NAMES


class SuggestionNotFoundError(NotFoundError):
    code = "suggestion-not-found"

    def __init__(self, suggestion_id: str) -> None:
        super().__init__(f"没有编号为“{suggestion_id}”的建议。请核对 suggestion_id")


class SolutionNotSuggestedError(NotFoundError):
    code = "solution-not-suggested"

    def __init__(self, suggestion_id: str, document_id: str, suggested: Iterable[str]) -> None:
        names = list(suggested)
        detail = f"建议 {suggestion_id} 中没有方案“{document_id}”。其中有：{'、'.join(names) or '（没有方案）'}"
        super().__init__(detail, {"document_ids": names})


class IllegalOutcomeError(ConflictError):
    """An outcome that cannot follow what became of the solution before."""

    code = "illegal-outcome"

    def __init__(self, outcome: Outcome, state: Outcome, possible: Iterable[Outcome]) -> None:
        known = list(possible)
        names = "、".join(OUTCOME_NAMES[one] for one in known)
        detail = f"方案的现况是“{OUTCOME_NAMES[state]}”，不能再记为“{OUTCOME_NAMES[outcome]}”。现在可以记为：{names}"
        super().__init__(detail, {"state": state.value, "possible": [one.value for one in known]})


class MissingReasonError(ServiceError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "missing-reason"
    title = "缺少理由"

    def __init__(self) -> None:
        super().__init__("否决方案须写明理由（reason），以便他人参考", {"fields": ["reason"]})


class MissingTextError(ServiceError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "missing-text"
    title = "缺少改后的办法"

    def __init__(self) -> None:
        super().__init__(
            "改后采用（edited）须附上实际使用的办法（text）；没有改动的请记为 adopted", {"fields": ["text"]}
        )


class ObligationsError(ServiceError):
    """The file of obligations cannot be used."""

    code = "obligations"
    title = "规定触发条件文件有误"
