"""The life of a knowledge article as a table: which action leads it from which state to which.

An article that has been published stays found while a revision of it is drafted and reviewed: it is *live* until it is
archived, whatever state its next version is in.
"""

from dataclasses import dataclass
from enum import StrEnum


class ArticleState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ArticleAction(StrEnum):
    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    REVISE = "revise"
    DISCARD_REVISION = "discard_revision"
    CONFIRM = "confirm"
    FLAG = "flag"
    LINK = "link"
    UNLINK = "unlink"
    ARCHIVE = "archive"
    RESTORE = "restore"


class FlagReason(StrEnum):
    OUTDATED = "outdated"
    WRONG = "wrong"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


CONTENT_FIELDS = ("title", "symptom", "environment", "cause", "solution", "product", "category", "product_version")
"""What an article says; `CREATE` and `EDIT` come with these."""

NEEDED_FOR_REVIEW = ("title", "symptom", "solution")
"""An article without one of these is no answer."""

REVIEWS = frozenset({ArticleAction.PUBLISH, ArticleAction.CONFIRM})
"""By these somebody vouches for an article; nobody does so for a text of their own."""

UNSEEN_IS_FINE = frozenset({ArticleAction.LINK, ArticleAction.UNLINK})
"""They change nothing that another one could overwrite, so whoever does them need not have seen the last change."""

_A, _S = ArticleAction, ArticleState


@dataclass(frozen=True)
class Transition:
    """``target`` is None where the action leaves the state as it is. Without ``sources`` it begins an article.

    Attributes:
        required: fields that the action cannot go without; ``reason`` may come with any.
        live_only: it is about the published text.
    """

    action: ArticleAction
    sources: frozenset[ArticleState]
    target: ArticleState | None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    live_only: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """All that the action may come with."""
        return frozenset((*self.required, *self.optional, "reason"))


def _from(*states: ArticleState) -> frozenset[ArticleState]:
    return frozenset(states)


_NOT_ARCHIVED = frozenset(ArticleState) - {ArticleState.ARCHIVED}

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_A.CREATE, frozenset(), _S.DRAFT, ("title", "symptom"), (*CONTENT_FIELDS, "source_tickets")),
    Transition(_A.EDIT, _from(_S.DRAFT), None, optional=CONTENT_FIELDS),
    # Fixed while it is used: the correction goes to a reviewer at once, the published text answers until then.
    Transition(_A.EDIT, _from(_S.PUBLISHED), _S.IN_REVIEW, optional=CONTENT_FIELDS, live_only=True),
    Transition(_A.SUBMIT, _from(_S.DRAFT), _S.IN_REVIEW),
    Transition(_A.SEND_BACK, _from(_S.IN_REVIEW), _S.DRAFT, ("reason",)),
    Transition(_A.PUBLISH, _from(_S.IN_REVIEW), _S.PUBLISHED, ("review_due_at",)),
    Transition(_A.REVISE, _from(_S.PUBLISHED), _S.DRAFT, live_only=True),
    Transition(_A.DISCARD_REVISION, _from(_S.DRAFT, _S.IN_REVIEW), _S.PUBLISHED, ("reason",), live_only=True),
    Transition(_A.CONFIRM, _from(_S.PUBLISHED), None, ("review_due_at",), live_only=True),
    Transition(_A.FLAG, _NOT_ARCHIVED, None, ("flag",), live_only=True),
    Transition(_A.LINK, _NOT_ARCHIVED, None, ("ticket_id",), live_only=True),
    Transition(_A.UNLINK, frozenset(ArticleState), None, ("ticket_id",)),
    Transition(_A.ARCHIVE, _NOT_ARCHIVED, _S.ARCHIVED, ("reason",)),
    Transition(_A.RESTORE, _from(_S.ARCHIVED), _S.DRAFT, ("reason",)),
)


def find_transition(state: ArticleState | None, action: ArticleAction, *, live: bool = False) -> Transition | None:
    """What ``action`` does to an article in this state, None where it may not be done.

    Without a state there is no article yet. ``live`` says whether a text of it is published.
    """
    for transition in TRANSITIONS:
        begins = state is None and not transition.sources
        if transition.action is action and (begins or state in transition.sources):
            return transition if live or not transition.live_only else None
    return None


def allowed_actions(state: ArticleState, *, live: bool) -> list[ArticleAction]:
    """In the order of `ArticleAction`."""
    return [action for action in ArticleAction if find_transition(state, action, live=live)]
