"""What seems wrong with a text as its source has it: reported with its place, never mended by guessing."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from ingest.cut_off import find_cut_off_end, find_cut_off_start
from ingest.document import Finding, FindingCode, Kind, ParsedDocument, RemovalReason
from ingest.numbering_gaps import Found, find_numbering_problems
from ingest.page_footers import missing_pages, read_footer
from ingest.references import find_dangling_references
from ingest.section_numbers import number_sections

_MOST = 50


def find_problems(document: ParsedDocument) -> tuple[Finding, ...]:
    """Return what can be said of one text by itself, in text order; of texts that are no regulations nothing.

    Of one code `_MOST` are listed; the last of them says how many more there are.
    """
    if document.kind is not Kind.REGULATION:
        return ()
    numbered = number_sections(document)
    starts = [block.start for block in document.blocks]
    found: list[tuple[int, Finding]] = []
    for source in (
        find_cut_off_start(document, numbered),
        find_numbering_problems(document, numbered),
        find_dangling_references(document, numbered),
        find_cut_off_end(document, numbered),
    ):
        found += _limited(list(source))
    found.sort(key=lambda item: item[0])
    return tuple(replace(finding, line=_source_line(document, starts, position)) for position, finding in found)


def _limited(found: list[Found]) -> list[Found]:
    if len(found) <= _MOST:
        return found
    position, last = found[_MOST - 1]
    rest = len(found) - _MOST
    return [*found[: _MOST - 1], (position, replace(last, message=f"{last.message}；另有{rest}处同类问题未列出"))]


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


def _source_line(document: ParsedDocument, starts: Sequence[int], position: int) -> int | None:
    """Line of the source on which the block that holds ``position`` begins."""
    index = bisect_right(starts, position) - 1
    return document.blocks[index].line if index >= 0 else None
