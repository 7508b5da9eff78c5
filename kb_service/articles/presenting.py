"""An article's row -> the article as callers see it."""

from kb_service.articles.history import Publication
from kb_service.articles.lifecycle import CONTENT_FIELDS, ArticleState, allowed_actions
from kb_service.articles.models import Article, FlagItem, PublishedText
from kb_service.articles.repository import read_flags, read_live
from kb_service.articles.tables import ArticleRow
from kb_service.tickets.tables import HIGHEST_KEY

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


def article_key(article: str) -> int:
    """The row's key; -1, which no row has, for what is no article's id."""
    digits = article.removeprefix(ID_PREFIX)
    is_id = article.startswith(ID_PREFIX) and digits.isascii() and digits.isdigit() and len(digits) <= 10
    return int(digits) if is_id and digits == str(int(digits)) and int(digits) <= HIGHEST_KEY else -1


def document_key(document: str) -> int:
    """The key of the article that a document is the text of; -1, which no row has, for other documents."""
    is_article = document.startswith(DOCUMENT_PREFIX)
    return article_key(f"{ID_PREFIX}{document.removeprefix(DOCUMENT_PREFIX)}") if is_article else -1


def _published(live: Publication) -> PublishedText:
    return PublishedText(
        number=live.number,
        writers=list(live.writers),
        reviewer=live.reviewer,
        published_at=live.at,
        **{name: getattr(live.content, name) for name in CONTENT_FIELDS},
    )
