"""How the department says what became of a suggested solution."""

from kb_service.suggestions.outcomes import Outcome

OUTCOME_NAMES = {
    Outcome.SHOWN: "已推荐",
    Outcome.OPENED: "已看过",
    Outcome.ADOPTED: "已采用",
    Outcome.EDITED: "修改后采用",
    Outcome.REJECTED: "已否决",
    Outcome.RESOLVED_WITH: "已用它解决",
    Outcome.CONFIRMED: "客户已确认",
    Outcome.REOPENED: "用后仍未解决",
}
"""The pages say the same, `web/static/outcomes.js`."""
