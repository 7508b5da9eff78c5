"""An article's row -> the article as callers see it."""

from kb_service.articles.history import Publication
from kb_service.articles.lifecycle import CONTENT_FIELDS, ArticleState, allowed_actions
from kb_service.articles.models import Article, FlagItem, PublishedText
from kb_service.articles.repository import read_flags, read_live
from kb_service.articles.tables import ArticleRow

ID_PREFIX = "A"
DOCUMENT_PREFIX = "article-"

_COMPUTED = ("article_id", "document_id", "state", "published", "searchable", "flags", "allowed_actions")


def build_article(row: ArticleRow) -> Article:
    state, live = ArticleState(row.state), read_live(row)
    return Article(
        article_id=article_id(row.id),
        document_id=document_id(row.id),
        state=state,
        published=_published(live) if live else None,
        searchable=row.live_number == row.indexed_number,
        flags=[FlagItem(reason=one.reason, text=one.text, actor=one.actor, at=one.at) for one in read_flags(row)],
        allowed_actions=allowed_actions(state, live=live is not None),
        **{name: getattr(row, name) for name in Article.model_fields if name not in _COMPUTED},
    )


def article_id(key: int) -> str:
    return f"{ID_PREFIX}{key}"


def document_id(key: int) -> str:
    return f"{DOCUMENT_PREFIX}{key}"


def _published(live: Publication) -> PublishedText:
    return PublishedText(
        number=live.number,
        writers=list(live.writers),
        reviewer=live.reviewer,
        published_at=live.at,
        **{name: getattr(live.content, name) for name in CONTENT_FIELDS},
    )
