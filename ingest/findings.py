"""What seems wrong with a text as its source has it: reported with its place, never mended by guessing."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from ingest.cut_off import find_cut_off_end, find_cut_off_start
from ingest.document import Finding, FindingCode, Kind, ParsedDocument, RemovalReason
from ingest.numbering_gaps import find_numbering_problems
from ingest.page_footers import missing_pages, read_footer
from ingest.references import find_dangling_references
from ingest.section_numbers import number_sections


def find_problems(document: ParsedDocument) -> tuple[Finding, ...]:
    """Return what can be said of one text by itself, in text order; of texts that are no regulations nothing."""
    if document.kind is not Kind.REGULATION:
        return ()
    numbered = number_sections(document)
    found = [
        *find_cut_off_start(document, numbered),
        *find_numbering_problems(document, numbered),
        *find_dangling_references(document, numbered),
        *find_cut_off_end(document, numbered),
    ]
    found.sort(key=lambda item: item[0])
    return tuple(replace(finding, line=source_line(document, position)) for position, finding in found)


def find_missing_pages(documents: Sequence[ParsedDocument]) -> list[ParsedDocument]:
    """Add to every document of one file that has page footers the pages that none of the footers names."""
    gaps = missing_pages(removal for document in documents for removal in document.removed)
    completed = []
    for document in documents:
        found: list[Finding] = []
        for removal in document.removed:
            footer = read_footer(removal.text) if removal.reason is RemovalReason.PAGE_FOOTER else None
            missing = gaps.pop((footer[1], footer[2]), []) if footer else []
            if footer and missing:
                found.append(_page_finding(footer, missing, removal.line))
        completed.append(replace(document, findings=(*document.findings, *found)) if found else document)
    return completed


def _page_finding(footer: tuple[int, int, str], missing: Sequence[int], line: int | None) -> Finding:
    _, total, head = footer
    pages = "、".join(f"第{number}页" for number in missing)
    owner = f"“{head}”" if head else "页脚"
    return Finding(FindingCode.MISSING_PAGE, f"{owner}标注共{total}页，缺{pages}", line=line)


def source_line(document: ParsedDocument, position: int) -> int | None:
    """Line of the source on which the block that holds ``position`` begins."""
    starts = [block.start for block in document.blocks]
    index = bisect_right(starts, position) - 1
    return document.blocks[index].line if index >= 0 else None
