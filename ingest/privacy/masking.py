"""Personal data out of a text before it reaches index, log or page: each place becomes a fixed word in brackets.

What was there is kept nowhere, so that nobody can put it back. Masking is idempotent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.document import Block, Kind, StructuredText
from ingest.fields import DocumentFields, infer_kind
from ingest.privacy.personal_names import iter_names
from ingest.privacy.personal_numbers import (
    iter_bank_cards,
    iter_emails,
    iter_id_cards,
    iter_passports,
    iter_phones,
    iter_plates,
)
from ingest.privacy.postal_addresses import iter_addresses
from ingest.tokenizer import fold

_MOST_PASSES = 4


class MaskKind(StrEnum):
    NAME = "name"
    PHONE = "phone"
    ID_CARD = "id-card"
    BANK_CARD = "bank-card"
    EMAIL = "email"
    ADDRESS = "address"
    PLATE = "plate"
    PASSPORT = "passport"


PLACEHOLDERS = {
    MaskKind.NAME: "[姓名]",
    MaskKind.PHONE: "[电话]",
    MaskKind.ID_CARD: "[身份证号]",
    MaskKind.BANK_CARD: "[银行卡号]",
    MaskKind.EMAIL: "[邮箱]",
    MaskKind.ADDRESS: "[地址]",
    MaskKind.PLATE: "[车牌号]",
    MaskKind.PASSPORT: "[护照号]",
}

# Where two overlap, the earlier kind wins: an ID card's digits may look like a bank card's or hold a telephone number.
_FINDERS: Mapping[MaskKind, Callable[[str], Iterator[tuple[int, int]]]] = {
    MaskKind.EMAIL: iter_emails,
    MaskKind.ID_CARD: iter_id_cards,
    MaskKind.BANK_CARD: iter_bank_cards,
    MaskKind.PHONE: iter_phones,
    MaskKind.PASSPORT: iter_passports,
    MaskKind.PLATE: iter_plates,
}


@dataclass(frozen=True)
class PersonalData:
    """Something personal at ``text[start:end]``."""

    kind: MaskKind
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and how many places of which kind were masked."""

    text: str
    counts: Mapping[MaskKind, int]


def find_personal_data(text: str, *, addresses: bool = False) -> list[PersonalData]:
    """Return what `mask` would mask in ``text`` at once, in order and without overlap."""
    folded = fold(text)
    found = [PersonalData(kind, *span) for kind, finder in _FINDERS.items() for span in finder(folded)]
    if addresses:
        found += [PersonalData(MaskKind.ADDRESS, *span) for span in iter_addresses(folded)]
    found += [PersonalData(MaskKind.NAME, *span) for span in iter_names(folded, text)]
    return _without_overlap(found)


def mask(text: str, *, addresses: bool = False) -> Masked:
    """Replace the personal data in ``text`` by placeholders such as ``[姓名]``; a title stays: ``[姓名]经理``.

    Args:
        addresses: whether postal addresses are masked too, as they are in tickets.
    """
    counts: Counter[MaskKind] = Counter()
    # Rarely, what is masked sets free what stood beside it.
    for _ in range(_MOST_PASSES):
        found = find_personal_data(text, addresses=addresses)
        if not found:
            break
        counts.update(item.kind for item in found)
        text = _replace(text, found)
    return Masked(text, dict(counts))


def mask_structured(structured: StructuredText, *, addresses: bool) -> tuple[StructuredText, Counter[MaskKind]]:
    """Mask each block of a text, and what was removed from it; blocks keep their order, kind, level, line and page.

    What lies between blocks, line ends, stays as it is.
    """
    counts: Counter[MaskKind] = Counter()

    def masked(text: str) -> str:
        result = mask(text, addresses=addresses)
        counts.update(result.counts)
        return result.text

    parts: list[str] = []
    blocks: list[Block] = []
    position = length = 0
    for block in structured.blocks:
        gap, text = structured.text[position : block.start], masked(structured.text[block.start : block.end])
        parts += (gap, text)
        start = length + len(gap)
        length = start + len(text)
        position = block.end
        blocks.append(replace(block, start=start, end=length))
    parts.append(structured.text[position:])
    removed = tuple(replace(removal, text=masked(removal.text)) for removal in structured.removed)
    return StructuredText("".join(parts), tuple(blocks), removed), counts


def mask_source(
    document_id: str, fields: DocumentFields, structured: StructuredText, attributes: Mapping[str, str]
) -> tuple[DocumentFields, StructuredText, Mapping[str, str], dict[str, int]]:
    """Mask all that a source says, as a parser read it, and count the places by kind; addresses in tickets alone.

    Ids, versions and departments stay: they are keys, and no text that anybody reads.
    """
    addresses = (fields.kind or infer_kind(document_id, "")) is Kind.TICKET
    structured, counts = mask_structured(structured, addresses=addresses)

    def masked(value: str | None) -> str | None:
        if value is None:
            return None
        result = mask(value, addresses=addresses)
        counts.update(result.counts)
        return result.text

    fields = fields.model_copy(update={name: masked(getattr(fields, name)) for name in ("title", "product", "source")})
    attributes = {name: masked(value) or "" for name, value in attributes.items()}
    return fields, structured, attributes, {kind.value: count for kind, count in counts.items()}


def _without_overlap(found: list[PersonalData]) -> list[PersonalData]:
    """The items, those that overlap an earlier one of the list left out, in text order."""
    kept: list[PersonalData] = []
    taken = bytearray(max((item.end for item in found), default=0))
    for item in found:
        if not any(taken[item.start : item.end]):
            taken[item.start : item.end] = b"\x01" * (item.end - item.start)
            kept.append(item)
    return sorted(kept, key=lambda item: item.start)


def _replace(text: str, found: list[PersonalData]) -> str:
    parts: list[str] = []
    position = 0
    for item in found:
        parts += (text[position : item.start], PLACEHOLDERS[item.kind])
        position = item.end
    return "".join((*parts, text[position:]))
