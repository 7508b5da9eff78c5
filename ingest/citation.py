"""The citation that a reader sees and can write down."""

from ingest.document import Kind, ParsedDocument


def clause_part(label: str) -> str:
    """What a citation says below the title: ``第三章第十五条``, or ``""``."""
    return label.rpartition("》")[2]


def citation_label(document: ParsedDocument, section: int | None, page: int | None = None) -> str:
    """``《技术支持组规章制度》第三章第十五条``; a ticket by its number, ``工单 TK-2025-1003《…》``.

    ``section`` is the innermost section that holds the whole cited text, None for the document itself. ``page``,
    where the source has pages, is the one on which the text begins: ``《…》4.2，第3页``.
    """
    prefix = f"工单 {document.document_id}" if document.kind is Kind.TICKET else ""
    label = document.sections[section].label if section is not None else ""
    if page is not None:
        label = f"{label}，第{page}页" if label else f"第{page}页"
    return f"{prefix}《{document.title}》{label}"
