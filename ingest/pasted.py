"""One file with several regulations pasted together -> one text each."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.document import BlockKind, Removal, RemovalReason, StructuredText
from ingest.normalizer import normalize_line
from ingest.numbering import parse_marker
from ingest.passages import Passage, put_together
from ingest.titles import bare_title, is_regulation_title

_SENTENCE_MARK = re.compile(r"[，。；,;！？!?]")
_LONGEST_HEADLINE = 60
_LONGEST_INTRODUCTION = 8
"""Lines between the title of a text and its first number."""
_UNFIT_FOR_ID = re.compile(r"[\s/\\:*?\"<>|#~%&\x00-\x1f]+")


@dataclass(frozen=True)
class PastedText:
    """One of the texts of a file. ``title`` is None where the file holds one text, which is named as any other."""

    title: str | None
    text: StructuredText


def split_texts(passages: Sequence[Passage], removed: Sequence[Removal] = ()) -> list[PastedText]:
    """Return the texts in order; what was left out goes with the text where it stands, else with the first.

    A text begins at a title that is a heading, or at a line that reads like a title where the numbering begins
    anew behind it. A title with nothing below it begins none. What stands before the first title of several texts
    is a text of its own if it is numbered, goes with the first if it has a sentence, and is the headline of a
    collection, to be left out, if it has none.
    """
    starts = _find_starts(passages)
    head = list(passages[: starts[0]]) if starts else []
    untitled = any(p.removed is None and parse_marker(p.text.lstrip()) for p in head) and _has_sentence(head)
    if len(starts) + untitled < 2:
        return [PastedText(None, put_together(passages, removed))]
    passages = [p if i in starts else _demoted(p) for i, p in enumerate(passages)]
    texts: list[tuple[str | None, list[Passage]]] = [(None, head)] if untitled else []
    if untitled:
        head = []
    elif not _has_sentence(head):
        head = [p if p.removed else p.without(RemovalReason.BOILERPLATE) for p in head]
    bounds = [_with_headline(passages, start) for start in starts]
    if texts:
        texts[0] = (None, list(passages[: bounds[0]]))
    for start, bound, end in zip(starts, bounds, [*bounds[1:], len(passages)], strict=True):
        title = passages[start].as_title()
        above = head or passages[bound:start]
        texts.append((bare_title(title.text), [*above, title, *passages[start + 1 : end]]))
        head = []
    shares = _share_removed(removed, [_place(own[0].line, own[0].page) for _, own in texts])
    return [PastedText(title, put_together(own, share)) for (title, own), share in zip(texts, shares, strict=True)]


def _with_headline(passages: Sequence[Passage], start: int) -> int:
    """Where the headline of the collection that begins with the text at ``start`` stands."""
    while start and passages[start - 1].removed is RemovalReason.BOILERPLATE:
        if not is_regulation_title(passages[start - 1].text):
            break
        start -= 1
    return start


def build_piece_ids(document_id: str, titles: Sequence[str]) -> list[str]:
    """``<document_id>/<title>`` for each text, with ``~2``, ``~3`` for titles that come again, in order."""
    seen: dict[str, int] = {}
    ids = []
    for title in titles:
        name = _UNFIT_FOR_ID.sub("-", normalize_line(title)).strip("-") or "text"
        seen[name] = seen.get(name, 0) + 1
        ids.append(f"{document_id}/{name}" + (f"~{seen[name]}" if seen[name] > 1 else ""))
    return ids


def _find_starts(passages: Sequence[Passage]) -> list[int]:
    """Where texts begin, titles without a body left out."""
    candidates: list[int] = []
    sentence_seen, before = False, None
    for index, passage in enumerate(passages):
        if passage.removed is not None:
            continue
        is_title = (passage.is_title or passage.is_line) and is_regulation_title(passage.text)
        if is_title and (passage.is_title or (sentence_seen and _begins_anew(passages, index, before))):
            candidates.append(index)
            sentence_seen = False
        else:
            sentence_seen = sentence_seen or _has_sentence([passage])
        before = passage
    bounds = pairwise([*candidates, len(passages)])
    return [start for start, end in bounds if any(p.removed is None for p in passages[start + 1 : end])]


def _begins_anew(passages: Sequence[Passage], index: int, before: Passage | None) -> bool:
    """Whether the numbering begins with its first number behind the title line at ``index``; annexed texts do not."""
    annex = parse_marker(before.text) if before else None
    if annex is not None and annex.style == "annex":
        return False
    for passage in passages[index + 1 : index + 1 + _LONGEST_INTRODUCTION]:
        marker = parse_marker(passage.text.lstrip()) if passage.removed is None else None
        if marker is not None:
            return marker.value == 1 and marker.style in ("named", "cn", "cn-paren", "num")
        if passage.is_line and is_regulation_title(passage.text):
            return False
    return False


def _has_sentence(passages: Sequence[Passage]) -> bool:
    return any(
        p.removed is None and (_SENTENCE_MARK.search(p.text) is not None or len(p.text) > _LONGEST_HEADLINE)
        for p in passages
    )


def _demoted(passage: Passage) -> Passage:
    """A title that begins no text is a line of the text around it."""
    is_empty_title = passage.is_title and is_regulation_title(passage.text)
    return replace(passage, kind=BlockKind.LINE, level=0) if is_empty_title else passage


def _share_removed(removed: Sequence[Removal], firsts: Sequence[int]) -> list[list[Removal]]:
    """What the reader left out, by the text in whose lines or pages it stood; without a place the first."""
    shares: list[list[Removal]] = [[] for _ in firsts]
    for removal in removed:
        shares[max(bisect_right(firsts, _place(removal.line, removal.page)) - 1, 0)].append(removal)
    return shares


def _place(line: int | None, page: int | None) -> int:
    return line or page or 0
