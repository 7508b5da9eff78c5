"""The pages and their assets; they speak to the same API as everyone else."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

STATIC = Path(__file__).with_name("static")

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)


@router.get("/")
def search_page() -> FileResponse:
    return _page("search.html")


@router.get("/documents/{document_id:path}")
def reader_page() -> FileResponse:
    """The reader's script fetches the document that the address names."""
    return _page("reader.html")


@router.get("/tickets")
def queue_page() -> FileResponse:
    return _page("tickets.html")


@router.get("/tickets/{ticket_id}")
def ticket_page() -> FileResponse:
    """The workspace's script fetches the ticket that the address names."""
    return _page("ticket.html")


@router.get("/articles")
def articles_page() -> FileResponse:
    return _page("articles.html")


@router.get("/articles/{article_id}")
def article_page() -> FileResponse:
    """The editor's script fetches the article that the address names."""
    return _page("article.html")


@router.get("/gaps")
def gaps_page() -> FileResponse:
    return _page("gaps.html")


@router.get("/reports")
def reports_page() -> FileResponse:
    return _page("reports.html")


@router.get("/favicon.ico")
def favicon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _page(name: str) -> FileResponse:
    return FileResponse(STATIC / name, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})
